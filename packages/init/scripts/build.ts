/**
 * Compiles native/*.c for both architectures into dist/linux-<architecture>/: static with musl, so that they run in any image.
 *
 * The same sources give the same bytes on every machine, since the program is mapped in every dumped tree and a restore must find it unchanged:
 * hence a pinned compiler, no build id, no symbols, no paths.
 */
import { copyFile, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compile } from "./zig.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-s", "-Wl,--build-id=none"];
// Not position-independent: smaller, and a restored program lies where it lay anyway.
const programFlags = ["-static", "-no-pie", "-ffunction-sections", "-Wl,--gc-sections"];
const libraryFlags = ["-shared", "-fPIC", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fvisibility=hidden"];

const outputs = [
  {
    sources: "main options signals spawn children supervise init keep clock hook pids launch mkfifo capabilities",
    flags: programFlags,
    // One program under its three names. Copies, because npm packs no links.
    names: ["crik-init", "crik-hook", "crik"],
  },
  { sources: "nouring", flags: libraryFlags, names: ["libcrik-nouring.so"] },
  { sources: "limits", flags: libraryFlags, names: ["libcrik-limits.so"] },
];

const { values } = parseArgs({
  options: {
    /** Where `linux-x64` and `linux-arm64` go. */
    out: { type: "string", default: join(root, "dist") },
    /** The folder of the sources. */
    native: { type: "string", default: join(root, "native") },
  },
});

const scratch = await mkdtemp(join(tmpdir(), "crik-init-build-"));
try {
  for (const architecture of ["x64", "arm64"] as const) {
    // The first build compiles musl too, and would look as if it hung.
    process.stdout.write(`compile the native part for ${architecture}\n`);
    const folder = join(values.out, `linux-${architecture}`);
    await mkdir(folder, { recursive: true });
    for (const { sources, flags: own, names } of outputs) {
      const made = join(scratch, "made");
      const files = sources.split(" ").map((source) => `${source}.c`);
      await compile({
        architecture,
        sources: files,
        flags: [...flags, ...own],
        output: made,
        directory: values.native,
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
