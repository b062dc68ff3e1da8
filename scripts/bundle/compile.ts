import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { run } from "../criu/command.ts";
import type { Architecture } from "../criu/machine.ts";
import { basePath, compilerPath, type Runtime } from "./runtime.ts";

/** What to compile, and for which machine. */
export interface CompileOptions {
  /** JavaScript or TypeScript file that the program starts with. */
  readonly main: string;
  readonly architecture: Architecture;
  readonly runtime: Runtime;
  /** Path of the program. */
  readonly output: string;
}

/**
 * Makes one executable of a program and all that it imports.
 *
 * `--splitting` with ESM is what keeps `await import()` lazy: a chunk and its bytecode of its own, read when it is
 * asked for. Nothing is minified: it saves neither memory nor time here, and a stack trace stays readable.
 * The same sources give the same bytes.
 *
 * @returns absolute paths of the source files that went in
 */
export async function compile(options: CompileOptions): Promise<readonly string[]> {
  const { main, architecture, output } = options;
  const directory = dirname(main);
  const metafile = `${output}.json`;
  const base = await basePath(architecture, options.runtime);
  await run(
    [
      compilerPath(),
      "build",
      basename(main),
      "--compile",
      `--target=bun-linux-${architecture}`,
      `--compile-executable-path=${base}`,
      "--format=esm",
      "--bytecode",
      "--splitting",
      "--reject-unresolved",
      // A file of the application's working directory has no say in crik's runtime.
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      "--no-compile-autoload-tsconfig",
      "--no-compile-autoload-package-json",
      `--metafile=${metafile}`,
      `--outfile=${output}`,
    ],
    { directory, environment: { NO_COLOR: "1", BUN_OPTIONS: "", NODE_OPTIONS: "" } },
  );
  const { inputs }: { inputs: Record<string, unknown> } = JSON.parse(await readFile(metafile, "utf8"));
  return Object.keys(inputs).map((input) => resolve(join(directory, input)));
}
