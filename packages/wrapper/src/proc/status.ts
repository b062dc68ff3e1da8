import { readFileSync } from "node:fs";

/** What `/proc/PID/status` says that decides about checkpoint and restore. */
export interface ProcessStatus {
  readonly name: string;
  /** Real uid. */
  readonly uid: number;
  /** Effective capabilities, one bit each (`linux/capability.h`). */
  readonly capEff: bigint;
  /** Permitted capabilities: the most that it can make effective. */
  readonly capPrm: bigint;
  readonly noNewPrivs: boolean;
  /** True when any seccomp mode or filter is in force. */
  readonly seccomp: boolean;
}

/** Pure: `text` is the content of a `/proc/PID/status`. Fields that an older kernel lacks read as zero. */
export function parseStatus(text: string): ProcessStatus {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? "";
  return {
    name: field("Name"),
    uid: Number.parseInt(field("Uid") || "0", 10),
    capEff: BigInt(`0x${field("CapEff") || "0"}`),
    capPrm: BigInt(`0x${field("CapPrm") || "0"}`),
    noNewPrivs: field("NoNewPrivs") === "1",
    seccomp: field("Seccomp") !== "" && field("Seccomp") !== "0",
  };
}

/** @throws the file system's error when the process is gone. */
export function readStatus(pid: number | "self"): ProcessStatus {
  return parseStatus(readFileSync(`/proc/${pid}/status`, "utf8"));
}
