import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../criu/command.ts";
import { machineNames } from "../criu/machine.ts";
import type { Probe } from "./fixtures/probe.ts";
import { type Bundle, makeBundle } from "./make.ts";

const main = fileURLToPath(new URL("fixtures/probe.ts", import.meta.url));
let directory: string;
let bundle: Bundle;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "crik-bundle-test-"));
  bundle = await makeBundle({ main, directory });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function probe(argv: readonly [string, ...string[]], environment?: Record<string, string>): Promise<Probe> {
  return JSON.parse(await run(argv, { environment, directory }));
}

const asRoot = process.getuid?.() === 0;

describe.skipIf(!asRoot)("in a root that holds nothing but the bundle and /proc (needs root)", () => {
  /** Runs a program of the bundle, mounted read-only at `place` of an empty root. */
  async function inEmptyRoot(place: string, program: string, ...argv: readonly string[]): Promise<string> {
    const root = await mkdtemp(join(directory, "root-"));
    await mkdir(join(root, "proc"));
    await mkdir(join(root, place), { recursive: true });
    // The mounts belong to a namespace of their own and end with it.
    const script = [
      'mount --bind "$1" "$2$3"',
      'mount -o remount,bind,ro "$2$3"',
      'mount -t proc proc "$2/proc"',
      'root=$2; program=$3$4; shift 4; exec chroot "$root" "$program" "$@"',
    ].join(" && ");
    const unshare = ["unshare", "--mount", "--pid", "--fork", "sh", "-c", script, "sh"] as const;
    return run([...unshare, bundle.home, root, place, program, ...argv]);
  }

  test("crik runs, as first process", async () => {
    const seen: Probe = JSON.parse(await inEmptyRoot("/opt/crik", "/bin/crik", "version", "--json"));
    expect(seen.arguments).toEqual(["version", "--json"]);
    expect(seen.lazy).toBe("loaded");
  });

  test("crik runs from another place, whose path has a blank", async () => {
    const seen: Probe = JSON.parse(await inEmptyRoot("/volumes/a crik", "/bin/crik", "version"));
    expect(seen.environment["CRIK_HOME"]).toBe("/volumes/a crik");
  });

  test("CRIU runs, by the loader of the bundle", async () => {
    const loader = `/lib/${machineNames(bundle.record.architecture).loader}`;
    const argv = ["--library-path", "/opt/crik/lib", "/opt/crik/libexec/criu", "--version"];
    expect(await inEmptyRoot("/opt/crik", loader, ...argv)).toMatch(/^Version: 4\./);
  });
});

test("nothing of the container's environment or working directory reaches the runtime", async () => {
  await writeFile(join(directory, ".env"), "FROM_DOTENV=yes\n");
  await writeFile(join(directory, "bunfig.toml"), 'preload = ["./hostile.js"]\n');
  await writeFile(join(directory, "tsconfig.json"), "{ not JSON");
  await writeFile(join(directory, "hostile.js"), 'throw new Error("the preload of bunfig.toml ran");\n');
  const hostile = {
    NODE_OPTIONS: "--require nope",
    BUN_OPTIONS: "--preload ./hostile.js",
    BUN_BE_BUN: "1",
    BUN_INSPECT: "ws://127.0.0.1:1/",
    LD_PRELOAD: "/nope",
    LD_LIBRARY_PATH: "/nope",
    GLIBC_TUNABLES: "glibc.malloc.check=3",
  };
  const seen = await probe([join(bundle.home, "bin/crik"), "version"], hostile);
  expect(seen.workingDirectory).toBe(directory);
  expect(seen.environment["FROM_DOTENV"]).toBeUndefined();
  for (const [name, value] of Object.entries(hostile)) {
    expect(seen.environment[name], name).toBeUndefined();
    expect(seen.environment[`CRIK_SAVED_${name}`], name).toBe(value);
  }
});

test.each<Record<string, string>>([{}, { UV_THREADPOOL_SIZE: "1" }, { GOMAXPROCS: "1" }])(
  "five file operations that hang leave a sixth its thread, with %o",
  async (environment) => {
    const hanging = Array.from({ length: 5 }, (_, index) => join(directory, `hanging-${index}`));
    await run(["mkfifo", ...hanging]);
    try {
      const seen = await probe([join(bundle.home, "bin/crik"), "hang", ...hanging], environment);
      expect(seen.whileOthersHang).toBe("answered");
    } finally {
      for (const path of hanging) await rm(path);
    }
  },
);

test("crik is found through a link", async () => {
  const link = join(directory, "entrypoint");
  await run(["ln", "-s", join(bundle.home, "bin/crik"), link]);
  expect((await probe([link, "version"])).arguments).toEqual(["version"]);
});

test("crik runs after its folder was moved", async () => {
  const moved = join(directory, "moved");
  await rename(bundle.home, moved);
  try {
    expect((await probe([join(moved, "bin/crik"), "version"])).environment["CRIK_HOME"]).toBe(moved);
  } finally {
    await rename(moved, bundle.home);
  }
});

test("every part has its licence", async () => {
  const documented = await readdir(join(bundle.home, "share/doc"));
  expect(documented).toEqual(expect.arrayContaining(["bun", "crik", "criu", "libc6", "musl"]));
});

test("the same sources give the same bytes", async () => {
  const again = await makeBundle({ main, directory: join(directory, "again") });
  expect(again.record).toEqual(bundle.record);
});
