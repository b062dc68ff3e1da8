import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applicationEnvironment } from "../src/application-environment.ts";
import { children, probe, programs, run, start, status, until } from "./harness.ts";

const loader = process.arch === "arm64" ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";
let home = "";
let crik = "";

/** A bundle whose loader is a script that runs crik-core, itself a script: `crik SCRIPT ARG...` runs SCRIPT. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "crik-launch-"));
  crik = join(home, "bin/crik");
  await mkdir(join(home, "bin"));
  await mkdir(join(home, "lib"));
  await copyFile(programs.launcher, crik);
  await writeFile(
    join(home, "lib", loader),
    `#!/bin/sh\n[ "$*" ] && [ "$1" = --library-path ] && [ "$3" = --argv0 ] || exit 99\nlibrary=$2 name=$4 core=$5; shift 5\nexport library name\nexec "$core" "$@"\n`,
  );
  await writeFile(join(home, "lib/crik-core"), `#!/bin/sh\nscript=$1; shift\neval "$script"\n`);
  await chmod(join(home, "lib", loader), 0o755);
  await chmod(join(home, "lib/crik-core"), 0o755);
});
afterAll(() => rm(home, { recursive: true, force: true }));

const asFirst = ["unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"] as const;

describe("the launcher", () => {
  it("starts crik-core with the loader and libraries beside it, and hands every argument on", async () => {
    const { stdout } = await run([crik, `echo "$library $name"; printf '<%s>' "$@"`, "run", "--", "a b", ""]);
    expect(stdout).toBe(`${join(home, "lib")} crik\n<run><--><a b><>`);
  });

  it("finds its folder through a link of any name", async () => {
    const link = join(home, "entrypoint");
    await symlink(crik, link);
    expect((await run([link, "echo $CRIK_HOME"])).stdout).toBe(`${home}\n`);
  });

  it("becomes crik-core when it is not the first process", async () => {
    const task = start([crik, "echo $$; exec sleep 20"]);
    await task.wrote("\n");
    expect(task.stdout()).toBe(`${task.pid}\n`);
    task.kill("SIGKILL");
    await task.outcome;
  });

  it("keeps the variables that a runtime obeys from crik-core, which can give them back", async () => {
    const given = {
      PATH: "/usr/bin:/bin",
      NODE_OPTIONS: "--require x",
      NODE_ENV: "production",
      BUN_OPTIONS: "--smol",
      BUN_JSC_useJIT: "1",
      LD_PRELOAD: "libuser.so",
      LD_LIBRARY_PATH: "/user",
      GLIBC_TUNABLES: "a=b",
      MALLOC_ARENA_MAX: "1",
      UV_THREADPOOL_SIZE: "1",
      GOMAXPROCS: "1",
      WTF_numberOfProcessorCores: "1",
      EMPTY: "",
      NODEJS: "kept",
      GOMAXPROCSES: "kept",
    };
    const seen = parse((await run([crik, "env"], { env: given })).stdout);
    expect(seen).toMatchObject({
      CRIK_HOME: home,
      BUN_JSC_useJIT: "0",
      UV_THREADPOOL_SIZE: "6",
      CRIK_SAVED_BUN_JSC_useJIT: "1",
      CRIK_SAVED_UV_THREADPOOL_SIZE: "1",
      CRIK_SAVED_NODE_OPTIONS: "--require x",
      CRIK_SAVED_LD_PRELOAD: "libuser.so",
      NODEJS: "kept",
      GOMAXPROCSES: "kept",
      EMPTY: "",
    });
    for (const name of [
      "NODE_OPTIONS",
      "NODE_ENV",
      "BUN_OPTIONS",
      "LD_PRELOAD",
      "LD_LIBRARY_PATH",
      "GLIBC_TUNABLES",
      "MALLOC_ARENA_MAX",
      "GOMAXPROCS",
      "WTF_numberOfProcessorCores",
    ]) {
      expect(seen, name).not.toHaveProperty(name);
    }
    expect(applicationEnvironment(seen)).toMatchObject(given);
  });

  it("adds variables for crik-core alone", async () => {
    const seen = parse((await run([crik, "env"], { env: { PATH: "/usr/bin:/bin" } })).stdout);
    expect(seen).toMatchObject({ BUN_JSC_useJIT: "0", UV_THREADPOOL_SIZE: "6" });
    const own = Object.keys(applicationEnvironment(seen));
    expect(own.filter((name) => /^(BUN_|CRIK_|UV_|GOMAXPROCS)/.test(name))).toEqual([]);
  });

  it("drops what a crik further out has saved", async () => {
    const { stdout } = await run([crik, "env"], { env: { CRIK_HOME: "/other", CRIK_SAVED_LD_PRELOAD: "x" } });
    expect(parse(stdout)).toMatchObject({ CRIK_HOME: home });
    expect(stdout).not.toContain("CRIK_SAVED_");
  });

  it("ends with 125 when the bundle is not whole", async () => {
    const alone = join(home, "bin/alone/crik");
    await mkdir(join(home, "bin/alone"));
    await copyFile(crik, alone);
    for (const command of [[alone], [...asFirst, alone]] as const) {
      const { code, stderr } = await run([...command]);
      expect(code).toBe(125);
      expect(stderr).toContain(`${home}/bin/lib/${loader}: No such file or directory`);
    }
  });
});

describe("the launcher as first process of a container", () => {
  it("stays, in a session of its own, and ends with the exit code of crik-core", async () => {
    const { code, stdout } = await run([
      ...asFirst,
      crik,
      "cat /proc/1/comm; echo $$ $PPID; cut -d' ' -f6 /proc/$$/stat; exit 42",
    ]);
    expect(stdout).toBe("crik\n2 1\n2\n");
    expect(code).toBe(42);
  });

  it("ends with 128 and the number when crik-core died of a signal, since a first process cannot kill itself", async () => {
    expect(await run([...asFirst, crik, "kill -KILL $$"])).toMatchObject({ code: 137 });
  });

  it("loses no signal from its first deed on, which is to block them all", async () => {
    for (let round = 0; round < 10; round++) {
      const task = start([...asFirst, crik, "sleep 20"]);
      await until(() => children(task.pid).length === 1, "the first process");
      const [first = 0] = children(task.pid);
      // While it waits for one none is shown as blocked; by then it has a child.
      const isHeard = () => status(first, "SigBlk") === "fffffffffffbfeff" || children(first).length > 0;
      await until(() => status(first, "Name") === "crik" && isHeard(), "the signals to be blocked");
      process.kill(first, "SIGTERM");
      expect(await task.outcome).toMatchObject({ code: 143 });
    }
  });

  it("forwards signals and reaps orphans", async () => {
    const script =
      "trap 'echo term; exit 7' TERM; (sleep 0.05 &); (sleep 0.05 &); echo ready; while :; do sleep 0.05; done";
    const task = start([...asFirst, crik, script]);
    await task.wrote("ready");
    const [first = 0] = children(task.pid);
    await until(() => children(first).length === 1, "the orphans to be reaped");
    process.kill(first, "SIGTERM");
    expect(await task.outcome).toMatchObject({ code: 7, stdout: "ready\nterm\n" });
  });
});

describe("signals that a JavaScript runtime cannot take", () => {
  it("go to the init that crik-core has started, and to nobody else", async () => {
    const script = `sleep 60 & '${programs.init}' init -- '${await probe()}' log; echo ended $?`;
    const task = start([...asFirst, crik, script]);
    await task.wrote("ready");
    const [first = 0] = children(task.pid);
    for (const number of [4, 7, 8, 11, 13, 16, 30, 34, 64]) {
      process.kill(first, number);
      await task.wrote(`\n${number}\n`);
    }
    process.kill(first, "SIGKILL");
    expect((await task.outcome).stdout).toBe("ready\n4\n7\n8\n11\n13\n16\n30\n34\n64\n");
  });
});

function parse(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
