import { findChangedFiles } from "@crik/checkpoint-store";
import { CarriedRoots, chooseCarried } from "./carry.ts";
import { changedOpenFiles } from "./changed-open-files.ts";
import type { DumpContext } from "./dump-context.ts";

/** Where {@link containerChanges} looks. */
export interface ChangesOptions {
  /** What the tree has open. */
  readonly openPaths: readonly string[];
  /** The kubelet's own files (/etc/hosts, …) are mounts, and volumes are not the container's. */
  readonly mountPoints: ReadonlySet<string>;
  readonly isExcluded: (path: string) => boolean;
  readonly signal: AbortSignal;
}

/**
 * What the application has changed in its container, as far as a checkpoint carries it along: the whole writable layer, or what the application has open of it.
 *
 * @throws StoreError `ERR_STORE_ABORTED`
 */
export async function containerChanges(
  { settings, containerStart, log }: DumpContext,
  { openPaths, mountPoints, isExcluded, signal }: ChangesOptions,
): Promise<readonly string[]> {
  const sinceNs = containerStart.sinceNs();
  if (!settings.carryWritableLayer) return changedOpenFiles(openPaths, mountPoints, sinceNs).map(({ path }) => path);
  const unreadable: string[] = [];
  const changed = await findChangedFiles({
    roots: CarriedRoots,
    sinceNs,
    // The roots are mounts too, one of them below another (/dev).
    isExcluded: (path) => mountPoints.has(path) || isExcluded(path),
    onUnreadable: (folder) => unreadable.push(folder),
    signal,
  });
  if (unreadable.length > 0)
    log.info(
      { count: unreadable.length, paths: unreadable.slice(0, 20) },
      "crik may not look into some folders (CAP_DAC_READ_SEARCH lets it): what has changed in them is not carried along",
    );
  const { paths, overLimitBytes } = chooseCarried({ changed, openPaths, limitBytes: settings.carryLimitBytes });
  if (overLimitBytes !== undefined)
    log.warn(
      { bytes: overLimitBytes, limitBytes: settings.carryLimitBytes },
      "the container has changed more than carry.limit: only what the application has open is carried along",
    );
  return paths;
}
