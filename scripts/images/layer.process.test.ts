import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../criu/command.ts";
import type { Copy } from "./dockerfile.ts";
import { layerOfCopy, layerOfFolder } from "./layer.ts";

let scratch = "";
let context = "";

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "crik-layer-test-"));
  context = join(scratch, "context");
  await write("dist/b.js", 0o600);
  await write("dist/a.js", 0o664);
  await write("dist/a.js.map", 0o644);
  await write("bin/program", 0o700);
  await symlink("program", join(context, "bin/link"));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function write(path: string, mode: number): Promise<void> {
  await mkdir(dirname(join(context, path)), { recursive: true, mode: 0o700 });
  await writeFile(join(context, path), path);
  await chmod(join(context, path), mode);
}

/** Mode, owner and path of everything in the layer of a COPY. */
async function contentOf(copy: Copy): Promise<readonly string[]> {
  const { path } = await layerOfCopy(copy, context, scratch);
  const listed = await run(["tar", "--list", "--verbose", "--numeric-owner", `--file=${path}`]);
  return listed
    .trim()
    .split("\n")
    .map((line) => line.replace(/^(\S+ \S+) +\d+ 1970-01-01 00:00 /, "$1 "));
}

test("of a folder the content is copied, owned by root, whatever the umask was", async () => {
  expect(await contentOf({ sources: ["bin"], to: "/opt/x" })).toEqual([
    "drwxr-xr-x 0/0 opt/",
    "drwxr-xr-x 0/0 opt/x/",
    // Of a link nobody looks at the mode.
    "lrwxr-xr-x 0/0 opt/x/link -> program",
    "-rwxr-xr-x 0/0 opt/x/program",
  ]);
});

test("a file gets the name of the target, or is put into it", async () => {
  expect(await contentOf({ sources: ["dist/a.js"], to: "/main.js" })).toEqual(["-rw-r--r-- 0/0 main.js"]);
  expect(await contentOf({ sources: ["dist/*.js"], to: "/app/" })).toEqual([
    "drwxr-xr-x 0/0 app/",
    "-rw-r--r-- 0/0 app/a.js",
    "-rw-r--r-- 0/0 app/b.js",
  ]);
});

test("what is not there is an error", async () => {
  await expect(contentOf({ sources: ["dist/*.css"], to: "/app/" })).rejects.toThrow("nothing is named dist/*.css");
  await expect(contentOf({ sources: ["nothing"], to: "/app/" })).rejects.toThrow("ENOENT");
});

test("the same files make the same layer, at any time", async () => {
  const copy = { sources: ["dist", "bin"], to: "/app/" };
  const first = await layerOfCopy(copy, context, scratch);
  for (const path of ["dist/a.js", "bin", "."]) await utimes(join(context, path), 1e9, 1e9);
  expect(await layerOfCopy(copy, context, scratch)).toEqual(first);
  await writeFile(join(context, "dist/a.js"), "other");
  expect((await layerOfCopy(copy, context, scratch)).digest).not.toBe(first.digest);
});

test("a folder that is a whole root keeps its modes", async () => {
  const root = join(scratch, "root");
  await mkdir(join(root, "tmp"), { recursive: true });
  await chmod(join(root, "tmp"), 0o1777);
  const { path } = await layerOfFolder(root, scratch);
  expect(await run(["tar", "--list", "--verbose", `--file=${path}`])).toMatch(/^drwxrwxrwt /);
});
