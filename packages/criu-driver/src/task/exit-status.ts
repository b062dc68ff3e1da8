import { constants } from "node:os";
import type { TaskExit } from "./restored-task.ts";

/** Pure: the meaning of a wait status, as wait(2) and field 52 of `/proc/PID/stat` have it. */
export function exitOfWaitStatus(status: number): TaskExit {
  const number = status & 0x7f;
  if (number === 0) return { kind: "exited", code: (status >> 8) & 0xff };
  return { kind: "signaled", signal: signalName(number) };
}

/** Pure: a signal's name by its number on this platform; real-time signals, which Node.js has no names for, are told as SIGKILL is: the task was killed. */
export function signalName(number: number): NodeJS.Signals {
  for (const [name, value] of Object.entries(constants.signals)) {
    if (value === number) return name as NodeJS.Signals;
  }
  return "SIGKILL";
}
