/** Below this are the pids of a container's first processes: crik's own, and those of every later container's crik. */
const FirstTaskPid = 1000;

/** Where the kernel goes on after the largest pid (`RESERVED_PIDS` in kernel/pid.c). */
export const FirstPidOfNextRound = 300;

/** Room for what runs while CRIU restores: keeper, CRIU, its helpers, its hooks, and threads of crik's runtime. */
const Room = 256;

/** Pids that must stay free, the last one included. */
interface Block {
  readonly first: number;
  readonly last: number;
}

/**
 * Pure: where to put the pid cursor before a restore: the start of the next stretch of at least 256 free pids from `from` on. Pids go round: a stretch may go on
 * after the largest pid, and when none is left up to there, the next one is below `from`.
 *
 * A restored task gets the pids it had, and CRIU's helpers (leaders of sessions and groups that have died) the free ones just above those. What crik starts
 * meanwhile must not take one of them (`Can't fork for N: File exists`), and what the task starts afterwards must stay above the pids that crik's own
 * processes have at the start of a container, or the next generation collides with them. Lowest, because without `ns_last_pid` each pid up to there has
 * to be burned.
 *
 * @param taken - pids and thread ids of the dumped tree
 * @param from - the pid that comes next, anywhere up to `pidMax` in a pid namespace that is not this container's alone
 * @param pidMax - `/proc/sys/kernel/pid_max`: the first number that is no pid
 * @returns `undefined` when there is no such stretch
 */
export function pidGap(taken: readonly number[], from: number, pidMax: number): number | undefined {
  const blocks = blocksOf(taken);
  const first = Math.max(FirstTaskPid, from);
  const starts = [FirstTaskPid, ...blocks.map(({ last }) => last + 1)].filter(
    (start) => start >= FirstTaskPid && start < pidMax,
  );
  const isFree = (start: number): boolean => {
    const beyond = start + Room - pidMax;
    return (
      blocks.every((block) => !overlaps(block, start, start + Room)) &&
      (beyond <= 0 || blocks.every((block) => !overlaps(block, FirstPidOfNextRound, FirstPidOfNextRound + beyond)))
    );
  };
  return [first, ...starts.filter((start) => start > first), ...starts.filter((start) => start < first)].find(isFree);
}

/** The tree's pids, each with those above it that CRIU's helpers may get: a process can need one for its session and one for its group. */
function blocksOf(taken: readonly number[]): readonly Block[] {
  const helpers = 2 * taken.length;
  const blocks: Block[] = [];
  for (const pid of [...new Set(taken)].sort((a, b) => a - b)) {
    const before = blocks.at(-1);
    if (before !== undefined && pid <= before.last + 1) blocks[blocks.length - 1] = { ...before, last: pid + helpers };
    else blocks.push({ first: pid, last: pid + helpers });
  }
  return blocks;
}

function overlaps({ first, last }: Block, start: number, end: number): boolean {
  return first < end && last >= start;
}
