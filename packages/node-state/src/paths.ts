/** Every path of the protocol, said once for both sides. Names are those that {@link isNodeName} admits, which need no encoding. */

/** The list of all nodes. */
export const NodesPath = "/v1/nodes";

/** The document that describes the interface, OpenAPI 3.1. */
export const OpenApiPath = "/openapi.json";

/** One node's record. */
export function nodePath(name: string): string {
  return `${NodesPath}/${name}`;
}

/** One node's record and all its changes, as server-sent events. */
export function watchPath(name: string): string {
  return `${nodePath(name)}/watch`;
}

/** What the client of the original crik asks (qawolf/crik, `cmd/crik`): the same answer as {@link nodePath}. */
export function originalClientPath(name: string): string {
  return `/nodes/${name}`;
}

/** What the README of the original crik says, with the name as the parameter `node`: the same answer as {@link nodePath}. */
export const OriginalReadmePath = "/node-state";
