import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../scripts/criu/command.ts";
import { machineNames, parseArchitecture } from "../../../scripts/criu/machine.ts";
import { writeArchive } from "../../../scripts/images/archive.ts";
import { layerOfFolder } from "../../../scripts/images/layer.ts";
import { layOutImage } from "../../../scripts/images/oci.ts";
import { cacheDirectory, cached } from "../../harness/cache.ts";
import { zigProgram } from "../../harness/zig.ts";
import { pauseImage } from "./node-configuration.ts";

const source = fileURLToPath(new URL("../programs/pause.c", import.meta.url));

/** Gives the tar file of the image that every pod's sandbox is made of: one static program, compiled at the first call. */
export async function ensurePauseImage(): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(source))
    .digest("hex")
    .slice(0, 12);
  const { triplet, debian } = machineNames(parseArchitecture(process.arch));
  const directory = await cached("images", `pause-${digest}`, async (target) => {
    const work = await mkdtemp(join(target, "making-"));
    try {
      const root = join(work, "root");
      await mkdir(root);
      const compiler = [zigProgram(), "cc", "-target", triplet.replace("-gnu", "-musl")] as const;
      await run([...compiler, "-Os", "-static", "-s", "-o", join(root, "pause"), source], {
        environment: { ZIG_GLOBAL_CACHE_DIR: join(cacheDirectory, "zig"), ZIG_LOCAL_CACHE_DIR: join(work, "zig") },
      });
      const layers = [await layerOfFolder(root, work)];
      const config = { environment: [], labels: {}, command: ["/pause"] };
      const layout = layOutImage({ reference: pauseImage, architecture: debian, config, layers });
      await writeArchive(layout, layers, join(target, "pause.tar"), work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return join(directory, "pause.tar");
}
