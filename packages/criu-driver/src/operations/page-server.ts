import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type PageServerArguments, pageServerArguments } from "../arguments/page-server.ts";
import { CriuError } from "../error.ts";
import type { CriuOptions, PageServerAddress } from "../options.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { startReporting } from "../run.ts";
import { environmentOf, removeOldLog } from "./context.ts";
import { operationError } from "./failure.ts";
import { supervise } from "./supervise.ts";

/** How to run a page server. */
export interface PageServerOptions extends PageServerArguments {
  /** Ends the server. */
  readonly signal?: AbortSignal | undefined;
  /** The server is ended when it has not served its dump after this many milliseconds. @defaultValue none */
  readonly timeoutMs?: number | undefined;
}

/** A page server that listens: it serves one dump, and ends. */
export interface PageServer extends AsyncDisposable {
  readonly address: PageServerAddress;
  /**
   * Resolves when the dump has sent everything.
   * @throws CriuOperationError `ERR_CRIU_PAGE_SERVER`, `ERR_CRIU_ABORTED`, `ERR_CRIU_TIMEOUT`
   */
  served(): Promise<void>;
  /** Ends the server, if it has not ended by itself. Never rejects. */
  close(): Promise<void>;
}

/** How long a server that will never listen may take to end, in milliseconds. */
const EndMs = 1_000;

/** Runs `criu page-server` until it listens. See {@link Criu.startPageServer} for what it throws. */
export async function startPageServer(driver: CriuOptions, options: PageServerOptions): Promise<PageServer> {
  const startedAt = performance.now();
  const { address, port, signal, timeoutMs } = options;
  const what = `page server on ${address}:${port}`;
  if (signal?.aborted)
    throw new CriuError("ERR_CRIU_ABORTED", `${what} was aborted before it began`, { cause: signal.reason });
  const folder = await makePrivateFolder({ base: driver.runDirectory });
  const logName = "page-server.log";
  const [program, ...prefix] = driver.command ?? ["criu"];
  const plumbing = { logFile: logName, statusFd: 3, configurationFiles: driver.configurationFiles };
  const argv = [program, ...prefix, ...pageServerArguments(options, plumbing)] as const;
  const outputFile = join(folder.path, "output");
  const logFile = join(options.workDirectory ?? options.imageDirectory, logName);
  await removeOldLog(logFile);
  const server = startReporting({ argv, outputFile, env: environmentOf(driver) });
  const closing = new AbortController();
  const over = supervise(server, {
    kill: () => void server.kill("SIGKILL"),
    signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
    timeoutMs,
    startedAt,
  });
  const close = async (): Promise<void> => {
    closing.abort(new Error("it was closed"));
    await finished;
  };

  const finished = over.then(async (run) => {
    const failed = run.end.exitCode !== 0;
    const error = failed
      ? await operationError({ operation: "page-server", what, argv, logFile, outputFile, run, task: "unknown" })
      : undefined;
    await folder[Symbol.asyncDispose]();
    return error;
  });
  // CRIU writes one byte when it listens, and closes.
  const listening = server.pid === undefined ? Promise.resolve(false) : heard(server.report);
  if (!(await Promise.race([listening, over.then(() => false)]))) {
    // Its end of the pipe closes a moment before it ends by itself, and then it has something to say.
    await Promise.race([over, sleep(EndMs, undefined, { ref: false })]);
    await close();
    throw (await finished) ?? new CriuError("ERR_CRIU_PAGE_SERVER", `${what} ended without having listened`);
  }
  return {
    address: { address, port },
    served: async () => {
      const error = await finished;
      if (error !== undefined) throw error;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function heard(stream: NodeJS.ReadableStream): Promise<boolean> {
  const data = once(stream, "data").then(
    () => true,
    () => false,
  );
  const end = once(stream, "end").then(
    () => false,
    () => false,
  );
  return Promise.race([data, end]);
}
