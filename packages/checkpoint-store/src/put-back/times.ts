import { lutimesSync } from "node:fs";

/** The times of one path. */
export interface FileTimes {
  readonly path: string;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

/** Sets times to the nanosecond, of links themselves. */
export type SetTimes = (times: readonly FileTimes[]) => Promise<void>;

const Second = 1_000_000_000n;

/** Sets times as exactly as the runtime can: it takes seconds as a double, which is within 120 ns of the wanted time (measured in both). */
export function setTimesNearly({ path, atimeNs, mtimeNs }: FileTimes): void {
  lutimesSync(path, secondsOf(atimeNs), secondsOf(mtimeNs));
}

/** Pure: whether a time is the wanted one, as exactly as {@link setTimesNearly} can make it. */
export function isNear(one: bigint, other: bigint): boolean {
  const difference = one - other;
  return difference < 1000n && difference > -1000n;
}

/** Before 1970 Node.js takes a number for a mistake, and a Date for what it says. */
function secondsOf(nanoseconds: bigint): number | Date {
  if (nanoseconds < 0n) return new Date(Number(nanoseconds / 1_000_000n));
  return Number(nanoseconds / Second) + Number(nanoseconds % Second) / 1e9;
}
