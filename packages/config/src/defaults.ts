import type { WrittenConfig } from "./config.ts";

type Written<Key extends keyof WrittenConfig> = Required<NonNullable<WrittenConfig[Key]>>;

/** Every key that has a fixed default. */
type Defaults = Required<
  Omit<
    WrittenConfig,
    | "imageDir"
    | "nodeStateServerURL"
    | "nodeName"
    | "nodeStateCAFile"
    | "nodeStateTokenFile"
    | "checkpointOn"
    | "claimTimeout"
    | "carry"
    | "keep"
    | "prevent"
    | "criu"
    | "log"
  >
> & {
  readonly carry: Written<"carry">;
  readonly keep: Omit<Written<"keep">, "bytes">;
  readonly prevent: Written<"prevent">;
  readonly criu: Omit<Written<"criu">, "path">;
  readonly log: Written<"log">;
};

/** The value of every key that is not given, as a person would write it. The schema shows them and {@link normalize} applies them. */
export const defaults: Defaults = {
  additionalPaths: [],
  inotifyIncompatiblePaths: [],
  nodeStateTimeout: "3s",
  nodeStateGrace: "3s",
  nodeStateWatch: false,
  ifNodeStateUnavailable: "checkpoint",
  checkpointSignals: ["SIGTERM"],
  exitCodeAfterCheckpoint: 143,
  gracePeriod: "30s",
  stopReserve: "5s",
  restoreTimeout: "2m",
  ifRestoreFails: "start-fresh",
  ifClaimed: "start-fresh",
  ifCommandChanged: "start-fresh",
  carry: { writableLayer: true, limit: "1Gi", exclude: [] },
  keep: { generations: 2 },
  digest: "xxh3",
  tcp: "close",
  prevent: { ioUring: true, multipathTcp: true },
  criu: { mode: "auto", verbosity: 2, ghostLimit: "500Mi", extraDumpArguments: [], extraRestoreArguments: [] },
  log: { level: "info", format: "text" },
};
