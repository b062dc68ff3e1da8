import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The last lines of every log of a cluster, each under its path: for whoever cannot look at them any more. */
export async function endsOfLogs(directory: string): Promise<string> {
  const parts: string[] = [];
  for await (const path of glob(["control-plane/*.log", "*/boot.log", "*/log/*.log"], { cwd: directory })) {
    const lines = (await readFile(join(directory, path), "utf8")).trimEnd().split("\n").slice(-8);
    parts.push(`── ${path}`, ...lines);
  }
  return parts.join("\n");
}
