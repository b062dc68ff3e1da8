import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ask, type Job, type Outcome } from "./ask.ts";

const bun = fileURLToPath(new URL("../../../node_modules/@oven/bun-linux-x64/bin/bun", import.meta.url));
const child = fileURLToPath(new URL("ask-child.ts", import.meta.url));

/** A JavaScript runtime that the client has to work in. */
export interface Runtime {
  readonly name: string;
  ask(job: Job): Promise<Outcome>;
}

/** Node.js, and Bun where there is one for this machine: the bundle's executable is made with it. */
export const runtimes: readonly Runtime[] = [
  { name: "Node.js", ask },
  ...(process.arch === "x64" && existsSync(bun) ? [{ name: "Bun", ask: askInBun }] : []),
];

async function askInBun(job: Job): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(bun, [child, JSON.stringify(job)], { timeout: 30_000 });
  return JSON.parse(stdout);
}
