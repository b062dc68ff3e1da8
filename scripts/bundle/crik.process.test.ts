import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../criu/command.ts";
import { type Bundle, makeBundle } from "./make.ts";

let bundle: Bundle;
let directory: string;

beforeAll(async () => {
  bundle = await makeBundle();
  directory = await mkdtemp(join(tmpdir(), "crik-bundle-test-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("crik of the bundle says what it is made of", async () => {
  const output = await run([join(bundle.home, "bin/crik"), "version", "--json"], { directory });
  const version = JSON.parse(output);
  expect(JSON.stringify(version)).toContain(bundle.record.crik);
});

test("an application sees its own environment and nothing of crik's", async () => {
  const own = {
    NODE_OPTIONS: "--no-warnings",
    BUN_OPTIONS: "--smol",
    LD_LIBRARY_PATH: "/nope",
    MALLOC_ARENA_MAX: "2",
    UV_THREADPOOL_SIZE: "1",
    GOMAXPROCS: "2",
    GREETING: "hello",
  };
  const output = await run([join(bundle.home, "bin/crik"), "run", "--", "env"], { directory, environment: own });
  const seen = new Map(
    output.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  for (const [name, value] of Object.entries(own)) expect(seen.get(name), name).toBe(value);
  const leaked = [...seen.keys()].filter((name) => /^(CRIK_|BUN_JSC)/.test(name));
  expect(leaked).toEqual([]);
});

test("an application that was told nothing of threads sees nothing of crik's", async () => {
  const without = ["env", "-u", "UV_THREADPOOL_SIZE", "-u", "GOMAXPROCS"] as const;
  const output = await run([...without, join(bundle.home, "bin/crik"), "run", "--", "env"], { directory });
  expect(output).toContain("PATH=");
  expect(output).not.toMatch(/UV_THREADPOOL_SIZE|GOMAXPROCS/);
});

test("the exit status of the application is that of crik", async () => {
  const ended = run([join(bundle.home, "bin/crik"), "run", "--", "sh", "-c", "exit 42"], { directory });
  await expect(ended).rejects.toThrow("ended with status 42");
});
