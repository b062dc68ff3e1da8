import { placeOf } from "../proc/stat.ts";
import { childrenOf, treeOf } from "../proc/tree.ts";
import type { Task } from "../task/task.ts";

/**
 * The process that a dump of the task begins at.
 *
 * The keeper of a restore adopts daemons that the restored tree lost. It is dumped with them when it has any; without them it would only
 * make the tree one process deeper each generation.
 */
export function rootOf(task: Task): number {
  return childrenOf(task.supervisor).some((child) => child !== task.pid) && task.supervisor !== task.pid
    ? task.supervisor
    : task.pid;
}

/**
 * Whether the application of a frozen tree has ended, and its init has not heard of it yet: all that a checkpoint could do is to end where it is restored. Seen
 * when the kernel killed the application for its memory as the dump began.
 *
 * The application is the child that init gave a process group of its own. An ended orphan that leads one may be taken for it: then too, letting the tree go on
 * for a moment is all it takes.
 */
export function hasEndedUnheard(task: Task): boolean {
  return childrenOf(task.pid).some((child) => {
    const place = placeOf(child);
    return place?.state === "Z" && place.group === child;
  });
}

/** The first process of a frozen tree that CRIU could not restore where it is; `undefined` when there is none. */
export function strayIn(root: number): number | undefined {
  return treeOf(root).find((pid) => isUnrestorable(pid, root));
}

/**
 * A process of another session than its parent's, and no leader: CRIU makes it a child of the tree's root, by a helper that dies, and can put it nowhere else. A
 * zombie it can put nowhere at all: its parent would wait for it for ever. Both are short-lived as a rule, orphans of a moment, so that the tree is let go on
 * and dumped again. A session that one above it has is no trouble: its parent is made with that one, and leads its own only after it has made the child.
 */
function isUnrestorable(pid: number, root: number): boolean {
  const place = placeOf(pid);
  if (pid === root || place === undefined || place.session === pid) return false;
  if (place.state !== "Z" && place.parent === root) return false;
  for (let above = place.parent; ; ) {
    const its = placeOf(above);
    if (its === undefined) return true;
    if (its.session === place.session) return false;
    if (above === root) return true;
    above = its.parent;
  }
}
