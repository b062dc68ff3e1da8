export { createNodeStateClient, type NodeStateClient } from "./client.ts";
export type { NodeStateClientOptions } from "./options.ts";
export type { NodeStateWatchEvent } from "./watch.ts";
