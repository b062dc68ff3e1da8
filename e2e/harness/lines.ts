import { once } from "node:events";
import { createInterface } from "node:readline";

/** What a container has written, line by line, for as long as the test wants to look at it. */
export interface Lines {
  /** Everything so far. */
  readonly all: readonly string[];
  /** Whether the last writer has closed its end. */
  readonly ended: boolean;
  /** Resolves when the last writer has closed its end, with the moment (of `performance.now()`). */
  readonly end: Promise<number>;
  /**
   * Resolves with the match of the first line that fits, among those that are there already and those to come.
   *
   * @throws Error with the last lines when none comes within the time, or when the output has ended without one.
   */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Resolves as {@link Lines.waitForLine}, but only lines after the first `count` are looked at. */
  waitForLineAfter(count: number, pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
}

/**
 * Reads a stream to its end, in the background.
 *
 * @param beside - lines that explain these: errors show their end too
 */
export function readLines(stream: NodeJS.ReadableStream, name: string, beside?: Pick<Lines, "all">): Lines {
  const all: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  let ended = false;
  const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on("line", (line) => {
    all.push(line);
    wake();
  });
  const end = once(reader, "close").then(() => {
    ended = true;
    wake();
    return performance.now();
  });
  // A terminal whose other side is gone reports an input/output error where a pipe reports its end.
  stream.on("error", () => reader.close());

  const waitForLineAfter = (count: number, pattern: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      let next = count;
      const finish = (settle: () => void) => {
        waiting.delete(look);
        clearTimeout(timer);
        settle();
      };
      const fail = (why: string) => {
        const tail = all.slice(-15).join("\n  ");
        const other = beside === undefined ? "" : `\nand beside them:\n  ${beside.all.slice(-25).join("\n  ")}`;
        finish(() => reject(new Error(`${name}: ${why} ${pattern}; its last lines:\n  ${tail}${other}`)));
      };
      const look = () => {
        for (; next < all.length; next++) {
          const match = pattern.exec(all[next] ?? "");
          if (match !== null) {
            finish(() => resolve(match));
            return;
          }
        }
        if (ended) fail("ended without");
      };
      const timer = setTimeout(() => fail(`within ${timeoutMs} ms no line matched`), timeoutMs);
      waiting.add(look);
      look();
    });

  return {
    all,
    get ended() {
      return ended;
    },
    end,
    waitForLineAfter,
    waitForLine: (pattern, timeoutMs) => waitForLineAfter(0, pattern, timeoutMs),
  };
}
