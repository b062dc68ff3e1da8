import { randomBytes } from "node:crypto";
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import { folderEvidence, witness } from "./evidence.ts";
import { runDirectory } from "./run-directory.ts";

/** A folder of the host that containers share, as a volume of a pod. */
export interface Volume extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty volume. */
export async function makeVolume(options: VolumeOptions = {}): Promise<Volume> {
  const path = join(await runDirectory(), `volume-${randomBytes(4).toString("hex")}`);
  await mkdir(path, { recursive: true });
  const { sizeBytes } = options;
  if (sizeBytes !== undefined) await run(["mount", "-t", "tmpfs", "-o", `size=${sizeBytes}`, "crik-e2e", path]);
  // As a volume is when the pod has an fsGroup: writable for every user of the containers.
  await chmod(path, 0o777);
  const { leave } = witness(`volume ${path}`, () => folderEvidence(path));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await leave();
      if (sizeBytes !== undefined) await run(["umount", "-l", path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** What kind of volume. */
export interface VolumeOptions {
  /** A disk of its own that is full beyond this. @defaultValue as large as the machine's */
  readonly sizeBytes?: number | undefined;
}
