import { readdirSync, readFileSync } from "node:fs";

/** Pids of the direct children of `pid`, over all of its threads; empty when it is gone. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/**
 * Every process of the tree below and including `root`, parents first. A look at a moving thing: what forks meanwhile may be missing,
 * which is why what must be exact is asked again when the tree stands frozen.
 */
export function treeOf(root: number): readonly number[] {
  const found = [root];
  for (let index = 0; index < found.length; index++) {
    const pid = found[index];
    if (pid !== undefined) found.push(...childrenOf(pid).filter((child) => !found.includes(child)));
  }
  return found;
}
