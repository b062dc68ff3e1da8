/** A file of the old cgroup, and the same of the new one. */
export interface MovedFile {
  readonly path: string;
  readonly replaces: string;
}

/**
 * Pure: where files below /sys/fs/cgroup that the tree had open are now. In the host's cgroup namespace their paths hold the pod's and the container's ids, so that a new
 * container has none of them.
 *
 * @param there - lines of `/proc/self/cgroup` at the dump
 * @param here - the same of this container
 * @returns those that have another path now; what lies in a cgroup that was not the container's own stays as it is
 */
export function movedCgroupFiles(
  files: readonly string[],
  there: readonly string[],
  here: readonly string[],
): readonly MovedFile[] {
  const now = new Map(here.flatMap(hierarchyOf));
  // The longest first: one cgroup's path may begin with another's.
  const before = there.flatMap(hierarchyOf).toSorted(([, a], [, b]) => b.length - a.length);
  return files.flatMap((replaces) => {
    for (const [controllers, path] of before) {
      const next = now.get(controllers);
      const at = path === "/" ? -1 : `${replaces}/`.indexOf(`${path}/`);
      if (at < 0 || next === undefined || next === path) continue;
      return [{ path: `${replaces.slice(0, at)}${next}${replaces.slice(at + path.length)}`, replaces }];
    }
    return [];
  });
}

/** `4:memory:/kubepods/pod1/abc` → `["memory", "/kubepods/pod1/abc"]`. */
function hierarchyOf(line: string): readonly (readonly [controllers: string, path: string])[] {
  const [, controllers = "", path = ""] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
  return path === "" ? [] : [[controllers, path]];
}
