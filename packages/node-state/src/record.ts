/** Whether a node goes away. `unknown`: there is no such node, or nobody has heard of it for some time. */
export type NodeState = "ready" | "shutting-down" | "unknown";

/** One sign, on a Node object, that the node goes away. */
export interface NodeStateSource {
  /** Who gave it: `kubelet`, `karpenter`, `cordon`, … */
  readonly name: string;
  /** Where it is seen, for people: `taint karpenter.sh/disrupted`, `condition Ready: node is shutting down`. */
  readonly detail: string;
  /** When it was given, where the Node object tells. */
  readonly since?: Date;
}

/** What is known of a node. */
export interface NodeStateRecord {
  readonly name: string;
  readonly state: NodeState;
  /** Why, in a sentence for people. */
  readonly reason: string;
  /**
   * Since when the node has been in this state, by the Node object, so that every replica of a server says the same.
   * Left out where the object does not tell, and for a node that nobody knows.
   */
  readonly since?: Date;
  /** All the signs that the node goes away; empty unless `state` is `shutting-down`. */
  readonly sources: readonly NodeStateSource[];
}

/** What is said of a node that there is not. A node of this name may come. */
export function unknownNode(name: string): NodeStateRecord {
  return { name, state: "unknown", reason: "there is no node of this name", sources: [] };
}
