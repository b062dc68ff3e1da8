import type { IncomingMessage } from "node:http";
import { NodeStateError } from "../error.ts";
import { readBody } from "./body.ts";

/** What an answer means that is none. Its body is waited for, but not that of a redirect, which says nothing. */
export async function httpErrorOf(response: IncomingMessage): Promise<NodeStateError> {
  const { statusCode: status = 0 } = response;
  return httpError(status, status < 400 ? "" : await readBody(response).catch(() => ""));
}

/** What a status means that is no answer. The body is looked at for the server's own code of the error. */
export function httpError(status: number, body: string): NodeStateError {
  const code = /^\{"error":\{"code":"([a-z-]{1,40})"/u.exec(body)?.[1];
  const message = `the server answered with status ${status}${code === undefined ? "" : ` (${code})`}`;
  return new NodeStateError("ERR_NODE_STATE_HTTP", message, { status, hint: hintOf(status) });
}

function hintOf(status: number): string | undefined {
  if (status >= 300 && status < 400) return "Redirects are not followed: the URL must name the server itself.";
  if (status === 401 || status === 403) return "Is the token in the token file the one that this server wants?";
  if (status === 404) return "Is it a node-state server of crik's, and the URL's path right?";
  if (status === 503) return "The server has not yet the present state of the nodes, or has it no longer; see its log.";
  return undefined;
}
