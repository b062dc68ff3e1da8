import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const script = `
  import { othersFirstProcess } from ${JSON.stringify(new URL("shared-pids.ts", import.meta.url))};
  process.stdout.write(String(othersFirstProcess()));
`;
const node = [process.execPath, "--input-type=module", "--eval", script];
const run = promisify(execFile);

it("finds none where process 1 is an ancestor, as in a container with an init", async () => {
  const shell = ["sh", "-c", '"$@"; exit $?', "sh"];
  const { stdout } = await run("unshare", ["--pid", "--fork", "--mount-proc", ...shell, ...node]);
  expect(stdout).toBe("undefined");
});

it("names the first process of a namespace that several containers share", async () => {
  const namespace = spawn("unshare", ["--pid", "--fork", "--mount-proc", "--kill-child", "sleep", "60"]);
  const ended = once(namespace, "exit");
  onTestFinished(async () => {
    namespace.kill("SIGKILL");
    await ended;
  });
  const { pid } = namespace;
  const child = (): string => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  // Its /proc is mounted before the exec.
  await expect.poll(() => readFileSync(`/proc/${child()}/comm`, "utf8")).toBe("sleep\n");
  const { stdout } = await run("nsenter", ["--target", child(), "--pid", "--mount", ...node]);
  expect(stdout).toBe("sleep");
});
