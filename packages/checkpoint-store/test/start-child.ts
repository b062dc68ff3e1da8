import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** One run of child.ts. */
export interface Child {
  /** The next line that it says; `undefined` at its end. */
  next(): Promise<string | undefined>;
  say(line: string): void;
  /** Every line that it has yet to say, and how it ended. */
  ended(): Promise<{ readonly lines: readonly string[]; readonly code: number | null; readonly signal: string | null }>;
}

const Program = fileURLToPath(new URL("./child.ts", import.meta.url));

/** What Node.js has made of the TypeScript: without it that is four fifths of a child's start. The first child that ends by itself writes it. */
const compileCache = mkdtempSync(join(tmpdir(), "crik-store-test-"));
afterAll(() => rmSync(compileCache, { recursive: true, force: true }));

/** Starts child.ts in a process of its own, by Node.js unless another runtime is named. */
export function startChild(job: object, runtime: string = process.execPath): Child {
  const child: ChildProcess = spawn(runtime, [Program, JSON.stringify(job)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no pipes");
  stdin.on("error", () => {});
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const end = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await lines.next();
    return done === true ? undefined : value;
  };
  return {
    next,
    say: (line) => void stdin.write(`${line}\n`),
    ended: async () => {
      stdin.end();
      const rest: string[] = [];
      for (let line = await next(); line !== undefined; line = await next()) rest.push(line);
      return { lines: rest, ...(await end) };
    },
  };
}
