import type { NodeStateRecord } from "../record.ts";

/** Where the server's answers come from: a map in memory with its changes. */
export interface NodeStateStore {
  get(name: string): NodeStateRecord | undefined;
  /** Tells the watchers of this node when anything of the record has changed. */
  set(record: NodeStateRecord): void;
  /** @returns whether there was such a node; its watchers are told that it is `unknown` now */
  delete(name: string): boolean;
  /** In the order of their names. */
  list(): readonly NodeStateRecord[];
  readonly size: number;
  /**
   * Calls back at every change of one node's record, with `undefined` when it was deleted.
   *
   * @returns ends it
   */
  subscribe(name: string, listener: (record: NodeStateRecord | undefined) => void): () => void;
}
