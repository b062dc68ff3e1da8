import type { CheckpointStore, StagedCheckpoint } from "@crik/checkpoint-store";
import type { Logger } from "../logger.ts";

/**
 * The generation that a stop may come to. It is begun while that is still being decided, and before anything is loaded for a dump, because a container that
 * looks for a checkpoint waits for one that is being written, and starts afresh where there is none: a pod is often replaced before it has ended.
 */
export interface NextGeneration {
  /** Begins it on the volume, in the background. */
  begin(): void;
  /** Gives what was begun, or begins it now. @throws StoreError as {@link CheckpointStore.stage} */
  take(): Promise<StagedCheckpoint>;
  /** Removes what was begun and not taken, because there will be no checkpoint; resolves when it is gone. */
  drop(): Promise<void>;
}

/** Nothing of this fails a stop: what cannot be begun early is begun, and fails, with the dump. */
export function createNextGeneration(store: Pick<CheckpointStore, "stage">, log: Logger): NextGeneration {
  let begun: Promise<StagedCheckpoint | undefined> | undefined;
  let dropping: Promise<void> | undefined;

  function takeBegun(): Promise<StagedCheckpoint | undefined> | undefined {
    const taken = begun;
    begun = undefined;
    return taken;
  }

  return {
    begin: () => {
      begun ??= store.stage().catch((error: unknown) => {
        log.warn({ error }, "a checkpoint could not be begun before its dump");
        return undefined;
      });
    },
    take: async () => (await takeBegun()) ?? store.stage(),
    drop: async () => {
      const unwanted = takeBegun();
      if (unwanted !== undefined) dropping = remove(unwanted);
      await dropping;
    },
  };

  async function remove(unwanted: Promise<StagedCheckpoint | undefined>): Promise<void> {
    const staged = await unwanted;
    await staged?.discard().catch((error: unknown) => {
      log.warn({ error }, "what was begun of a checkpoint could not be removed: a later checkpoint removes it");
    });
  }
}
