export type { NodeState, NodeStateRecord, NodeStateSource } from "./record.ts";
