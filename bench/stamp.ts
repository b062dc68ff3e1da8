import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runDirectory } from "../e2e/harness/run-directory.ts";
import { compile } from "../packages/init/scripts/zig.ts";
import { parseArchitecture } from "../scripts/criu/machine.ts";

/** The first instruction of a program. */
export interface Stamp {
  /** Milliseconds of CLOCK_MONOTONIC. */
  readonly ms: number;
}

/** Compiles the program that tells the moment of its first instruction; it is removed with all else of this run. */
export async function compileStamp(): Promise<string> {
  const output = join(await runDirectory(), "stamp");
  await compile({
    architecture: parseArchitecture(process.arch),
    sources: ["stamp.c"],
    flags: ["-static", "-s"],
    output,
    directory: fileURLToPath(new URL(".", import.meta.url)),
  });
  return output;
}

/** The stamps among the lines of a container, in their order. */
export function stampsOf(lines: readonly string[]): readonly Stamp[] {
  return lines.flatMap((line) => {
    const [, nanoseconds] = /^STAMP (\d+)$/.exec(line) ?? [];
    return nanoseconds === undefined ? [] : [{ ms: Number(nanoseconds) / 1e6 }];
  });
}
