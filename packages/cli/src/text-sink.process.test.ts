import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const module = fileURLToPath(new URL("text-sink.ts", import.meta.url));

/** Runs a script between pipes of a shell: Node.js itself would make sockets, which containers do not have. `$SCRIPT` runs it. */
function run(script: string, shell: string): ReturnType<typeof spawn> {
  const source = `import { logSink, resultSink } from ${JSON.stringify(module)}; ${script}`;
  return spawn("sh", ["-c", shell, process.execPath, "--input-type=module-typescript", "--eval", source], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

describe("crik's log", () => {
  it("does not wait for a reader that does not read, and tells how many lines are missing", async () => {
    const script = `
      const log = logSink(2); const line = "x".repeat(999) + "\\n"; const started = Date.now();
      for (let i = 0; i < 500; i++) log.write(line);
      const ms = Date.now() - started;
      setTimeout(() => log.write("the end after " + (ms < 500 ? "no" : "a") + " wait\\n"), 1500);`;
    const text = await textOf(run(script, '"$0" "$@" 2>&1 >/dev/null | { sleep 1; cat; }').stdout);
    const [, left] = /^crik: (\d+) lines of the log were left out/m.exec(text) ?? [];
    expect(Number(left)).toBeGreaterThan(300);
    expect(text.match(/^x{999}$/gm)?.length).toBe(500 - Number(left));
    expect(text.endsWith("the end after no wait\n")).toBe(true);
  });

  it("shares a file with the application, line by line", async () => {
    const script = `
      import { writeSync } from "node:fs";
      const log = logSink(2); log.write("one\\n"); writeSync(2, "two\\n"); log.write("three\\n"); writeSync(2, "four\\n");`;
    const child = run(script, 'file=$(mktemp); "$0" "$@" 2>"$file"; cat "$file"; rm "$file"');
    expect(await textOf(child.stdout)).toBe("one\ntwo\nthree\nfour\n");
  });

  it("survives a reader that has gone", async () => {
    const script = `const log = logSink(2); setTimeout(() => { log.write("a\\n"); log.write("b\\n"); process.exitCode = 7; }, 300);`;
    const child = run(script, '{ { "$0" "$@" 2>&1 >/dev/null; echo "status $?" >&3; } | true; } 3>&1');
    expect(await textOf(child.stdout)).toBe("status 7\n");
  });
});

describe("a result", () => {
  it("is written whole to a slow reader", async () => {
    const child = run(`resultSink(1).write("y".repeat(300000) + "\\n");`, '"$0" "$@" | { sleep 0.5; cat; }');
    expect(await textOf(child.stdout)).toHaveLength(300_001);
  });
});
