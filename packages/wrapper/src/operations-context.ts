import type { CheckpointStore } from "@crik/checkpoint-store";
import type { Criu } from "@crik/criu-driver";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { NodeStateOptions } from "./node-state.ts";
import type { CriuMode } from "./preflight/judge.ts";
import type { ChangeMark } from "./proc/file-system-time.ts";
import type { CheckpointSettings } from "./settings.ts";
import type { WrapperEvent, WrapperPolicy } from "./state.ts";

/** What the operations work with, and whom they tell. */
export interface OperationsContext {
  readonly command: readonly [file: string, ...args: string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly policy: WrapperPolicy;
  readonly settings: CheckpointSettings;
  readonly store: CheckpointStore | undefined;
  readonly criu: Pick<Criu, "dump" | "restore">;
  readonly mode: CriuMode;
  readonly ownClock?: boolean | undefined;
  readonly init: string;
  readonly runDirectory: string;
  /** CRIU's dump in an IPC namespace of its own. */
  readonly ownIpcCommand?: readonly [string, ...string[]] | undefined;
  readonly versions: { readonly crik: string; readonly criu: string };
  readonly nodeState?: NodeStateOptions | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** When crik started, by the clock of the file systems: what has changed since is the container's own. */
  readonly containerStart: ChangeMark;
  /** Feeds the machine. */
  readonly send: (event: WrapperEvent) => void;
  readonly isDeciding: () => boolean;
  /** Why a checkpoint is made now, in one line. */
  readonly checkpointReason: () => string;
}
