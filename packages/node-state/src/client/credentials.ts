import { readFile } from "node:fs/promises";
import { isBearerToken } from "../bearer-token.ts";
import { NodeStateError } from "../error.ts";
import type { Server } from "./options.ts";

/** What a connection needs out of files. */
export interface Credentials {
  /** PEM */
  readonly ca: string | undefined;
  readonly token: string | undefined;
}

/**
 * Reads the CA file and the token file, at each connection: both are replaced while crik runs.
 *
 * @throws NodeStateError `ERR_NODE_STATE_FILE`
 */
export async function readCredentials(server: Server): Promise<Credentials> {
  const [ca, token] = await Promise.all([readText(server.caFile, "CA"), readText(server.tokenFile, "token")]);
  // Node.js takes a text without a certificate for no text at all, and then trusts nobody, or everybody that it knows.
  if (ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw useless(`the CA file ${server.caFile} holds no PEM certificate`);
  }
  const trimmed = token?.trim();
  if (trimmed !== undefined && !isBearerToken(trimmed)) {
    throw useless(`the token file ${server.tokenFile} does not hold one line with a token`);
  }
  return { ca, token: trimmed };
}

async function readText(file: string | undefined, what: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw useless(`the ${what} file ${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

function useless(message: string, cause?: unknown): NodeStateError {
  return new NodeStateError("ERR_NODE_STATE_FILE", message, {
    cause,
    hint: "Is the secret mounted, and may this user read it?",
  });
}
