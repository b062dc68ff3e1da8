import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../criu/command.ts";
import type { Architecture } from "../criu/machine.ts";

/** Which program runs crik's JavaScript in the bundle (docs/adr/0010-runtime-of-the-bundle.md). */
export interface Runtime {
  readonly name: "bun";
  readonly version: string;
}

/** The runtime of the foreign machine; the integrity is the registry's, as `npm view PACKAGE dist.integrity` shows it. */
const foreign = {
  name: "@oven/bun-linux-aarch64",
  version: "1.4.5",
  integrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
} as const;

/** What pnpm has installed. */
const installed = fileURLToPath(import.meta.resolve("@oven/bun-linux-x64/package.json"));

/** The runtime's version: that of the installed package. */
export async function readRuntime(): Promise<Runtime> {
  const { version } = JSON.parse(await readFile(installed, "utf8"));
  return { name: "bun", version };
}

/** Path of the runtime that compiles: the one of this machine. */
export function compilerPath(): string {
  return join(dirname(installed), "bin/bun");
}

/**
 * Path of the runtime that the compiled program is built on. pnpm installs no package of a foreign machine, so
 * that one comes by `npm pack`, once, and is checked.
 *
 * @throws Error when the package does not have the pinned integrity, or its version is not the compiler's.
 */
export async function basePath(architecture: Architecture, runtime: Runtime): Promise<string> {
  if (architecture === "x64") return compilerPath();
  const { name, version, integrity } = foreign;
  if (version !== runtime.version) {
    throw new Error(`${name} is pinned to ${version} and the compiler is ${runtime.version}: pin it in runtime.ts`);
  }
  const cache = join(homedir(), ".cache/crik/bun");
  const directory = join(cache, `${version}-${architecture}`);
  const program = join(directory, "bin/bun");
  if ((await readFile(join(directory, "package.json")).catch(() => undefined)) !== undefined) return program;
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(`${directory}.making-`);
  try {
    await run(["npm", "pack", "--silent", `${name}@${version}`], { directory: aside });
    const tarball = join(aside, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(tarball))
      .digest("base64")}`;
    if (found !== integrity) throw new Error(`${name}@${version} has integrity ${found}, pinned is ${integrity}`);
    await run(["tar", "-xzf", tarball, "-C", aside]);
    await rename(join(aside, "package"), directory).catch((error: unknown) => {
      // Somebody else was first: theirs passed the same check.
      if (!(error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return program;
}
