import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Architecture } from "../criu/machine.ts";
import { type PublishedPackage, unpackPublished } from "../npm-package.ts";

/** Which program runs crik's JavaScript in the bundle (docs/adr/0010-runtime-of-the-bundle.md). */
export interface Runtime {
  readonly name: "bun";
  readonly version: string;
}

/** The runtime of the foreign machine; the integrity is the registry's, as `npm view PACKAGE dist.integrity` shows it. */
const foreign: PublishedPackage = {
  name: "@oven/bun-linux-aarch64",
  version: "1.4.5",
  integrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
};

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
 * Path of the runtime that the compiled program is built on.
 *
 * @throws Error when the foreign package does not have the pinned integrity, or its version is not the compiler's.
 */
export async function basePath(architecture: Architecture, runtime: Runtime): Promise<string> {
  if (architecture === "x64") return compilerPath();
  if (foreign.version !== runtime.version) {
    throw new Error(
      `${foreign.name} is pinned to ${foreign.version} and the compiler is ${runtime.version}: pin it in runtime.ts`,
    );
  }
  return join(await unpackPublished(foreign), "bin/bun");
}
