import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What CRIU writes beside images: a log, a pid file, statistics. In bytes. */
const ReserveBytes = 96 * 1024;
const ReserveName = "reserve";

/**
 * Keeps room in crik's own folder for what a dump or a restore has to write there. It is in /dev/shm as a rule, which the application may fill to the last byte,
 * and the files that a checkpoint carries back fill it again.
 *
 * @throws the file system's error when there is no such room
 */
export function reserveRoom(runDirectory: string): void {
  writeFileSync(join(runDirectory, ReserveName), Buffer.alloc(ReserveBytes, 1), { mode: 0o600 });
}

/** Gives the room to the operation that begins now. */
export function useReserve(runDirectory: string): void {
  rmSync(join(runDirectory, ReserveName), { force: true });
}

/** Takes the room again when the operation has ended, if it is still there. */
export function restoreReserve(runDirectory: string): void {
  try {
    reserveRoom(runDirectory);
  } catch {
    // The application has taken it meanwhile; the next operation says what it lacks.
  }
}
