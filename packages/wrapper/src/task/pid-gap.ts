/** Below this are the pids of a container's first processes: crik's own, and those of every later container's crik. */
const FirstTaskPid = 1000;

/** Room for what runs while CRIU restores: keeper, CRIU, its helpers, its hooks, and threads of crik's runtime. */
const Room = 256;

/**
 * Pure: where to put the pid cursor before a restore: the start of the lowest stretch of at least 256 free pids from `from` on.
 *
 * A restored task gets the pids it had, and CRIU's helpers (leaders of sessions and groups that have died) the free ones just above those. What crik starts
 * meanwhile must not take one of them (`Can't fork for N: File exists`), and what the task starts afterwards must stay above the pids that crik's own
 * processes have at the start of a container, or the next generation collides with them. Lowest, because without `ns_last_pid` each pid up to there has
 * to be burned.
 *
 * @param taken - pids and thread ids of the dumped tree
 * @param from - where the cursor stands now, `/proc/sys/kernel/ns_last_pid` plus one: burning only goes upwards
 * @param pidMax - `/proc/sys/kernel/pid_max`
 * @throws RangeError when there is no such stretch
 */
export function pidGap(taken: readonly number[], from: number, pidMax: number): number {
  // A process can need one helper for its session and one for its group.
  const helpers = 2 * taken.length;
  let start = Math.max(FirstTaskPid, from);
  for (const pid of [...new Set(taken)].sort((a, b) => a - b)) {
    if (pid + helpers < start) continue;
    if (pid - start >= Room) return start;
    start = pid + helpers + 1;
  }
  if (pidMax - start >= Room) return start;
  throw new RangeError(`no ${Room} free pids in a row between ${Math.max(FirstTaskPid, from)} and ${pidMax}`);
}
