/**
 * What happened, for programs that read the log: the field `event` of its line. A name never changes its meaning, whatever becomes of the sentence beside it;
 * new ones may come.
 */
export type WrapperLogEvent =
  /** The application starts from nothing; as a warning when there was a checkpoint. */
  | "started-afresh"
  | "restore-begun"
  /** It goes on. */
  | "restored"
  /** It could not be restored here, and is left as it is for the next container. */
  | "restore-postponed"
  /** It could not be restored, and an older one is looked for. */
  | "restore-given-up"
  /** Another container has taken the checkpoint over. */
  | "claim-lost"
  /** Whether its node is going away is being found out. */
  | "stop-asked"
  | "checkpoint-begun"
  | "checkpointed"
  /** A plain stop; as a warning when a checkpoint was wanted. */
  | "stopped-without-checkpoint"
  | "stopped-before-start"
  /** The grace period was over. */
  | "killed"
  /** By itself, or by its plain stop. */
  | "ended"
  /** The command could not be run. */
  | "not-started"
  /** crik itself has failed. */
  | "failed";
