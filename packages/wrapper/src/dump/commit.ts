import { copyFile } from "node:fs/promises";
import { hostname, release } from "node:os";
import { join } from "node:path";
import type { StagedCheckpoint } from "@crik/checkpoint-store";
import { listCorePids } from "@crik/criu-driver";
import { ownCgroups } from "../proc/cgroups.ts";
import { uptimeMsOf } from "../proc/clock.ts";
import { mountPoints } from "../proc/mounts.ts";
import { hasPathPrefix } from "../proc/paths.ts";
import { surroundings } from "../restore/surroundings.ts";
import { ownStdio } from "../stdio/links.ts";
import { NeverCarried } from "./carry.ts";
import { containerChanges } from "./container-changes.ts";
import type { DumpContext } from "./dump-context.ts";
import { containerBirthMs, earlyOpenFiles } from "./early-files.ts";
import type { TreeFacts } from "./tree-facts.ts";

/**
 * Makes a checkpoint of what CRIU has written, while the tree stands frozen: copies the files that go with it, digests and syncs everything, and
 * renames it into place. When this rejects nothing is there under a final name, and the tree may go on.
 *
 * @returns the generation's number
 */
export async function commitCheckpoint(
  context: DumpContext,
  frozen: {
    readonly staged: StagedCheckpoint;
    readonly root: number;
    readonly facts: TreeFacts;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { staged, root, facts, signal } = frozen;
  const { settings, store, log, clock } = context;
  const started = clock.now();
  const never = [...NeverCarried, ...settings.carryExclude, store.directory, context.runDirectory];
  const mounted = new Set(mountPoints());
  const isBelow = (folders: readonly string[]) => (path: string) =>
    folders.some((folder) => hasPathPrefix(path, folder));
  const { openPaths } = facts;
  const changes = await containerChanges(context, {
    openPaths,
    mountPoints: mounted,
    isExcluded: isBelow(never),
    signal,
  });
  const carried = await staged.carry(
    [
      ...changes.map((path) => ({ path, recursive: false })),
      ...earlyOpenFiles(openPaths, mounted, containerBirthMs()).map((path) => ({ path, recursive: false })),
      ...settings.additionalPaths.map((path) => ({ path, recursive: true })),
    ],
    { isExcluded: isBelow(never), signal },
  );
  if (carried.skipped.length > 0)
    log.info(
      { count: carried.skipped.length, paths: carried.skipped.slice(0, 20) },
      "some of what has changed is not carried along",
    );
  const { number, directory, bytes } = await staged.commit(
    {
      ...surroundings({ ...context, capabilities: facts.capabilities }),
      // Later than anything that the application has seen of it, as that stands frozen: a restore never takes it back.
      monotonicMs: uptimeMsOf(root),
      rootPid: root,
      pids: await listCorePids(staged.imageDirectory),
      stdio: ownStdio(),
      versions: { ...context.versions, kernel: release() },
      hostname: hostname(),
      parent: context.parent,
      reason: context.checkpointReason(),
      cgroupFiles: facts.cgroupFiles,
      cgroups: ownCgroups(),
    },
    { signal },
  );
  log.info(
    { generation: number, bytes, carried: carried.entries, durationMs: Math.round(clock.now() - started) },
    "the checkpoint is on the disk",
  );
  // For a look later; nobody needs it for a restore.
  await copyFile(join(context.runDirectory, "dump.log"), join(directory, "dump.log")).catch(() => {});
  return number;
}
