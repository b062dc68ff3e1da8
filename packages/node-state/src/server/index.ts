export type { NodeStateStore } from "./store.ts";
