import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointFacts, ClaimedCheckpoint } from "../src/index.ts";

/** What a wrapper says about a checkpoint. */
export const facts: CheckpointFacts = {
  command: ["/bin/app", "--flag"],
  rootPid: 1001,
  pids: [1001, 1002],
  stdio: ["/dev/null", "pipe:[47307]", "pipe:[47308]"],
  versions: { crik: "1.0.0", criu: "4.2.1", kernel: "6.18.0" },
  architecture: "x64",
  cpuFeatures: ["avx2", "sse4_2"],
  initDigest: "0".repeat(64),
  bootId: "11111111-2222-3333-4444-555555555555",
  monotonicMs: 123_456,
  mode: "privileged",
  hostname: "web-0",
  reason: "stop signal",
  cgroupFiles: [],
};

/** Images of a small process: what a restore must find unchanged. */
export async function writeImages(imageDirectory: string, content: string): Promise<void> {
  await writeFile(join(imageDirectory, "inventory.img"), `inventory of ${content}`);
  await writeFile(join(imageDirectory, "pages-1.img"), content);
}

/** What {@link writeImages} wrote. */
export async function contentOf({ imageDirectory }: Pick<ClaimedCheckpoint, "imageDirectory">): Promise<string> {
  return readFile(join(imageDirectory, "pages-1.img"), "utf8");
}
