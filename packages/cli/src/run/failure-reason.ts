import type { WrapperOutcome } from "@crik/wrapper";

type FailureReason = Extract<WrapperOutcome, { readonly kind: "failed" }>["because"];

const Reasons: Readonly<Record<FailureReason, string>> = {
  fault: "a bug of crik or a failure of the system; no checkpoint was made",
  "search-failed": "no checkpoint can be restored here, and the application may not be started without one",
  "checkpoint-held": "another container has the checkpoint, and the application may not be started without it",
  "restore-failed": "the checkpoint could not be restored, and the application may not be started without it",
  "files-left":
    "files of a checkpoint that could not be restored are left in this container, so that nothing is started in it; the next one begins without them",
  "restore-lost": "the restore failed when the application may have run already, and the checkpoint is used up",
  "dump-without-commit": "CRIU has ended the application, and there is no complete checkpoint",
  "task-lost": "how the application ended could not be found out",
};

/** Pure: why crik itself has failed, in words. The error, if there is one, says more. */
export function failureReasonText(reason: FailureReason): string {
  return Reasons[reason];
}
