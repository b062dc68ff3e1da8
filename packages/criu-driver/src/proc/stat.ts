import { readdirSync, readFileSync } from "node:fs";

/** The fields of `/proc/PID/stat` that this package needs. See proc_pid_stat(5). */
export interface ProcessStat {
  readonly pid: number;
  /** Name of at most 15 bytes. */
  readonly name: string;
  /** `R`, `S`, `D`, `T` (stopped), `t` (traced), `Z` (zombie), … */
  readonly state: string;
  readonly parent: number;
  /** Pid of its session's leader, taken as long as the session has a member. */
  readonly session: number;
  /** Clock ticks since boot: with the pid it tells one process from a later one of the same pid. */
  readonly startTime: string;
  /** Field 52: the wait status, valid for a zombie. 0 also when this process may not see it. */
  readonly waitStatus: number;
}

/** Reads a process's state; `undefined` when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined;
  }
}

/** Pure: one line of `/proc/PID/stat`. The name may contain anything, so the last parenthesis ends it. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const fields = text
    .slice(close + 2)
    .trim()
    .split(" ");
  const [state, parent, , session] = fields;
  const startTime = fields[19];
  if (state === undefined || parent === undefined || session === undefined || startTime === undefined) return undefined;
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    state,
    parent: Number(parent),
    session: Number(session),
    startTime,
    waitStatus: Number(fields[49] ?? 0),
  };
}

/** Every process that `/proc` shows, each read on its own: a snapshot that may be torn. Empty without a `/proc`. */
export function listProcesses(): readonly ProcessStat[] {
  return entriesOfProc().flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readProcessStat(Number(name)) : undefined;
    return stat === undefined ? [] : [stat];
  });
}

function entriesOfProc(): readonly string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

/** Pure: the processes below a root, by their parents, the root not among them. */
export function descendantsOf(root: number, processes: readonly ProcessStat[]): readonly ProcessStat[] {
  const children = Map.groupBy(processes, (process) => process.parent);
  const found: ProcessStat[] = [];
  const pending = [root];
  const seen = new Set<number>(pending);
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      found.push(child);
      pending.push(child.pid);
    }
  }
  return found;
}
