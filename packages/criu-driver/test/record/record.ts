/**
 * Records logs of a real CRIU as fixtures:
 *
 *     pnpm record-logs OUTPUT CRIU ARG…
 *
 * OUTPUT is a folder such as `test/fixtures/criu-4.2.1`; the rest is how CRIU is run. Needs root, perl and util-linux.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, release, version } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Scenario, scenarios } from "./scenarios.ts";

const inside = process.argv[2] === "--inside";
const [output = "", criu = "", ...criuPrefix] = process.argv.slice(inside ? 3 : 2);
let nextPid = 9000;

if (inside) {
  for (const scenario of scenarios) await record(scenario);
} else {
  // Pids and System V memory of its own, so that it neither finds a pid taken nor takes one.
  const own = ["unshare", "--pid", "--fork", "--mount-proc", "--ipc"];
  const [program = "", ...args] = [
    ...own,
    process.execPath,
    import.meta.filename,
    "--inside",
    ...process.argv.slice(2),
  ];
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

async function record(scenario: Scenario): Promise<void> {
  const folder = mkdtempSync("/tmp/record-");
  mkdirSync(join(folder, "images"));
  const hook = join(folder, "hook");
  writeFileSync(
    hook,
    `#!/bin/sh\n[ "$CRTOOLS_SCRIPT_ACTION" = ${scenario.hook === "refuse-dump" ? "post-dump" : "post-restore"} ] && exit 1\nexit 0\n`,
    { mode: 0o700 },
  );
  const hookArguments = scenario.hook === undefined ? [] : ["--action-script", hook];
  movePids();
  const [program, ...args] = scenario.program;
  const child = spawn(program, args, {
    cwd: folder,
    // A pipe of Node.js is a pair of unix sockets.
    stdio: [scenario.socketAsInput === true ? "pipe" : "ignore", "ignore", "ignore"],
    detached: scenario.sameSession !== true,
  });
  await sleep(300);
  const common = ["-D", "images", `-v${scenario.verbosity ?? 2}`, "--manage-cgroups=ignore"];
  const dumped = run(scenario.operation === "dump" ? scenario.prefix : undefined, folder, [
    "dump",
    ...common,
    "-o",
    "../dump.log",
    "-W",
    "images",
    "-t",
    String(scenario.pid ?? (scenario.onlyChild === true ? childOf(child.pid) : child.pid)),
    ...(scenario.dumpArguments ?? []),
    ...(scenario.operation === "dump" ? hookArguments : []),
  ]);
  let status = dumped;
  if (scenario.operation === "restore") {
    // Time for this process to reap what CRIU has killed: a zombie's pid is taken.
    await sleep(100);
    if (scenario.between !== undefined) spawnSync("sh", ["-c", scenario.between], { cwd: folder });
    movePids();
    status = run(scenario.prefix, folder, [
      "restore",
      "-d",
      ...common,
      "-o",
      "restore.log",
      "-W",
      ".",
      ...(scenario.restoreArguments ?? []),
      ...hookArguments,
    ]);
  }
  keep(scenario, folder, status);
  end(child);
  rmSync(folder, { recursive: true, force: true });
}

function childOf(pid: number | undefined): string {
  return spawnSync("ps", ["--ppid", String(pid), "-o", "pid="], { encoding: "utf8" }).stdout.trim();
}

/** A limit, since a damaged image can make a restore spin. */
function run(prefix: readonly string[] | undefined, folder: string, args: readonly string[]): number | null {
  const [program = "", ...rest] = [...(prefix ?? []), criu, ...criuPrefix, ...args];
  return spawnSync(program, rest, { cwd: folder, stdio: "ignore", timeout: 10_000, killSignal: "SIGKILL" }).status;
}

/** A log tells a machine's name, kernel and folders; a fixture must not. */
function keep(scenario: Scenario, folder: string, status: number | null): void {
  const log = readFileSync(join(folder, `${scenario.operation}.log`), "utf8")
    .replaceAll(folder, "/trial")
    .replaceAll(folder.slice(1), "trial")
    .replaceAll(hostname(), "host")
    .replaceAll(version(), "#1 SMP")
    .replaceAll(release(), release().replace(/-.*/, ""))
    .replaceAll(process.execPath, "/usr/bin/node");
  const target = join(output, scenario.operation);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, `${scenario.name}.log`), log);
  process.stdout.write(`${scenario.operation}/${scenario.name}: ${status}\n`);
}

/** Every scenario gets pids of its own, so that zombies of an earlier one take none of them. */
function movePids(): void {
  nextPid += 500;
  writeFileSync("/proc/sys/kernel/ns_last_pid", String(nextPid));
}

function end(child: ChildProcess): void {
  child.kill("SIGKILL");
  // Everything in this pid namespace but the recorder: what a restore made, and what the programs forked.
  for (const line of spawnSync("ps", ["-eo", "pid="], { encoding: "utf8" }).stdout.split("\n")) {
    const pid = Number(line);
    if (pid > 1 && pid !== process.pid) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It was ps itself, or has just ended.
      }
    }
  }
}
