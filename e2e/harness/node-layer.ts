import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import { cached } from "./cache.ts";

/** The lines of Node.js that are supported, by exact version: a new one is a change of the tests. */
const versions = { 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" } as const;

/** A layer with one `node` in /usr/local/bin, from the npm package that carries it. */
export function nodeLayer(line: keyof typeof versions): Promise<string> {
  const version = versions[line];
  return cached("rootfs", `node-${version}-1`, async (directory) => {
    const work = await mkdtemp(join(tmpdir(), "crik-node-"));
    try {
      await run(["npm", "pack", "--silent", `node-linux-${process.arch}@${version}`], { directory: work });
      const archive = (await readdir(work)).find((name) => name.endsWith(".tgz"));
      if (archive === undefined) throw new Error("npm pack wrote no archive");
      await run(["tar", "-xzf", archive, "package/bin/node"], { directory: work });
      const bin = join(directory, "usr/local/bin");
      await mkdir(bin, { recursive: true });
      await copyFile(join(work, "package/bin/node"), join(bin, "node"));
      await chmod(join(bin, "node"), 0o755);
      await chmod(directory, 0o755);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}
