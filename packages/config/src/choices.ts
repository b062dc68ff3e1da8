/** The closed sets of words that the configuration knows, in the order in which the documentation shows them. The schema and the types both come from here. */

/** When a stop signal comes: checkpoint, ask the node-state server first, or only stop. */
export const CheckpointOnChoices = ["always", "node-shutting-down", "never"] as const;
export type CheckpointOn = (typeof CheckpointOnChoices)[number];

/** Signals that a container runtime may send to stop a container (`STOPSIGNAL`, `lifecycle.stopSignal`) and that a process can catch. */
export const StopSignalChoices = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
export type StopSignal = (typeof StopSignalChoices)[number];

/** What follows a restore that failed. */
export const RestoreFallbackChoices = ["previous", "start-fresh", "fail"] as const;
export type RestoreFallback = (typeof RestoreFallbackChoices)[number];

/** `xxh3` finds accidents at the speed of CRIU; `sha256` also finds somebody's changes and is about as slow as CRIU itself. */
export const DigestChoices = ["xxh3", "sha256"] as const;
export type DigestAlgorithm = (typeof DigestChoices)[number];

/** What becomes of established TCP connections. */
export const TcpChoices = ["close", "established", "fail"] as const;
export type TcpMode = (typeof TcpChoices)[number];

/** From most to least talkative. */
export const LogLevelChoices = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LogLevelChoices)[number];

/** `text` for people, `json` for log collectors: one object a line. */
export const LogFormatChoices = ["text", "json"] as const;
export type LogFormat = (typeof LogFormatChoices)[number];

/** CRIU's `-v0` to `-v4`. */
export type Verbosity = 0 | 1 | 2 | 3 | 4;
