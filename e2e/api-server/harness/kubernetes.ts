import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../scripts/criu/command.ts";
import { cacheDirectory, cached } from "../../harness/cache.ts";
import { ensureGo, type GoToolchain } from "../../harness/go-toolchain.ts";
import { readLines } from "../../harness/lines.ts";
import { runDirectory } from "../../harness/run-directory.ts";

/** The Kubernetes that the tests run; the Go modules `k8s.io/*` of the same release are numbered v0.34.4. */
export const kubernetesVersion = "1.34.4";

/** A program of Kubernetes's servers, by its folder in `k8s.io/kubernetes/cmd`. */
export type KubernetesComponent =
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-proxy"
  | "kube-scheduler"
  | "kubelet";

/** To be raised when this file builds another program of the same version. */
const recipe = 1;

/**
 * Gives the path of a program of Kubernetes, built from its Go modules at the first call: minutes, and up to 2 GB of
 * memory. Builders at once are safe, and the second finds the packages of the first already compiled; a killed build
 * leaves compiled packages and nothing else.
 */
export async function ensureKubernetes(component: KubernetesComponent): Promise<string> {
  const key = `${component}-${kubernetesVersion}-${process.arch}-${recipe}`;
  const directory = await cached("kubernetes", key, async (target) => {
    const module = await mkdtemp(join(await runDirectory(), "kubernetes-"));
    try {
      const go = await ensureGo();
      await writeMainModule(go, module);
      await build(go, { component, module, target });
    } finally {
      await rm(module, { recursive: true, force: true });
    }
  });
  return join(directory, component);
}

/**
 * `k8s.io/kubernetes` cannot be built as a module of its own: its go.mod takes part of its modules out of its repository
 * (`v0.0.0`, and a `replace` with `./staging/…`). The same go.mod with the published modules can, and every other
 * version in it is upstream's.
 */
async function writeMainModule(go: GoToolchain, directory: string): Promise<void> {
  const name = "k8s.io/kubernetes";
  const version = `v${kubernetesVersion}`;
  const { environment } = go;
  const answer = await run([go.program, "mod", "download", "-json", `${name}@${version}`], { directory, environment });
  const { Dir: source }: { readonly Dir: string } = JSON.parse(answer);
  const text = await readFile(join(source, "go.mod"), "utf8");
  const main = text
    .replace(/^module .*$/m, `module crik.dev/${name}\n\nrequire ${name} ${version}`)
    .replace(/^(\tk8s\.io\/\S+) v0\.0\.0$/gm, `$1 ${version.replace("v1.", "v0.")}`)
    .replace(/^\t.* => \.\/staging\/.*\n/gm, "");
  await writeFile(join(directory, "go.mod"), main);
  await copyFile(join(source, "go.sum"), join(directory, "go.sum"));
}

interface BuildJob {
  readonly component: KubernetesComponent;
  /** The folder of the main module. */
  readonly module: string;
  /** The folder for the program. */
  readonly target: string;
}

async function build(go: GoToolchain, job: BuildJob): Promise<void> {
  const { component } = job;
  say(`building ${component} ${kubernetesVersion} from its Go modules: some minutes, once`);
  const lock = join(cacheDirectory, "kubernetes");
  await mkdir(lock, { recursive: true });
  const arguments_ = ["build", "-v", "-trimpath", "-ldflags", linkerFlags(), "-o", `${job.target}/`];
  const startedAt = performance.now();
  // One build at a time has the memory for itself; the kernel opens the lock whatever ends the holder.
  const child = spawn("flock", [lock, go.program, ...arguments_, `k8s.io/kubernetes/cmd/${component}`], {
    cwd: job.module,
    env: { ...process.env, ...go.environment, GOFLAGS: `${go.environment["GOFLAGS"]} -mod=mod` },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const progress = readLines(child.stderr, `build of ${component}`);
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const ticker = setInterval(
    () => say(`${component}: ${progress.all.length} packages compiled after ${seconds()} s`),
    30_000,
  );
  try {
    const ending = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code === null ? `by ${signal}` : `with status ${code}`));
    });
    if (ending !== "with status 0") {
      throw new Error(`the build of ${component} ended ${ending}:\n${progress.all.slice(-20).join("\n")}`);
    }
  } finally {
    clearInterval(ticker);
  }
  say(`${component} is built: ${seconds()} s`);
}

/** Without a version in them Kubernetes's programs call themselves v0.0.0-master and refuse to work together. */
function linkerFlags(): string {
  const [major, minor] = kubernetesVersion.split(".");
  const values = {
    gitVersion: `v${kubernetesVersion}`,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: "module",
    gitTreeState: "archive",
    buildDate: "2026-01-01T00:00:00Z",
  };
  const flags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((name) =>
    Object.entries(values).map(([key, value]) => `-X ${name}.${key}=${value}`),
  );
  return ["-s", "-w", ...flags].join(" ");
}

function say(text: string): void {
  process.stderr.write(`crik tests: ${text}\n`);
}
