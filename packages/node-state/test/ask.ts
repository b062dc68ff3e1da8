import { createNodeStateClient, type NodeStateClientOptions, type NodeStateWatchEvent } from "../src/client/index.ts";
import { isNodeStateError, type NodeStateErrorCode } from "../src/index.ts";

/** Something to ask a server, so that it can be asked in another runtime as well. */
export interface Job {
  readonly options: NodeStateClientOptions;
  readonly node: string;
  /** Watch instead of read, and stop after so many events. */
  readonly watchEvents?: number;
}

/** What came of it: `state ready` and the like for records, in the order in which they came. */
export interface Outcome {
  readonly told: readonly string[];
  /** The error of a read, or the last that a watch has told of. */
  readonly error?: {
    readonly code: NodeStateErrorCode;
    readonly message: string;
    readonly hint: string | undefined;
    readonly status: number | undefined;
  };
  readonly durationMs: number;
}

/** Does the job in this process. */
export async function ask(job: Job): Promise<Outcome> {
  const client = createNodeStateClient(job.options);
  const started = performance.now();
  const told: string[] = [];
  let failure: unknown;
  const tell = (event: NodeStateWatchEvent): void => {
    if (event.type === "lost") failure = event.error;
    told.push(event.type === "state" ? `state ${event.record.state}` : "lost");
  };
  try {
    if (job.watchEvents === undefined) tell({ type: "state", record: await client.read(job.node) });
    else {
      for await (const event of client.watch(job.node, { signal: new AbortController().signal })) {
        tell(event);
        if (told.length === job.watchEvents) break;
      }
    }
  } catch (error) {
    failure = error;
  }
  const durationMs = performance.now() - started;
  if (failure === undefined) return { told, durationMs };
  if (!isNodeStateError(failure)) throw failure;
  const { code, message, hint, status } = failure;
  return { told, error: { code, message, hint, status }, durationMs };
}
