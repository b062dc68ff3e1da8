import { constants } from "node:os";
import type { TaskExit, WrapperOutcome } from "@crik/wrapper";
import { type ExitCode, ExitCodes } from "../exit-codes.ts";

/**
 * Pure: what crik ends with.
 *
 * @param afterCheckpoint - not 0 by default: a Job would count an evicted pod as finished
 */
export function exitCodeOf(outcome: WrapperOutcome, afterCheckpoint: ExitCode): ExitCode {
  switch (outcome.kind) {
    case "task-exited":
      return statusOf(outcome.exit);
    case "checkpointed":
      return afterCheckpoint;
    case "stopped-before-start":
      return 128 + constants.signals[outcome.signal];
    case "task-failed":
      return outcome.exitCode;
    case "restore-postponed":
    case "failed":
      return ExitCodes.wrapperFailed;
  }
}

function statusOf(exit: TaskExit): ExitCode {
  return exit.kind === "exited" ? exit.code : 128 + constants.signals[exit.signal];
}
