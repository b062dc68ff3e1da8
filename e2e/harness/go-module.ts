import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import { cacheDirectory, cached } from "./cache.ts";
import { ensureGo, type GoToolchain } from "./go-toolchain.ts";
import { readLines } from "./lines.ts";
import { runDirectory } from "./run-directory.ts";

/** Programs of one Go module, or of a file of ours that needs one. */
export interface GoModule {
  /** As in `github.com/containerd/containerd/v2`. */
  readonly path: string;
  /** As in `v2.2.9`. */
  readonly version: string;
  /** What to build, and under what name: packages of the module, or `.` for {@link GoModule.main}. */
  readonly programs: Readonly<Record<string, string>>;
  /** A Go file of package main that imports the module. @defaultValue none */
  readonly main?: string | undefined;
  /** Build tags. @defaultValue none */
  readonly tags?: readonly string[] | undefined;
  /** Values for variables of the programs, such as their version. @defaultValue none */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Added to Go's. @defaultValue none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Fetches what a build needs besides Go. @defaultValue nothing */
  readonly prepare?: (() => Promise<void>) | undefined;
  /** To be raised when the same version is built in another way. */
  readonly recipe: number;
  /** Changes the module's go.mod before it is used. @defaultValue as it is */
  readonly editGoMod?: ((text: string) => string) | undefined;
}

/**
 * Gives a folder with the programs, built at the first call from what the Go module proxy has. Builders at once are
 * safe, and the second finds the packages of the first already compiled; a killed build leaves compiled packages and
 * nothing else.
 *
 * @param kind - the folder in the cache
 */
export async function ensureGoPrograms(kind: string, module: GoModule): Promise<string> {
  const names = Object.keys(module.programs).join("+");
  const parts = [names, module.version.replace(/^v/, ""), process.arch, module.recipe];
  if (module.main !== undefined) parts.push(await digestOf(module.main));
  const key = parts.join("-");
  return cached(kind, key, async (target) => {
    const source = await mkdtemp(join(await runDirectory(), "go-"));
    try {
      const go = await ensureGo();
      await writeMainModule(go, module, source);
      await module.prepare?.();
      for (const [name, package_] of Object.entries(module.programs)) {
        await build(go, module, { name, package: package_, source, target });
      }
    } finally {
      await rm(source, { recursive: true, force: true });
    }
  });
}

/** Of a file of ours: when it changes, its program is another one. */
async function digestOf(file: string): Promise<string> {
  const text = await readFile(file);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/**
 * A main module with the same go.mod as the one that is wanted, and the wanted one itself: so every other version is
 * its authors' choice. `go install path@version` would be shorter, but refuses what has a `replace`.
 */
async function writeMainModule(go: GoToolchain, module: GoModule, directory: string): Promise<void> {
  const { path, version, editGoMod = (text) => text } = module;
  const { environment } = go;
  const answer = await run([go.program, "mod", "download", "-json", `${path}@${version}`], { directory, environment });
  const { Dir: source }: { readonly Dir: string } = JSON.parse(answer);
  const text = await readFile(join(source, "go.mod"), "utf8");
  const main = text.replace(/^module .*$/m, `module crik.dev/programs\n\nrequire ${path} ${version}`);
  await writeFile(join(directory, "go.mod"), editGoMod(main));
  // A module without dependencies has none.
  await copyFile(join(source, "go.sum"), join(directory, "go.sum")).catch(() => {});
  if (module.main !== undefined) await copyFile(module.main, join(directory, "main.go"));
}

interface BuildJob {
  readonly name: string;
  readonly package: string;
  /** The folder of the main module. */
  readonly source: string;
  /** The folder for the program. */
  readonly target: string;
}

async function build(go: GoToolchain, module: GoModule, job: BuildJob): Promise<void> {
  const what = `${job.name} ${module.version}`;
  say(`building ${what} from its Go modules: some minutes, once`);
  const lock = join(cacheDirectory, "go-build");
  await mkdir(lock, { recursive: true });
  const arguments_ = ["build", "-v", "-trimpath", "-ldflags", linkerFlags(module), "-o", join(job.target, job.name)];
  if (module.tags !== undefined) arguments_.push("-tags", module.tags.join(" "));
  const startedAt = performance.now();
  // One build at a time has the memory for itself; the kernel opens the lock whatever ends the holder.
  const child = spawn("flock", [lock, go.program, ...arguments_, job.package], {
    cwd: job.source,
    env: {
      ...process.env,
      ...go.environment,
      GOFLAGS: `${go.environment["GOFLAGS"]} -mod=mod`,
      ...module.environment,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const progress = readLines(child.stderr, `build of ${job.name}`);
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const ticker = setInterval(
    () => say(`${job.name}: ${progress.all.length} packages compiled after ${seconds()} s`),
    30_000,
  );
  try {
    const ending = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code === null ? `by ${signal}` : `with status ${code}`));
    });
    if (ending !== "with status 0") {
      throw new Error(`the build of ${what} ended ${ending}:\n${progress.all.slice(-20).join("\n")}`);
    }
  } finally {
    clearInterval(ticker);
  }
  say(`${what} is built: ${seconds()} s`);
}

function linkerFlags(module: GoModule): string {
  const values = Object.entries(module.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return ["-s", "-w", ...values].join(" ");
}

function say(text: string): void {
  process.stderr.write(`crik tests: ${text}\n`);
}
