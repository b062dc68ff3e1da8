/** Why a watch has ended. */
export type WatchEnd =
  /** The client has closed it, or the connection broke. */
  | "client"
  /** The client took nothing for too long. */
  | "slow"
  /** The server no longer has the present state of the nodes. */
  | "not-ready"
  /** The server was told to end all watches. */
  | "stopped";

/** What a router tells of its work, for metrics and logs. */
export type NodeStateObservation =
  /** A request was answered, or its connection broke. Watches are not among them, unless refused. */
  | {
      readonly type: "request";
      readonly method: string;
      /** The path's pattern, such as `/v1/nodes/:name`, or `other`. A bounded number of values. */
      readonly route: string;
      /** 499 when the client did not wait for the answer. */
      readonly status: number;
      readonly durationMs: number;
    }
  | { readonly type: "watch-started" }
  | { readonly type: "watch-ended"; readonly reason: WatchEnd; readonly durationMs: number }
  /** A mistake of the server itself, or of a function that it was given. */
  | { readonly type: "error"; readonly error: unknown };

/** Hears of a router's work. What it throws is ignored. */
export type Observe = (observation: NodeStateObservation) => void;
