import { createReadStream } from "node:fs";
import { asError, CriuError } from "../error.ts";
import { type CriuLogLine, parseLogLine } from "./line.ts";

/** Longer lines are cut: a log may come from anywhere, and CRIU's own buffer has 8 KiB. */
const LongestLine = 16 * 1024;

/**
 * Reads a log of CRIU's line by line, without holding it in memory.
 *
 * @throws CriuError `ERR_CRIU_IMAGE_DIRECTORY` when the file cannot be read, `ERR_CRIU_ABORTED` when `signal` aborts
 */
export async function* readCriuLog(
  file: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<CriuLogLine, void, undefined> {
  const stream = createReadStream(file, { encoding: "utf8", highWaterMark: 64 * 1024, signal: options.signal });
  let lineNumber = 0;
  let rest = "";
  try {
    for await (const chunk of stream) {
      const lines = `${rest}${String(chunk)}`.split("\n");
      rest = (lines.pop() ?? "").slice(0, LongestLine);
      for (const line of lines) yield parseLogLine(line.slice(0, LongestLine), ++lineNumber);
    }
    if (rest !== "") yield parseLogLine(rest, ++lineNumber);
  } catch (error) {
    if (options.signal?.aborted) {
      throw new CriuError("ERR_CRIU_ABORTED", `reading ${file} was aborted`, { cause: options.signal.reason });
    }
    throw new CriuError("ERR_CRIU_IMAGE_DIRECTORY", `the log ${file} cannot be read: ${asError(error).message}`, {
      cause: error,
    });
  }
}
