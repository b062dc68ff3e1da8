import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCriu } from "../../scripts/criu/fetch.ts";
import { type Container, type ContainerOptions, startContainer } from "./container.ts";
import { ensureBusybox } from "./rootfs.ts";
import type { Mount } from "./spec.ts";

/** Options of the experiments without crik: a shell is PID 1 and calls CRIU, with nothing around it. */
export interface BareOptions extends Omit<ContainerOptions, "mounts"> {
  /** Folder on the host that both containers share. */
  readonly imageDirectory: string;
  /** @defaultValue false */
  readonly unprivileged?: boolean | undefined;
}

/** What the dump of an application has left for its restore. */
export interface BareCheckpoint {
  /** What the application's descriptors 1 and 2 were. */
  readonly stdio: readonly [string, string];
  /** From SIGTERM to the end of the container, in milliseconds. */
  readonly goneMs: number;
}

const program = "/opt/criu/lib/ld-linux-x86-64.so.2 --library-path /opt/criu/lib /opt/criu/bin/criu";
const both = "-D /ckpt/images -W /ckpt -v2 --manage-cgroups=ignore --tcp-close --file-locks";

/** What the shell of PID 1 needs and an image may not have. */
async function tools(): Promise<readonly Mount[]> {
  return [
    { from: (await ensureCriu()).directory, to: "/opt/criu", readonly: true },
    { from: await ensureBusybox(), to: "/opt/busybox", readonly: true },
  ];
}

/**
 * Starts an application in a session of its own, with a pid that a restore finds free; at SIGTERM it is dumped. The
 * pid is reached by ns_last_pid, or by starting that many processes where /proc/sys is read-only.
 */
export async function startBare(options: BareOptions): Promise<Container> {
  const script = `
    echo 8999 2>/dev/null >/proc/sys/kernel/ns_last_pid || { i=0; while [ $i -lt 300 ]; do : & wait $!; i=$((i + 1)); done; }
    /opt/busybox setsid "$@" </dev/null & task=$!
    echo "STDIO $(/opt/busybox readlink /proc/$task/fd/1) $(/opt/busybox readlink /proc/$task/fd/2)"
    trap '${program} dump -t $task ${both} -o dump.log ${mode(options)}; exit $?' TERM
    wait $task; exit $?`;
  await mkdir(join(options.imageDirectory, "images"), { recursive: true });
  return startBox(options, ["/opt/busybox", "sh", "-c", script, "sh", ...options.command]);
}

/** Stops a container of {@link startBare}, as the kubelet does, and so dumps its application. */
export async function dumpBare(box: Container, options: BareOptions): Promise<BareCheckpoint> {
  const [, out = "", err = ""] = await box.stdout.waitForLine(/^STDIO (\S+) (\S+)$/);
  box.signal("SIGTERM");
  const { code, timings } = await box.exited;
  if (code !== 0) throw new Error(`dump ended with ${code}:\n${await logTail(options, "dump.log")}`);
  return { stdio: [out, err], goneMs: timings.endedAt - (timings.signalledAt ?? 0) };
}

/** A fresh container whose PID 1 is CRIU; it ends when the application does. */
export async function restoreBare(options: BareOptions, checkpoint: BareCheckpoint): Promise<Container> {
  const inherit = checkpoint.stdio.map((link, index) =>
    link.startsWith("pipe:") ? `--inherit-fd 'fd[${index + 1}]:${link}'` : "",
  );
  const script = `exec ${program} restore ${both} -o restore.log ${mode(options)} ${inherit.join(" ")}`;
  return startBox(options, ["/opt/busybox", "sh", "-c", script]);
}

function mode(options: BareOptions): string {
  return options.unprivileged === true ? "--unprivileged" : "";
}

async function startBox(options: BareOptions, command: readonly [string, ...string[]]): Promise<Container> {
  const mounts = [...(await tools()), { from: options.imageDirectory, to: "/ckpt" }];
  return startContainer({ ...options, command, mounts });
}

async function logTail(options: BareOptions, name: string): Promise<string> {
  const text = await readFile(join(options.imageDirectory, name), "utf8").catch(() => "(no log)");
  return text.split("\n").slice(-30).join("\n");
}
