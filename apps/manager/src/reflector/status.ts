import { ApiError } from "../api-error.ts";
import { asObject, asText } from "../untrusted-json.ts";

/** What is known of an answer with an error. */
export interface Failure {
  /** The HTTP status, or the code in an event of a watch. */
  readonly status: number;
  /** The parsed body, if it is JSON: a `Status` object of the API. */
  readonly body: unknown;
  /** The header `Retry-After`, if there is one. */
  readonly retryAfter?: string | undefined;
}

/** Pure: the API's way to say no -> an error. 410 has a code of its own, because it needs another remedy. */
export function errorOfStatus(what: string, { status, body, retryAfter }: Failure): ApiError {
  const fields = asObject(body);
  const reason = asText(fields["reason"]);
  const message = asText(fields["message"]) ?? `status ${status}`;
  if (status === 410 || reason === "Expired" || reason === "Gone") {
    return new ApiError("ERR_API_EXPIRED", `${what}: ${message}`);
  }
  return new ApiError("ERR_API_HTTP", `${what}: ${message}`, {
    status,
    hint: hints.get(status),
    retryAfterMs: seconds(retryAfter) ?? seconds(asObject(fields["details"])["retryAfterSeconds"]),
  });
}

const hints: ReadonlyMap<number, string> = new Map([
  [401, "The API server does not accept the credentials; they are read anew."],
  [
    403,
    "The service account needs a ClusterRole with the verbs get, list and watch on the resource nodes, and a ClusterRoleBinding.",
  ],
]);

/** Whole seconds as milliseconds; a date, which the header may also be, is not one. */
function seconds(value: unknown): number | undefined {
  return /^\d{1,6}$/u.test(String(value)) ? Number(value) * 1000 : undefined;
}
