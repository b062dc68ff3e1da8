import type { NodeStateRecord } from "@crik/node-state";
import type { NodeStateStore } from "@crik/node-state/server";

import { type ClassifyOptions, classifyNode } from "./classify/classify-node.ts";
import type { NodeSink } from "./reflector/options.ts";

/** A node's record has changed. One of the two is `undefined` when the node came or went. */
export interface NodeStateChange {
  readonly name: string;
  readonly before: NodeStateRecord | undefined;
  readonly after: NodeStateRecord | undefined;
}

/**
 * Classifies each Node object at once and keeps its record alone. While a list is read anew the old records stay, so that no state flaps.
 */
export function nodeStates(
  store: NodeStateStore,
  options: ClassifyOptions | undefined,
  onChange: (change: NodeStateChange) => void,
): NodeSink {
  function remove(name: string): void {
    const before = store.get(name);
    if (store.delete(name)) onChange({ name, before, after: undefined });
  }

  return {
    applied(node) {
      const before = store.get(node.name);
      const after = classifyNode(node, options);
      if (store.set(after)) onChange({ name: node.name, before, after });
    },
    deleted: remove,
    listed(names) {
      for (const { name } of store.list()) if (!names.has(name)) remove(name);
    },
  };
}
