import type { WrapperOutcome } from "@crik/wrapper";
import { describe, expect, it } from "vitest";
import { type Ending, failureMessage, terminationMessage } from "./termination-message.ts";

function messageOf(outcome: WrapperOutcome, more: Partial<Ending> = {}): string | undefined {
  return terminationMessage({ outcome, stopReason: undefined, dumpError: undefined, outOfMemoryKills: 0, ...more });
}

const exited: WrapperOutcome = { kind: "task-exited", exit: { kind: "exited", code: 3 } };
const killed: WrapperOutcome = { kind: "task-exited", exit: { kind: "signaled", signal: "SIGKILL" } };

describe("the termination message", () => {
  it("tells of a checkpoint, and where the application goes on", () => {
    expect(messageOf({ kind: "checkpointed", number: 4 })).toBe(
      "crik: checkpointed as generation 4, and goes on where that is restored",
    );
  });

  it("tells why a stop made no checkpoint", () => {
    expect(messageOf(exited, { stopReason: "node-not-shutting-down" })).toBe(
      "crik: stopped and not checkpointed: its node is not going away",
    );
  });

  it("tells why a checkpoint failed, in the error's own sentence", () => {
    const dumpError = new Error("dump of pid 1000 into /checkpoints failed: unix: External socket is used");
    expect(messageOf(exited, { stopReason: "checkpoint-failed", dumpError })).toBe(
      "crik: stopped and not checkpointed: the checkpoint failed: dump of pid 1000 into /checkpoints failed: unix: External socket is used",
    );
    // Here the error is that crik has given the dump up.
    expect(messageOf(exited, { stopReason: "out-of-time", dumpError })).toBe(
      "crik: stopped and not checkpointed: the grace period was too short for the checkpoint",
    );
  });

  it("leaves the end of an application that ended by itself to the application", () => {
    expect(messageOf(exited)).toBeUndefined();
    expect(messageOf(killed)).toBeUndefined();
  });

  it("tells that the memory was used up", () => {
    expect(messageOf(killed, { outOfMemoryKills: 2 })).toBe(
      "crik: the kernel has killed 2 processes of this container because its memory was used up",
    );
    expect(messageOf(exited, { stopReason: "checkpoint-failed", outOfMemoryKills: 1 })).toBe(
      "crik: stopped and not checkpointed: the checkpoint failed; the kernel has killed a process of this container because its memory was used up",
    );
  });

  it("does not doubt a checkpoint for what was killed before it", () => {
    expect(messageOf({ kind: "checkpointed", number: 1 }, { outOfMemoryKills: 1 })).not.toMatch(/memory/);
  });

  it("has what failed before the application", () => {
    expect(failureMessage(new Error("the configuration is wrong:\n  gracePeriod"))).toBe(
      "crik: failed: the configuration is wrong: gracePeriod",
    );
  });

  it("has the error of what failed, in one line that is not too long", () => {
    const error = new Error(`the volume\n  is ${"very ".repeat(400)}full`);
    const message = messageOf({ kind: "restore-postponed", number: 2, attempt: 1, of: 3, error }) ?? "";
    expect(message).toMatch(
      /^crik: generation 2 could not be restored here, and is kept for the next container: the volume is very /,
    );
    expect(message).toHaveLength(1000);
    expect(message.endsWith("…")).toBe(true);
  });

  it("tells of crik's own failure in words, and of the error", () => {
    const error = new Error("checkpoint 2: another command: word 3");
    expect(messageOf({ kind: "failed", because: "search-failed", error })).toBe(
      "crik: failed: no checkpoint can be restored here, and the application may not be started without one: checkpoint 2: another command: word 3",
    );
    expect(messageOf({ kind: "failed", because: "task-lost", error: undefined })).toBe(
      "crik: failed: how the application ended could not be found out",
    );
  });
});
