import type { NodeStateRecord } from "../record.ts";
import { type NodeStateClientOptions, readOptions } from "./options.ts";
import { readNodeState } from "./read.ts";
import { type NodeStateWatchEvent, watchNodeState } from "./watch.ts";

/** Asks a node-state server. Holds nothing open between questions. */
export interface NodeStateClient {
  /**
   * The node's state now. An attempt that fails is repeated over a new connection, until the total time is over, if repeating can help: after a refused or
   * broken connection, a time-out, a file that cannot be read, status 429, and statuses from 500 on.
   *
   * @returns also for a node that the server does not know: its state is `unknown`
   * @throws {@link NodeStateError}, that of the last attempt. An abort leaves nothing behind.
   */
  read(node: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<NodeStateRecord>;
  /**
   * The node's state at once, and each change. Connects again by itself when the connection is lost, after half a second at first and 5 seconds at the most.
   *
   * Ends when `signal` aborts, and by `break`.
   *
   * @throws {@link NodeStateError} `ERR_NODE_STATE_INVALID_OPTION` when `node` can be no node's name; otherwise never
   */
  watch(node: string, options: { readonly signal: AbortSignal }): AsyncIterable<NodeStateWatchEvent>;
}

/**
 * A client of one server; does nothing yet.
 *
 * @throws {@link NodeStateError} `ERR_NODE_STATE_INVALID_OPTION`
 */
export function createNodeStateClient(options: NodeStateClientOptions): NodeStateClient {
  const server = readOptions(options);
  return {
    read: (node, { signal } = {}) => readNodeState(server, node, signal),
    watch: (node, { signal }) => watchNodeState(server, node, signal),
  };
}
