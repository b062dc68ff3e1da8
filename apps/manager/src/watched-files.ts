import { readFile } from "node:fs/promises";

import { ManagerError } from "./manager-error.ts";
import { pause } from "./pause.ts";

/** How often files are read again. The kubelet itself takes up to a minute to bring a changed secret into a pod. */
const ReadAgainEveryMs = 5000;

/** What {@link watchFiles} is told. */
export interface WatchFilesOptions {
  readonly files: readonly string[];
  /** Is given all contents, in the order of `files`, whenever one has changed. What it throws is a failure like a file that cannot be read. */
  readonly onChange: (contents: readonly string[]) => void;
  /** The files cannot be read, or used, just now: what was read before stays in use. Told once for each message. */
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
  /** @defaultValue {@link ReadAgainEveryMs} */
  readonly everyMs?: number | undefined;
}

/**
 * Reads files now, and again and again until the signal aborts. Reading them is cheaper than to get the events of a secret's links right.
 *
 * @throws {@link ManagerError} `ERR_MANAGER_FILE`, when they cannot be read, or used, the first time
 */
export async function watchFiles(options: WatchFilesOptions): Promise<void> {
  let last: readonly string[];
  try {
    last = await readAll(options.files);
    options.onChange(last);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ManagerError("ERR_MANAGER_FILE", `cannot use ${options.files.join(" and ")}: ${message}`, { cause });
  }
  void again();

  async function again(): Promise<void> {
    let lastFailure: string | undefined;
    for (;;) {
      try {
        await pause(options.everyMs ?? ReadAgainEveryMs, options.signal);
      } catch {
        return;
      }
      try {
        const contents = await readAll(options.files);
        if (contents.some((content, index) => content !== last[index])) options.onChange(contents);
        last = contents;
        lastFailure = undefined;
      } catch (error) {
        if (String(error) !== lastFailure) options.onFailure(error);
        lastFailure = String(error);
      }
    }
  }
}

function readAll(files: readonly string[]): Promise<readonly string[]> {
  return Promise.all(files.map((file) => readFile(file, "utf8")));
}
