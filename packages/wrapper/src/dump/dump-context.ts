import type { CheckpointStore } from "@crik/checkpoint-store";
import type { OperationsContext } from "../operations-context.ts";
import type { Task } from "../task/task.ts";

/** What a dump works with. */
export interface DumpContext extends OperationsContext {
  readonly task: Task;
  readonly store: CheckpointStore;
  /** Generation that this task was restored from. */
  readonly parent: number | undefined;
}
