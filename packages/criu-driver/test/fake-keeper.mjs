#!/usr/bin/env node
/**
 * A stand-in for the keeper: `--report-fd N --pidfile FILE -- CRIU ARG…`. It is no subreaper, so it follows the root by its pid; what the variable
 * FAKE_KEEPER says it does wrong: "silent" (never reports), "dies" (ends before CRIU), "dirty" (does not say that it is clean),
 * "no-clock" (cannot make a time namespace), "no-criu" (cannot start CRIU), "loses" (cannot take the root), "open" (does not close its report).
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, readFileSync, rmSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const argv = process.argv.slice(2);
const reportFd = Number(argv[argv.indexOf("--report-fd") + 1]);
const pidFile = argv[argv.indexOf("--pidfile") + 1];
const [program, ...args] = argv.slice(argv.indexOf("--") + 1);
const fault = process.env.FAKE_KEEPER;
const report = (line) => {
  if (fault !== "silent") writeSync(reportFd, `${line}\n`);
};

rmSync(pidFile, { force: true });
if (fault === "dies") process.exit(3);
if (fault === "no-clock") {
  report("clock-failed 28 No space left on device");
  report("clean");
  process.exit(125);
}
if (fault === "no-criu") {
  report("failed 2 No such file or directory");
  process.exit(127);
}
const criu = spawn(program, args, { stdio: ["inherit", "inherit", "inherit"] });
report(`criu ${criu.pid}`);
const [code, signal] = await new Promise((resolve) => criu.once("exit", (...end) => resolve(end)));
if (signal !== null) report(`criu-signal ${signal === "SIGKILL" ? 9 : 15}`);
else report(`criu-exit ${code}`);
if (code !== 0) {
  if (fault !== "dirty") report("clean");
  process.exit(125);
}
if (fault === "loses") {
  report("failed 10 No child processes");
  process.exit(125);
}
const root = Number(readFileSync(pidFile, "utf8"));
report(`root ${root}`);
if (fault !== "open") closeSync(reportFd);
for (const name of ["SIGTERM", "SIGINT", "SIGUSR1", "SIGHUP"]) process.on(name, () => process.kill(root, name));
while (existsSync(`/proc/${root}`) && !/\) Z/.test(readFileSync(`/proc/${root}/stat`, "utf8"))) await sleep(10);
process.exit(42);
