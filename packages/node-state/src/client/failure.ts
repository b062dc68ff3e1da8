import { NodeStateError } from "../error.ts";

/** Codes of the runtime for a certificate that is signed by nobody we trust. */
const Untrusted: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Whose fault it is, in this order: the caller's abort, the time (`timeOver` is the sentence for that), the connection. */
export function attemptFailure(
  error: unknown,
  signal: AbortSignal,
  caller: AbortSignal | undefined,
  timeOver: string,
): NodeStateError {
  if (caller?.aborted === true) {
    return new NodeStateError("ERR_NODE_STATE_ABORTED", "aborted", { cause: caller.reason });
  }
  if (signal.aborted) {
    return new NodeStateError("ERR_NODE_STATE_TIMEOUT", timeOver);
  }
  return failureOf(error);
}

/** The sentence for an attempt whose time is over. */
export function noAnswerWithin(ms: number): string {
  return `no answer within ${Math.round(ms)} ms`;
}

/** What a failure of the runtime's, or of ours, means. */
function failureOf(error: unknown): NodeStateError {
  if (error instanceof NodeStateError) return error;
  const code = codeOf(error);
  const message = messageOf(error);
  if (code.startsWith("HPE_")) {
    return new NodeStateError("ERR_NODE_STATE_PROTOCOL", `it does not answer as HTTP: ${message}`, { cause: error });
  }
  return new NodeStateError("ERR_NODE_STATE_UNREACHABLE", message, { cause: error, hint: hintOf(code, message) });
}

/** Whether asking once more, perhaps another replica, can help. */
export function mayGetBetter({ code, status = 0 }: NodeStateError): boolean {
  switch (code) {
    case "ERR_NODE_STATE_UNREACHABLE":
    case "ERR_NODE_STATE_TIMEOUT":
    case "ERR_NODE_STATE_FILE":
      return true;
    case "ERR_NODE_STATE_HTTP":
      return status >= 500 || status === 429;
    case "ERR_NODE_STATE_PROTOCOL":
    case "ERR_NODE_STATE_INVALID_OPTION":
    case "ERR_NODE_STATE_ABORTED":
      return false;
  }
}

function hintOf(code: string, message: string): string | undefined {
  if (Untrusted.has(code)) return "Is the authority that signed the server's certificate in the CA file?";
  if (code === "CERT_HAS_EXPIRED") return "The server's certificate, or this machine's clock, is to be renewed.";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "The certificate is of another host than the URL names.";
  if (/wrong version number|WRONG_VERSION_NUMBER/u.test(code + message)) return "Does this port speak http, not https?";
  if (code === "ENOTFOUND") return "Is the Service's name right, with its namespace if that is another?";
  return undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Of a host with several addresses the runtime gives one error with many in it, and no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.message || codeOf(error) || error.name;
}
