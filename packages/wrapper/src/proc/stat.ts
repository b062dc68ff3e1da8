import { readFileSync } from "node:fs";

/** What `/proc/PID/stat` says of a process's place among others. */
export interface ProcessPlace {
  /** `R`, `S`, `t`, `Z`, … */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
}

/** Pure: the name in parentheses may hold anything, parentheses too. */
export function parseStat(text: string): ProcessPlace {
  const [state = "", parent = "", , session = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state, parent: Number(parent), session: Number(session) };
}

/** `undefined` when it is gone. */
export function placeOf(pid: number): ProcessPlace | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}
