import type { IncomingMessage } from "node:http";
import { readCredentials } from "./credentials.ts";
import type { Server } from "./options.ts";

/** What is asked for. */
export interface Question {
  /** Of the protocol; the path of the server's URL is put before it. */
  readonly path: string;
  readonly accept: string;
  /** Ends the request, and the response. */
  readonly signal: AbortSignal;
}

/**
 * Sends one GET over a connection of its own, so that another replica of the server may answer; resolves when the response's headers are there.
 * No redirect is followed and no proxy of the environment is used: the server is in the cluster.
 *
 * @throws NodeStateError `ERR_NODE_STATE_FILE`; otherwise whatever the runtime says
 */
export async function sendRequest(server: Server, { path, accept, signal }: Question): Promise<IncomingMessage> {
  const { ca, token } = await readCredentials(server);
  const url = new URL(server.url);
  url.pathname = server.basePath + path;
  // Loaded here, because a wrapper that never asks should not carry it.
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return await new Promise((resolve, reject) => {
    const sent = request(url, {
      agent: false,
      signal,
      ca,
      // Said, because NODE_TLS_REJECT_UNAUTHORIZED=0 in an application's environment must not open the door here.
      rejectUnauthorized: true,
      headers: {
        Accept: accept,
        "Accept-Encoding": "identity",
        Connection: "close",
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
    });
    sent.on("response", resolve);
    // Stays: after the response an error comes here as well as there.
    sent.on("error", reject);
    sent.end();
  });
}
