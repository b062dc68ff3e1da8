import type { IncomingMessage, ServerResponse } from "node:http";
import type { Encoded } from "./encoded.ts";

/** What went wrong, in the body of every answer that is neither a record nor a list. */
export type RefusalCode =
  | "invalid-name"
  | "unauthorized"
  | "not-found"
  | "method-not-allowed"
  | "too-many-watchers"
  | "not-ready"
  | "bad-request"
  | "internal";

/** An answer that is no record. */
export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  readonly message: string;
  /** More headers, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Another replica may answer at once, and this one soon: a `Retry-After` of this many seconds. */
const RetryAfter = { "Retry-After": "1" };

/** There is no complete, fresh list of nodes here: nothing is said, rather than something stale. */
export const NotReady: Refusal = {
  status: 503,
  code: "not-ready",
  message: "this server does not have the present state of the nodes",
  headers: RetryAfter,
};

/** As many watch as may. */
export const TooManyWatchers: Refusal = {
  status: 503,
  code: "too-many-watchers",
  message: "as many connections watch as this server allows",
  headers: RetryAfter,
};

/** A name that no node can have. */
export const InvalidName: Refusal = {
  status: 400,
  code: "invalid-name",
  message: "a node's name is an RFC 1123 subdomain of at most 253 characters",
};

/** A path that cannot be decoded. */
export const BadRequest: Refusal = { status: 400, code: "bad-request", message: "the request cannot be understood" };

/** No token, or not the right one. */
export const Unauthorized: Refusal = {
  status: 401,
  code: "unauthorized",
  message: "this server wants a bearer token",
  headers: { "WWW-Authenticate": "Bearer" },
};

/** A path that is none of this interface's. */
export const NotFound: Refusal = {
  status: 404,
  code: "not-found",
  message: "there is no such path; /openapi.json describes those that there are",
};

/** Everything here is only read. */
export const MethodNotAllowed: Refusal = {
  status: 405,
  code: "method-not-allowed",
  message: "only GET and HEAD are allowed here",
  headers: { Allow: "GET, HEAD" },
};

/** A mistake of this server. */
export const Internal: Refusal = { status: 500, code: "internal", message: "this server has made a mistake" };

/** Answers with an error in this protocol's form. */
export function refuse(response: ServerResponse, { status, code, message, headers = {} }: Refusal): void {
  send(response, status, JSON.stringify({ error: { code, message } }), headers);
}

/**
 * Answers 200 with a body and its entity tag, or 304 when the client has it.
 *
 * Not by express's `send`: what that does with tags depends on the settings of the application it is mounted in.
 */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { body, etag }: Encoded<string | Buffer>,
): void {
  // The client may keep it, and asks each time whether it is still true.
  const headers = { ETag: etag, "Cache-Control": "no-cache" };
  if (namesTag(request.headers["if-none-match"], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  send(response, 200, body, headers);
}

/** Answers with JSON. To a HEAD request `node:http` itself writes the headers only. */
export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": bytes.length,
    "Cache-Control": "no-store",
    ...headers,
  });
  response.end(bytes);
}

/** Whether an `If-None-Match` names this tag. Compared weakly, as RFC 9110 (13.1.2) wants it. */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => {
    const one = tag.trim();
    return one === "*" || one.replace(/^W\//u, "") === etag;
  });
}
