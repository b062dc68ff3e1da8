import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { excerptOf, formatLogLine } from "./excerpt.ts";
import { KnownFailures, matchFailure } from "./failures.ts";
import { type CriuLogLine, parseLogLine } from "./line.ts";

const fixtures = join(import.meta.dirname, "../../test/fixtures");

function linesOf(file: string): readonly CriuLogLine[] {
  const text = readFileSync(join(fixtures, file), "utf8").replace(/\n$/, "");
  return text.split("\n").map((line, index) => parseLogLine(line, index + 1));
}

/** Fixture of a failed run: what the headline must say, and the known failure that it is. */
const Causes: Readonly<Record<string, readonly [headline: string, id: string | undefined]>> = {
  "dump/established-tcp": ["inet: Connected TCP socket, consider using --tcp-established option.", "established-tcp"],
  "dump/established-tcp-debug": [
    "inet: Connected TCP socket, consider using --tcp-established option.",
    "established-tcp",
  ],
  "dump/io-uring": ["Unknown shit 600 (anon_inode:[io_uring])", "io-uring"],
  "dump/file-lock": ["Some file locks are hold by dumping tasks! You can try --file-locks to dump them.", "file-locks"],
  "dump/external-unix-socket": [
    "unix: External socket is used. Consider using --ext-unix-sk option.",
    "external-unix-socket",
  ],
  "dump/nested-pid-namespace": ["Can't dump nested pid namespace for 13002", "nested-pid-namespace"],
  "dump/ghost-too-large": ["Can't dump ghost file /trial/ghost of 3002368 size, increase limit", "ghost-limit"],
  "dump/link-remap": ["Can't create link remap for /trial/one. Use link-remap option.", "link-remap"],
  "dump/not-a-session-leader": ["A session leader of 15001(15001) is outside of its pid namespace", "session"],
  "dump/terminal": ["tty: Found slave peer index 0 without correspond master peer", "terminal"],
  "dump/no-such-pid": ["Unable to interrupt task: 4000000 (No such process)", "no-such-process"],
  "dump/hook-refused": ["Script /trial/hook exited with -1", undefined],
  "dump/track-memory": ["Tracking memory is not available. Consider omitting --track-mem option.", "memory-tracking"],
  "dump/loopback-down": ["Unable to connect a socket: Network is unreachable", "loopback"],
  "restore/pid-taken": ["Can't fork for 19501: File exists", "pid-taken"],
  "restore/file-missing": ["Can't open file trial/open on restore: No such file or directory", "file-missing"],
  "restore/file-size-changed": ["File trial/open has bad size 5 (expect 0)", "file-size"],
  "restore/no-inventory": ["Unexpected EOF on (empty-image)", "incomplete-images"],
  "restore/truncated-core": [
    "Read 88 bytes while 2666 expected from /trial/images/core-23501.img: No such file or directory",
    "incomplete-images",
  ],
  "restore/truncated-mm": [
    "Read 88 bytes while 1809 expected from /trial/images/mm-24501.img: No such file or directory",
    "incomplete-images",
  ],
  "restore/no-memory-image": ["Can't read pages data (-9)", "incomplete-images"],
  "restore/pid-file-exists": ["pidfile: Can't open pid: File exists", "pid-file"],
  "restore/tcp-close-missing": ["Need to set the --tcp-close options.", "tcp-close"],
  "restore/hook-refused": ["Script /trial/hook exited with -1", undefined],
  "restore/hook-refused-debug": ["Script /trial/hook exited with -1", undefined],
  "restore/no-net-admin": ["net: Unable create a network namespace: Operation not permitted", "network-namespace"],
  "restore/no-sys-time": ["Unable to set a monotonic clock offset: Operation not permitted", "monotonic-clock"],
  "restore/no-setpcap": ["Unable to drop capability 16: -1", "capabilities"],
};

const versions = readdirSync(fixtures);

describe.each(versions)("the excerpt of a log of %s", (version) => {
  const logs = ["dump", "restore"].flatMap((operation) =>
    readdirSync(join(fixtures, version, operation)).map((name) => `${operation}/${name.replace(/\.log$/, "")}`),
  );

  it.each(logs.filter((log) => Causes[log] !== undefined))("has the cause of %s as its headline", (log) => {
    const [headline, id] = Causes[log] ?? [];
    const excerpt = excerptOf(log, linesOf(join(version, `${log}.log`)));
    expect(excerpt.headline?.text).toBe(headline);
    expect(matchFailure(excerpt.headline?.text ?? "")?.id).toBe(id);
    expect(excerpt.lines).toContainEqual(excerpt.headline);
    expect(excerpt.lines.length).toBeLessThanOrEqual(40);
  });

  it.each(logs.filter((log) => Causes[log] === undefined))("has no headline for %s, a run that succeeded", (log) => {
    expect(log).toMatch(/success|inotify/);
    expect(excerptOf(log, linesOf(join(version, `${log}.log`))).headline).toBeUndefined();
  });
});

describe("excerptOf", () => {
  const numbered = (texts: readonly string[]): readonly CriuLogLine[] =>
    texts.map((text, index) => parseLogLine(text, index + 1));

  it("takes the last run of errors, with what was logged just before", () => {
    const filler = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const lines = numbered([
      "Error (a.c:1): early",
      ...filler,
      "Error (b.c:2): late",
      "Error (c.c:3): Dumping FAILED.",
    ]);
    const excerpt = excerptOf("log", lines, { contextLines: 2 });
    expect(excerpt.headline?.text).toBe("late");
    expect(excerpt.lines.map((line) => line.lineNumber)).toEqual([20, 21, 22, 23]);
  });

  it("finds the cause in an earlier run of errors when the last only has consequences", () => {
    const filler = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const lines = numbered(["Error (a.c:1): the cause", ...filler, "Error (c.c:3): Dumping FAILED."]);
    const excerpt = excerptOf("log", lines);
    expect(excerpt.headline?.text).toBe("the cause");
    expect(excerpt.lines[0]?.text).toBe("the cause");
  });

  it("shows at most so many lines, and the end of them", () => {
    const lines = numbered(Array.from({ length: 100 }, (_, index) => `Error (a.c:1): number ${index}`));
    const excerpt = excerptOf("log", lines, { maxLines: 10 });
    expect(excerpt.lines).toHaveLength(10);
    expect(excerpt.lines.at(-1)?.text).toBe("number 99");
  });

  it("shows the end of a log without errors, and nothing of an empty one", () => {
    expect(excerptOf("log", numbered(["one", "two"])).lines).toHaveLength(2);
    expect(excerptOf("log", [])).toEqual({ file: "log", lines: [] });
  });
});

describe("formatLogLine", () => {
  it("shows the line's number, its process, and where it comes from", () => {
    const line = parseLogLine("(00.012000)  20501: Error (criu/files.c:1221): Unable to open fd=3", 7);
    expect(formatLogLine(line)).toBe("     7  20501: error (criu/files.c:1221): Unable to open fd=3");
    expect(formatLogLine(parseLogLine("just so", 8))).toBe("     8  just so");
  });
});

describe("known failures", () => {
  it("have names of their own, and hints without a full stop", () => {
    const ids = KnownFailures.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { hint } of KnownFailures) expect(hint).not.toMatch(/\.$/);
  });
});
