import type { Readable } from "node:stream";

/** What a keeper has reported so far, and when. */
export interface KeeperReport {
  /** Pid of CRIU, once it was started. */
  readonly criuPid: number | undefined;
  /** How CRIU ended. */
  readonly criuEnd: { readonly exitCode: number } | { readonly signalNumber: number } | undefined;
  /** Pid of the restored root. */
  readonly rootPid: number | undefined;
  /** Why the keeper could not start CRIU, or could not take what it has restored. */
  readonly failure: string | undefined;
  /** Why the keeper could not make the time namespace that it was asked for, and so has not run CRIU. */
  readonly clockFailure: string | undefined;
  /** CRIU failed, and everything that it had made is gone. */
  readonly clean: boolean;
  /** Resolves when CRIU was started, or never will be. */
  readonly started: Promise<void>;
  /** Resolves at the end of the report: the root runs, or everything is over. */
  readonly complete: Promise<void>;
}

/** How long the end of the report is waited for after its last word, in milliseconds: it comes at once, unless somebody else holds the pipe open. */
const EndMs = 1_000;

/** A line of a keeper has some 50 bytes; whatever else is there is not kept. */
const LongestLine = 1024;

/**
 * Follows a keeper's report, a line for each thing that happens: `criu PID`, then `criu-exit CODE` or `criu-signal N`, then `root PID` or `clean`;
 * `failed ERRNO TEXT` when the keeper itself cannot go on, and `clock-failed ERRNO TEXT` when it cannot give the task the clock that it was told.
 * Lines of another kind are left for a newer driver to understand.
 */
export function followKeeperReport(stream: Readable): KeeperReport {
  const facts: {
    criuPid?: number;
    criuEnd?: KeeperReport["criuEnd"];
    rootPid?: number;
    failure?: string;
    clockFailure?: string;
    clean: boolean;
  } = {
    clean: false,
  };
  const started = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const end = (): void => {
    started.resolve();
    done.resolve();
  };
  const read = (line: string): void => {
    const [word, text] = line.split(" ", 2);
    const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
    if (word === "failed") facts.failure = reasonIn(line);
    else if (word === "clock-failed") facts.clockFailure = reasonIn(line);
    else if (word === "clean") facts.clean = true;
    else if (value === undefined) return;
    else if (word === "criu") {
      facts.criuPid = value;
      started.resolve();
    } else if (word === "criu-exit") facts.criuEnd = { exitCode: value };
    else if (word === "criu-signal") facts.criuEnd = { signalNumber: value };
    else if (word === "root") {
      facts.rootPid = value;
      // The root runs, and neither a deadline nor an abort would end this waiting any more.
      setTimeout(end, EndMs).unref();
    }
  };
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = (lines.pop() ?? "").slice(0, LongestLine);
    for (const line of lines) read(line);
  });
  stream.once("end", end);
  stream.once("close", end);
  // A keeper that dies takes its end of the pipe along: the end of the stream says all.
  stream.on("error", end);
  return {
    get criuPid() {
      return facts.criuPid;
    },
    get criuEnd() {
      return facts.criuEnd;
    },
    get rootPid() {
      return facts.rootPid;
    },
    get failure() {
      return facts.failure;
    },
    get clockFailure() {
      return facts.clockFailure;
    },
    get clean() {
      return facts.clean;
    },
    started: started.promise,
    complete: done.promise,
  };
}

/** Pure: the text of `WORD ERRNO TEXT`. */
function reasonIn(line: string): string {
  return line.replace(/^\S+ (?:\d+ )?/, "");
}
