import type { WatchEvent } from "./watch-event.ts";

/** Why a watch is over. */
export type WatchEnd =
  /** After its time, as agreed. */
  | "time"
  /** The server no longer has the past. */
  | "expired"
  /** Everything else: the connection, the server, the credentials. */
  | "failed";

/** What the reflector tells of its work, for metrics and logs. */
export type ReflectorReport =
  | { readonly type: "connected"; readonly durationMs: number }
  | { readonly type: "listed"; readonly nodes: number; readonly pages: number; readonly durationMs: number }
  | { readonly type: "watch-started"; readonly resourceVersion: string }
  | { readonly type: "watch-ended"; readonly end: WatchEnd; readonly durationMs: number }
  | { readonly type: "event"; readonly event: WatchEvent["type"] }
  /** A probe was answered while the watch was open. */
  | { readonly type: "probed"; readonly durationMs: number }
  | {
      readonly type: "failed";
      readonly error: unknown;
      /** How many tries in a row have failed, with this one. */
      readonly failures: number;
      readonly relist: boolean;
      readonly retryInMs: number;
    };
