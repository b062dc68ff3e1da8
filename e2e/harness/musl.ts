import { createHash } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../scripts/criu/command.ts";
import { machineNames, parseArchitecture } from "../../scripts/criu/machine.ts";
import { cached } from "./cache.ts";
import { unpackDebian } from "./debian.ts";
import { zigProgram } from "./zig.ts";

const source = fileURLToPath(new URL("../programs/c/counter.c", import.meta.url));

/**
 * A layer with musl's loader and one program that needs it, as in an Alpine image: no glibc is there. The compiler
 * is the one that builds crik's native part; start files and library are Debian's packages of musl.
 */
export async function muslLayer(): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(source))
    .digest("hex")
    .slice(0, 12);
  return cached("rootfs", `musl-${digest}`, async (directory) => {
    const work = await mkdtemp(join(tmpdir(), "crik-musl-"));
    try {
      await unpackDebian({ suite: "trixie", packages: ["musl", "musl-dev"], without: /^(?!musl)/ }, work);
      const { machine, library, loader } = names();
      await mkdir(join(directory, "lib"), { recursive: true });
      await cp(join(work, "usr/lib", library, "libc.so"), join(directory, "lib", loader));
      await mkdir(join(directory, "usr/bin"), { recursive: true });
      await compile(machine, join(work, "usr/lib", library), loader, join(directory, "usr/bin/musl-counter"));
      await chmod(directory, 0o755);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

async function compile(machine: string, library: string, loader: string, target: string): Promise<void> {
  const zig = zigProgram();
  const object = join(library, "counter.o");
  await run([zig, "cc", "-target", `${machine}-linux-musl`, "-O1", "-fPIC", "-c", "-o", object, source]);
  const start = ["Scrt1.o", "crti.o"].map((name) => join(library, name));
  const place = ["-pie", "--dynamic-linker", `/lib/${loader}`, "-o", target];
  await run([zig, "ld.lld", ...place, ...start, object, "-L", library, "-Bdynamic", "-lc", join(library, "crtn.o")]);
}

function names(): { readonly machine: string; readonly library: string; readonly loader: string } {
  const machine = machineNames(parseArchitecture(process.arch)).triplet.replace("-linux-gnu", "");
  return { machine, library: `${machine}-linux-musl`, loader: `ld-musl-${machine}.so.1` };
}
