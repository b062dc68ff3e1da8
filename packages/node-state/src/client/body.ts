import type { IncomingMessage } from "node:http";
import { NodeStateError } from "../error.ts";
import { MaxRecordBytes } from "../record-json.ts";

/**
 * The whole body as text.
 *
 * @throws NodeStateError `ERR_NODE_STATE_PROTOCOL` when it is longer than a record can be, `ERR_NODE_STATE_UNREACHABLE` when it was cut; otherwise whatever
 * the runtime says
 */
export async function readBody(response: IncomingMessage): Promise<string> {
  const utf8 = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MaxRecordBytes) {
      throw new NodeStateError("ERR_NODE_STATE_PROTOCOL", `the answer is longer than ${MaxRecordBytes} bytes`);
    }
    text += utf8.decode(chunk, { stream: true });
  }
  if (!response.complete) throw new NodeStateError("ERR_NODE_STATE_UNREACHABLE", "the connection broke");
  return text + utf8.decode();
}
