import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/** Where text goes. */
export interface TextSink {
  /** Never throws: a reader that went away is no reason to end an application. */
  write(text: string): void;
}

/** How long a result waits for a slow reader of a descriptor that somebody has made non-blocking, in milliseconds. */
const PatienceMs = 10_000;

/**
 * A sink for results: all of it is written, however slow the reader is.
 *
 * Synchronous, and not `process.stdout`: loading that costs a quarter of a megabyte for as long as crik lives, and a millisecond of its start.
 */
export function resultSink(fd: number): TextSink {
  return { write: (text) => void writeAll(fd, Buffer.from(text), PatienceMs) };
}

/**
 * A sink for crik's own log, which must never stop crik: when the reader of a pipe does not read, lines are left out, and their number is told later.
 *
 * The pipe is opened once more for that, since to make the inherited descriptor non-blocking would make the application's so as well. What cannot be opened
 * again (a socket, somebody else's pipe) is written to as it is, and so is a file.
 */
export function logSink(fd: number): TextSink {
  const own = openAgain(fd);
  let left = 0;
  return {
    write: (text) => {
      // In one piece, which a pipe takes whole or not at all (up to 4096 bytes): the note alone might find room where the line does not.
      const note = left === 0 ? "" : `crik: ${left} lines of the log were left out: nobody read them\n`;
      left = writeAll(own, Buffer.from(note + text), 0) ? 0 : left + 1;
    },
  };
}

function openAgain(fd: number): number {
  try {
    // A file never blocks, and from a second offset into it the application and crik would overwrite each other.
    if (fstatSync(fd).isFile()) return fd;
    const own = openSync(
      `/proc/self/fd/${fd}`,
      constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
    if (own > 2) return own;
    // The descriptor was closed and this is now in its place, where the application would inherit it.
    closeSync(own);
  } catch {
    // As documented.
  }
  return fd;
}

/** @returns false when nothing of it could be written */
function writeAll(fd: number, data: Buffer, patienceMs: number): boolean {
  const deadline = performance.now() + patienceMs;
  let written = 0;
  while (written < data.length) {
    try {
      written += writeSync(fd, data, written);
    } catch (error) {
      const busy = error instanceof Error && "code" in error && error.code === "EAGAIN";
      // A line that was begun is ended, in a moment or never.
      if (!busy || performance.now() >= deadline + (written > 0 ? 100 : 0)) return written > 0;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}
