import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CapabilityProfile } from "./capabilities.ts";
import { containerEvidence, witness } from "./evidence.ts";
import { collect, type ExecOptions, type ExecResult } from "./exec.ts";
import { kubeletMounts } from "./kubelet.ts";
import { type Launched, launch } from "./launch.ts";
import { mountOverlay } from "./overlay.ts";
import { type RootfsName, rootfsLayers } from "./rootfs.ts";
import { runDirectory } from "./run-directory.ts";
import { ensureRuntime, type Runtime, type RuntimeName } from "./runtime.ts";
import { type Mount, ociSpec } from "./spec.ts";
import { openStdio, type StdioKind } from "./stdio.ts";
import { cgroupParent } from "./sweep.ts";

/** A container as a pod's author describes it; what is left out is as Kubernetes has it. */
export interface ContainerOptions {
  /** An image of the tests, or the layers of another one, the uppermost first. */
  readonly rootfs: RootfsName | readonly string[];
  readonly command: readonly [string, ...string[]];
  readonly mounts?: readonly Mount[] | undefined;
  /** @defaultValue `privileged`: every capability but SYS_RESOURCE, nothing of /proc masked */
  readonly capabilities?: CapabilityProfile | undefined;
  /** `allowPrivilegeEscalation: false`. @defaultValue false */
  readonly noNewPrivileges?: boolean | undefined;
  /** @defaultValue false */
  readonly readonlyRootfs?: boolean | undefined;
  /** What descriptors 1 and 2 are. @defaultValue `pipe`, as Kubernetes has it */
  readonly stdio?: StdioKind | undefined;
  /** A seccomp filter that allows all that the tests do, as the weakest of profiles. @defaultValue false */
  readonly seccomp?: boolean | undefined;
  /** A user namespace of its own, in which capabilities count for nothing outside. @defaultValue false */
  readonly userNamespace?: boolean | undefined;
  /** User and group. @defaultValue 0 */
  readonly uid?: number | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly workingDirectory?: string | undefined;
  readonly memoryBytes?: number | undefined;
  readonly shmBytes?: number | undefined;
  /** @defaultValue `runc` */
  readonly runtime?: RuntimeName | undefined;
  /** How much longer the machine seems to have been up than it has, by its monotonic clocks, in seconds. @defaultValue 0 */
  readonly upForLongerSeconds?: number | undefined;
}

/** A running, later an ended, container. Disposing it removes everything of it. */
export interface Container extends Launched, AsyncDisposable {
  readonly id: string;
  /** Runs another program in the container, as `kubectl exec` does. */
  exec(command: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecResult>;
  /** The place of a container's path on the host; of the root file system only, not of what is mounted into it. */
  rootPath(path: string): string;
  /** The place of a path as PID 1 sees it, its mounts included; only while it runs. */
  livePath(path: string): string;
  /** What the container tells Kubernetes of its end. */
  terminationMessage(): Promise<string>;
}

/** Starts a container on a fresh root file system and resolves when its PID 1 runs. */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  const requestedAt = performance.now();
  const run = await runDirectory();
  const runtime = await ensureRuntime(options.runtime ?? "runc");
  const id = `c${randomBytes(5).toString("hex")}`;
  const directory = join(run, id);
  const bundle = join(directory, "bundle");
  const state = join(run, runtime.name);
  await mkdir(bundle, { recursive: true });
  const layers = typeof options.rootfs === "string" ? await rootfsLayers(options.rootfs) : options.rootfs;
  const overlay = await mountOverlay(layers, directory);
  const discard = async (): Promise<void> => {
    await collect([...runtime.command, "--root", state, "delete", "--force", id], runtime.environment);
    await overlay.remove();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const mounts = [...(await kubeletMounts(run, directory, id)), ...(options.mounts ?? [])];
    const cgroupsPath = `/${cgroupParent}/${basename(run)}/${id}`;
    const spec = specOf(options, { id, mounts, cgroupsPath, rootPath: overlay.root });
    await writeFile(join(bundle, "config.json"), JSON.stringify(spec));
    const stdio = await openStdio(options.stdio ?? "pipe", directory, id);
    const { leave } = witness(`container ${id}: ${options.command.join(" ")}`, () => containerEvidence(id, stdio));
    const clocked = withOtherClocks(options.upForLongerSeconds, runtime);
    const launched = await launch({ runtime: clocked, state, bundle, id, stdio, requestedAt });
    let removed: Promise<unknown> | undefined;
    const remove = async (): Promise<void> => {
      await leave();
      launched.signal("SIGKILL");
      removed ??= launched.exited.then(discard);
      await removed;
    };
    return {
      ...launched,
      id,
      exec: (command, execOptions) =>
        collect([...runtime.command, "--root", state, "exec", id, ...command], runtime.environment, execOptions),
      rootPath: (path) => join(overlay.root, path),
      livePath: (path) => join(`/proc/${launched.pid}/root`, path),
      terminationMessage: () => readFile(mounts.find(({ to }) => to === "/dev/termination-log")?.from ?? "", "utf8"),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** The runtime in a time namespace, which its containers then have too. */
function withOtherClocks(aheadSeconds: number | undefined, runtime: Runtime): Runtime {
  if (aheadSeconds === undefined) return runtime;
  const ahead = String(aheadSeconds);
  return {
    ...runtime,
    command: ["unshare", "--time", "--monotonic", ahead, "--boottime", ahead, "--fork", ...runtime.command],
  };
}

interface Placement {
  readonly id: string;
  readonly mounts: readonly Mount[];
  readonly cgroupsPath: string;
  readonly rootPath: string;
}

function specOf(options: ContainerOptions, place: Placement): Readonly<Record<string, unknown>> {
  const uid = options.uid ?? 0;
  return ociSpec({
    command: options.command,
    rootPath: place.rootPath,
    cgroupsPath: place.cgroupsPath,
    mounts: place.mounts,
    hostname: place.id,
    environment: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOSTNAME: place.id,
      KUBERNETES_SERVICE_HOST: "10.96.0.1",
      KUBERNETES_SERVICE_PORT: "443",
      ...(options.stdio === "tty" ? { TERM: "xterm" } : {}),
      ...options.environment,
    },
    workingDirectory: options.workingDirectory ?? "/",
    capabilities: options.capabilities ?? "privileged",
    noNewPrivileges: options.noNewPrivileges ?? false,
    readonlyRootfs: options.readonlyRootfs ?? false,
    terminal: options.stdio === "tty",
    seccomp: options.seccomp ?? false,
    userNamespace: options.userNamespace ?? false,
    user: { uid, gid: uid },
    memoryBytes: options.memoryBytes,
    shmBytes: options.shmBytes ?? 64 << 20,
  });
}
