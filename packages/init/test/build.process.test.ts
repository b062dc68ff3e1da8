import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programs, run } from "./harness.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "crik-build-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function digests(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const architecture of ["linux-x64", "linux-arm64"]) {
    for (const name of (await readdir(join(directory, architecture))).sort()) {
      const content = await readFile(join(directory, architecture, name));
      found[`${architecture}/${name}`] = createHash("sha256").update(content).digest("hex");
    }
  }
  return found;
}

describe("the build", () => {
  it("gives the same bytes wherever and whenever it runs", async () => {
    const sources = join(folder, "somewhere/else");
    const out = join(folder, "out");
    await cp(join(root, "native"), sources, { recursive: true });
    const build = [process.execPath, join(root, "scripts/build.ts"), "--native", sources, "--out", out] as const;
    const env = { HOME: process.env["HOME"] ?? "", TZ: "Asia/Tokyo", LC_ALL: "C", SOURCE_DATE_EPOCH: "1" };
    expect(await run(build, { cwd: folder, env })).toMatchObject({ code: 0, stderr: "" });
    const made = await digests(out);
    expect(Object.keys(made)).toHaveLength(10);
    expect(made).toEqual(await digests(join(root, "dist")));
  });

  it("makes static programs of less than 64 KB, executable, without a path of the machine in them", async () => {
    for (const path of [programs.init, programs.hook, programs.launcher, ...Object.values(programs.preload)]) {
      const { size, mode } = await stat(path);
      expect(size).toBeLessThan(64 * 1024);
      expect(mode & 0o777).toBe(0o755);
      const content = await readFile(path, "latin1");
      expect(content).not.toMatch(/\/(root|home|work|tmp)\//);
    }
  });
});
