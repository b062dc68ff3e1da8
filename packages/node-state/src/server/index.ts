export type { RefusalCode } from "./answer.ts";
export type { NodeStateObservation, Observe, WatchEnd } from "./observation.ts";
export { type NodeStateRouter, type NodeStateRouterOptions, nodeStateRouter } from "./router.ts";
export {
  createNodeStateStore,
  type NodeStateListener,
  type NodeStateStore,
  type NodeStateStoreOptions,
} from "./store.ts";
export type { NodeStateWatches } from "./watches.ts";
