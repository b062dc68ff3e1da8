import { NodeStateError } from "../error.ts";
import type { NodeStateRecord } from "../record.ts";
import { decodeRecord } from "../record-json.ts";
import { httpError } from "./http-error.ts";

/**
 * The record in an answer with status 200 or 404. A 404 is one if it says in this protocol that the node is unknown; any other 404 comes from somebody who knows no nodes.
 *
 * @throws NodeStateError `ERR_NODE_STATE_HTTP`, `ERR_NODE_STATE_PROTOCOL`
 */
export function recordOf(status: 200 | 404, body: string, node: string): NodeStateRecord {
  if (status === 200) return recordOfNode(body, node);
  try {
    const record = recordOfNode(body, node);
    if (record.state === "unknown") return record;
  } catch {
    // Falls through: the status tells more than what is wrong with the body.
  }
  throw httpError(status, body);
}

/** Decodes a record, and refuses one of another node. */
export function recordOfNode(text: string, node: string): NodeStateRecord {
  const record = decodeRecord(text);
  if (record.name === node) return record;
  throw new NodeStateError("ERR_NODE_STATE_PROTOCOL", `the server told of another node: ${record.name}`);
}
