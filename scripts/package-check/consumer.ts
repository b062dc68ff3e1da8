import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../criu/command.ts";
import { ensureCriu } from "../criu/fetch.ts";
import { firstExample } from "./example.ts";
import type { PublishedPackage } from "./packages.ts";

/**
 * Installs tarballs, and the packages that they want beside them, with npm into an empty project, as a user would; gives the project's folder.
 * Its `bin` has a `criu`, which the READMEs require in the PATH.
 */
export async function installTarballs(
  tarballs: readonly string[],
  peers: readonly string[],
  directory: string,
): Promise<string> {
  const project = join(directory, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }\n');
  const packages = [...tarballs, ...peers];
  await run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages], { directory: project });
  await mkdir(join(project, "bin"));
  const { command } = await ensureCriu();
  const quoted = command.map((part) => `'${part}'`).join(" ");
  await writeFile(join(project, "bin/criu"), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  return project;
}

/**
 * Runs the first example of a package's README in a project that has the package, on this Node.js.
 *
 * @returns whether the README has one
 * @throws Error with its output when it fails.
 */
export async function runExample(one: PublishedPackage, project: string): Promise<boolean> {
  const example = firstExample(await readFile(join(one.directory, "README.md"), "utf8"));
  if (example === undefined) return false;
  const file = join(project, `${basename(one.directory)}.${example.extension}`);
  await writeFile(file, example.code);
  // What it leaves behind goes with the project.
  const environment = { PATH: `${join(project, "bin")}:${process.env["PATH"] ?? ""}`, TMPDIR: project };
  await run(["timeout", "30", process.execPath, file], { directory: project, environment });
  return true;
}

/**
 * Imports every entry point of an installed package.
 *
 * @throws Error when one cannot be imported.
 */
export async function importEntries(one: PublishedPackage, project: string): Promise<void> {
  const text = await readFile(join(project, "node_modules", one.name, "package.json"), "utf8");
  const { exports }: { readonly exports?: Readonly<Record<string, unknown>> } = JSON.parse(text);
  const entries = Object.keys(exports ?? {}).filter((entry) => !entry.endsWith(".json") && !entry.includes("*"));
  const program = entries.map((entry) => `await import(${JSON.stringify(one.name + entry.slice(1))});`).join("\n");
  await run([process.execPath, "--input-type=module", "--eval", program], { directory: project });
}
