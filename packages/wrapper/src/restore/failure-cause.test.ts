import { StoreError } from "@crik/checkpoint-store";
import { CriuError, CriuOperationError } from "@crik/criu-driver";
import { describe, expect, it } from "vitest";
import { causeOf } from "./failure-cause.ts";

const system = (code: string): Error => Object.assign(new Error(code), { code });
const hook = (cause: Error): Error => new CriuError("ERR_CRIU_HOOK", "the hook refused", { cause });

const logged = (text: string): CriuOperationError =>
  new CriuOperationError("ERR_CRIU_RESTORE", text, {
    operation: "restore",
    argv: ["criu"],
    exitCode: 1,
    durationMs: 1,
    log: { file: "restore.log", headline: { lineNumber: 1, level: "error", text }, lines: [] },
    task: "gone",
    hookAllowed: false,
    resumed: false,
  });

describe("what a failed restore says about the checkpoint", () => {
  const cases: readonly [name: string, error: unknown, cause: string][] = [
    ["CRIU could not restore it", new CriuError("ERR_CRIU_RESTORE", "x"), "criu"],
    ["CRIU could not restore it, and says why", logged("Can't open file usr/bin/app: No such file"), "criu"],
    ["another process has one of its pids", logged("Can't fork for 1001: File exists"), "environment"],
    [
      "the kernel ended what CRIU was making, for want of memory",
      logged("1001 killed by signal 9: Killed"),
      "environment",
    ],
    ["a process of it could not go on", logged("1001 killed by signal 11: Segmentation fault"), "criu"],
    ["there is no memory", logged("Can't mmap section: Cannot allocate memory"), "environment"],
    ["there may be no more processes", logged("Can't fork for 1001: Resource temporarily unavailable"), "environment"],
    ["there may be no more threads", logged("Unable to create a thread: -11"), "environment"],
    ["another thread has one of its ids", logged("Unable to create a thread: -17"), "environment"],
    ["a thread could not be made for another reason", logged("Unable to create a thread: -22"), "criu"],
    ["CRIU took too long", new CriuError("ERR_CRIU_TIMEOUT", "x"), "environment"],
    ["CRIU is not there", new CriuError("ERR_CRIU_NOT_FOUND", "x"), "environment"],
    ["a digest is wrong, as the hook found out", hook(new StoreError("ERR_STORE_DIGEST", "x")), "digest"],
    ["another container took it over", hook(new StoreError("ERR_STORE_CLAIM_LOST", "x")), "claim-lost"],
    ["a file cannot be put back", new StoreError("ERR_STORE_PUT_BACK", "x"), "put-back"],
    [
      "this container's disk is full",
      new StoreError("ERR_STORE_PUT_BACK", "x", { cause: system("ENOSPC") }),
      "environment",
    ],
    [
      "this container may not write there",
      new StoreError("ERR_STORE_PUT_BACK", "x", { cause: system("EACCES") }),
      "environment",
    ],
    [
      "the container image has a file where a folder was",
      new StoreError("ERR_STORE_PUT_BACK", "x", { cause: system("ENOTDIR") }),
      "put-back",
    ],
    ["the volume failed while the digests were computed", hook(new StoreError("ERR_STORE_IO", "x")), "environment"],
    [
      "this container's root is read-only",
      new StoreError("ERR_STORE_PUT_BACK", "x", { cause: system("EROFS") }),
      "environment",
    ],
    ["a bug of crik's own", new TypeError("x is not a function"), "environment"],
    ["no pids are free", new RangeError("no 256 free pids"), "environment"],
  ];
  it.each(cases)("%s", (_name, error, cause) => {
    expect(causeOf(error)).toBe(cause);
  });
});
