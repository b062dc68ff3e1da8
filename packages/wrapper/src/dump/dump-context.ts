import type { CheckpointStore } from "@crik/checkpoint-store";
import type { OperationsContext } from "../operations-context.ts";
import type { Task } from "../task/task.ts";
import type { NextGeneration } from "./next-generation.ts";

/** What a dump works with. */
export interface DumpContext extends OperationsContext {
  readonly task: Task;
  readonly store: CheckpointStore;
  readonly nextGeneration: NextGeneration;
  /** Generation that this task was restored from. */
  readonly parent: number | undefined;
}
