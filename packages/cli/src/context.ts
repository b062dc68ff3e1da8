import type { TextSink } from "./text-sink.ts";

/** Where a command touches the world. Tests pass fakes; `bin.ts` passes `process`. */
export interface CommandContext {
  /** Without the runtime and the script: `["run", "--", "nginx"]`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Gives back memory that only the start needed; asked for once the application runs. @defaultValue nothing is given back */
  readonly shrinkMemory?: (() => void) | undefined;
  /** Ends a command early. `run` does not use it for the application: signals do that. */
  readonly signal: AbortSignal;
}
