import { collect, type ExecOptions, type ExecResult } from "../../harness/exec.ts";
import type { NodeDescription } from "./description.ts";

/** The command that runs another one in all namespaces of a node; its working directory is the node's root. */
export function enter(node: NodeDescription): readonly [string, ...string[]] {
  return ["nsenter", "-t", String(node.pid), "-m", "-u", "-n", "-p", "--"];
}

/** Runs a program in a node, as somebody who has logged in there would; a status other than 0 is an answer. */
export function execInNode(
  node: NodeDescription,
  argv: readonly [string, ...string[]],
  options?: ExecOptions,
): Promise<ExecResult> {
  return collect([...enter(node), ...argv], { PATH: process.env["PATH"] ?? "", HOME: "/root" }, options);
}

/** One of a node's own programs. */
export type NodeService = "containerd" | "dbus-daemon" | "kube-proxy" | "kubelet" | "logind";

/** How a service is started. */
export interface ServiceOptions {
  readonly argv: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Starts a program that runs in the node from now on, whatever becomes of this process. */
export async function startService(node: NodeDescription, name: NodeService, options: ServiceOptions): Promise<void> {
  // The first process of the node adopts it. `setsid` does not fork here, so the pid is the program's.
  const script = 'exec setsid "$@" </dev/null >>"/var/log/$0.log" 2>&1 & echo $! >"/run/crik/$0.pid"';
  const environment = { PATH: process.env["PATH"] ?? "", HOME: "/root", ...options.environment };
  const result = await collect([...enter(node), "sh", "-c", script, name, ...options.argv], environment);
  if (result.code !== 0) throw new Error(`${name} of ${node.name} did not start: ${result.stderr}`);
}

/** Sends a signal to a service; nothing happens when it does not run. */
export async function signalService(node: NodeDescription, name: NodeService, signal: string): Promise<void> {
  await execInNode(node, ["sh", "-c", 'kill -s "$1" "$(cat "/run/crik/$0.pid")"', name, signal]);
}

/** Whether a service runs. */
export async function serviceRuns(node: NodeDescription, name: NodeService): Promise<boolean> {
  // A zombie answers to signal 0, for the moment until the first process has buried it.
  const script = 'grep -q "^State:.[^Z]" "/proc/$(cat "/run/crik/$0.pid")/status"';
  return (await execInNode(node, ["sh", "-c", script, name])).code === 0;
}
