import type { NodeStateRecord } from "../record.ts";
import { encodeRecord } from "../record-json.ts";

/** Hears of one node: its record, or `undefined` when it was deleted. */
export type NodeStateListener = (record: NodeStateRecord | undefined) => void;

/** Where the server's answers come from: a map in memory with its changes. */
export interface NodeStateStore {
  get(name: string): NodeStateRecord | undefined;
  /**
   * Tells the node's listeners when anything of the record has changed.
   *
   * @returns whether anything had
   */
  set(record: NodeStateRecord): boolean;
  /** @returns whether there was such a node; its listeners are then told `undefined` */
  delete(name: string): boolean;
  /** In the order of their names. The same array, until something changes. */
  list(): readonly NodeStateRecord[];
  readonly size: number;
  /**
   * Calls back at every change of one node's record, also of a node that is still to come.
   *
   * @returns ends it
   */
  subscribe(name: string, listener: NodeStateListener): () => void;
}

/** What {@link createNodeStateStore} may be given. */
export interface NodeStateStoreOptions {
  /** Hears what a listener has thrown. The other listeners are called all the same. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

/** An empty store. */
export function createNodeStateStore(options: NodeStateStoreOptions = {}): NodeStateStore {
  const records = new Map<string, NodeStateRecord>();
  const listeners = new Map<string, Set<NodeStateListener>>();
  let sorted: readonly NodeStateRecord[] | undefined;

  function tell(name: string, record: NodeStateRecord | undefined): void {
    sorted = undefined;
    // A copy: a listener may end itself, or another.
    for (const listener of [...(listeners.get(name) ?? [])]) {
      try {
        listener(record);
      } catch (error) {
        options.onListenerError?.(error);
      }
    }
  }

  return {
    get: (name) => records.get(name),
    set(record) {
      const before = records.get(record.name);
      if (before !== undefined && encodeRecord(before) === encodeRecord(record)) return false;
      records.set(record.name, record);
      tell(record.name, record);
      return true;
    },
    delete(name) {
      const there = records.delete(name);
      if (there) tell(name, undefined);
      return there;
    },
    list() {
      sorted ??= [...records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return sorted;
    },
    get size() {
      return records.size;
    },
    subscribe(name, listener) {
      const ofNode = listeners.get(name) ?? new Set();
      listeners.set(name, ofNode);
      ofNode.add(listener);
      return () => {
        ofNode.delete(listener);
        if (ofNode.size === 0 && listeners.get(name) === ofNode) listeners.delete(name);
      };
    },
  };
}
