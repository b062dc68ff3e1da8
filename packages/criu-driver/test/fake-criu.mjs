#!/usr/bin/env node
/**
 * A stand-in for CRIU that plays what the variable FAKE_CRIU says: a list of steps in JSON, one after the other.
 *
 *   { "log": TEXT }            a line in the log
 *   { "print": TEXT }          a line on standard output
 *   { "file": NAME, "base64" } a file in the image directory
 *   { "stats": BASE64 }        stats-dump in the work directory
 *   { "hook": ACTION, "pid" }  run the action script; with "fatal", exit with this status when it fails
 *   { "sleepMs": N }
 *   { "root": SHELL }          start a detached process: the restored root; its pid goes into the pid file
 *   { "leave": SHELL }         start a process and forget it
 *   { "argvTo": FILE }         write the arguments, as JSON
 *   { "ready": 1 }             say on --status-fd that the page server listens
 *   { "exit": N } / { "signal": NAME }
 */
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, closeSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const argv = process.argv.slice(2);
const after = (name) => {
  const at = argv.indexOf(name);
  return at < 0 ? undefined : argv[at + 1];
};
const images = after("--images-dir") ?? ".";
const work = after("--work-dir") ?? images;
const log = join(work, after("--log-file") ?? "criu.log");
const script = after("--action-script");

for (const step of JSON.parse(process.env.FAKE_CRIU ?? "[]")) {
  if ("argvTo" in step) writeFileSync(step.argvTo, JSON.stringify({ argv, environment: process.env }));
  if ("log" in step) appendFileSync(log, `${step.log}\n`);
  if ("print" in step) process.stdout.write(`${step.print}\n`);
  if ("file" in step) writeFileSync(join(images, step.file), Buffer.from(step.base64 ?? "", "base64"));
  if ("stats" in step) writeFileSync(join(work, "stats-dump"), Buffer.from(step.stats, "base64"));
  if ("sleepMs" in step) await sleep(step.sleepMs);
  if ("hook" in step && script !== undefined) {
    const environment = { ...process.env, CRTOOLS_SCRIPT_ACTION: step.hook, CRTOOLS_INIT_PID: String(step.pid ?? "") };
    const { status, stderr } = spawnSync(script, [], {
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    appendFileSync(log, stderr);
    if (status !== 0) {
      appendFileSync(
        log,
        `Error (criu/util.c:657): exited, status=${status}\nError (criu/action-scripts.c:94): Script ${script} exited with -1\n`,
      );
      if ("fatal" in step) process.exit(step.fatal);
    }
  }
  if ("root" in step) {
    const root = spawn("sh", ["-c", step.root], { detached: true, stdio: "inherit" });
    root.unref();
    writeFileSync(after("--pidfile"), String(root.pid), { flag: "wx" });
  }
  if ("leave" in step) spawn("sh", ["-c", step.leave], { stdio: "ignore" }).unref();
  if ("ready" in step) {
    writeSync(Number(after("--status-fd")), "\0");
    closeSync(Number(after("--status-fd")));
  }
  if ("exit" in step) process.exit(step.exit);
  if ("signal" in step) process.kill(process.pid, step.signal);
}
