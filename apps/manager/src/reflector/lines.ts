import { ApiError } from "../api-error.ts";

/** Cuts a stream of bytes into lines. */
export interface Lines {
  /** Calls `onLine` for each line that is complete now. */
  push(chunk: Buffer): void;
  /** Whether a line has begun that is not complete. */
  readonly isMidLine: boolean;
}

/**
 * The longest line. etcd takes objects of up to 1.5 MiB, in protobuf; as JSON they are some times larger.
 */
export const LongestLineBytes: number = 8 * 1024 * 1024;

/**
 * Lines end with a newline; empty ones are left out.
 *
 * @throws from `push` {@link ApiError} `ERR_API_PROTOCOL`, when a line is longer than {@link LongestLineBytes}; and what `onLine` throws
 */
export function createLines(onLine: (line: string) => void): Lines {
  let begun: Buffer[] = [];
  let begunBytes = 0;

  function take(rest: Buffer): string {
    const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
    begun = [];
    begunBytes = 0;
    return line.toString("utf8");
  }

  return {
    push(chunk) {
      let from = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        const line = take(chunk.subarray(from, end));
        from = end + 1;
        if (line.trim() !== "") onLine(line);
      }
      if (from === chunk.length) return;
      begunBytes += chunk.length - from;
      if (begunBytes > LongestLineBytes) {
        throw new ApiError("ERR_API_PROTOCOL", `a line of the watch is longer than ${LongestLineBytes} bytes`);
      }
      begun.push(chunk.subarray(from));
    },
    get isMidLine() {
      return begunBytes > 0;
    },
  };
}
