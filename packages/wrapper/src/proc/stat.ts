import { readFileSync } from "node:fs";

/** What `/proc/PID/stat` says of a process: its place among others, and its age. */
export interface ProcessPlace {
  /** `R`, `S`, `t`, `Z`, … */
  readonly state: string;
  readonly parent: number;
  /** Its process group. */
  readonly group: number;
  readonly session: number;
  /** When it was started, in ticks since the machine was booted: a hundred a second. An exec does not change it. */
  readonly startTicks: number;
}

/** Pure: the name in parentheses may hold anything, parentheses too. */
export function parseStat(text: string): ProcessPlace {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent, group, session] = fields;
  return {
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks: Number(fields[19]),
  };
}

/** `undefined` when it is gone. */
export function placeOf(pid: number): ProcessPlace | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}
