import { accessSync, constants } from "node:fs";
import type { Config, NodeStateServerConfig } from "@crik/config";
import type { NodeStateClient } from "@crik/node-state/client";
import type { NodeStateOptions } from "@crik/wrapper";
import type { Output } from "../output.ts";

/**
 * How long one answer may take, in milliseconds. The wrapper asks again for as long as it may, and believes the answer before meanwhile: a server that falls
 * silent after `ready` must be found out before `ready` becomes the decision.
 */
const AnswerTimeoutMs = 1000;

/**
 * How the wrapper learns its node's state. The client is loaded when it is asked for the first time: mostly when the pod is told to stop, so that it costs
 * no memory before.
 *
 * @returns `undefined` when no decision depends on it
 */
export function nodeStateOf(config: Config, output: Output): NodeStateOptions | undefined {
  const server = config.nodeStateServer;
  if (server === undefined || config.checkpointOn !== "node-shutting-down") return undefined;
  warnOfMissingFiles(server, output);
  let loading: Promise<NodeStateClient> | undefined;
  const client = (): Promise<NodeStateClient> => {
    loading ??= createClient(server);
    return loading;
  };
  return {
    node: server.node,
    reader: { read: async (node, options) => (await client()).read(node, options) },
    watcher: server.watch
      ? {
          watch: async function* (node, options) {
            yield* (await client()).watch(node, options);
          },
        }
      : undefined,
  };
}

async function createClient(server: NodeStateServerConfig): Promise<NodeStateClient> {
  const { createNodeStateClient } = await import("@crik/node-state/client");
  return createNodeStateClient({
    url: server.url,
    caFile: server.caFile,
    tokenFile: server.tokenFile,
    totalTimeoutMs: Math.min(server.timeoutMs, AnswerTimeoutMs),
  });
}

/** Told at the start, because a question that cannot be asked is otherwise noticed only when the pod stops. The files may still come: a mount can be late. */
function warnOfMissingFiles(server: NodeStateServerConfig, output: Output): void {
  for (const [key, file] of [
    ["nodeStateCAFile", server.caFile],
    ["nodeStateTokenFile", server.tokenFile],
  ] as const) {
    if (file === undefined) continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      output.warn(
        { file, error },
        `the file of ${key} cannot be read: as it is, the node-state server cannot be asked`,
      );
    }
  }
}
