import type { CheckpointStore } from "@crik/checkpoint-store";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";

/** Between two looks, in milliseconds. */
const LookAgainMs = 5_000;

/** What the application was started afresh over. */
export interface PassOverOptions {
  readonly store: CheckpointStore;
  /** For the records, and for people. */
  readonly because: string;
  /** Generations that are left for the command they were made of, until this one makes a checkpoint of its own. */
  readonly except: ReadonlySet<number>;
  /** How long a container that was told to stop may take to begin its checkpoint, in milliseconds. */
  readonly lateMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Checkpoints that are being passed over. */
export interface PassingOver {
  /** The first look is over. Never rejects. */
  readonly looked: Promise<void>;
  /** Looks no more; resolves when the look that is under way is over. To be called before a checkpoint of one's own. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Sets the checkpoints apart that are left when the application has started afresh: they are older than what begins now, and to restore one later would take
 * the application back in time. Also those that other containers still commit, of lives that had begun before: it looks again for as long as one is at work.
 */
export function passOverOlderLives(options: PassOverOptions): PassingOver {
  const { store, because, except, lateMs, clock, log } = options;
  const started = clock.now();
  const stopped = Promise.withResolvers<void>();
  let isStopped = false;

  /** @returns whether a checkpoint of another life may still come */
  async function look(): Promise<boolean> {
    try {
      const { passed, othersAtWork } = await store.passOver({ code: "passed-over", message: because }, { except });
      if (passed.length > 0)
        log.warn({ generations: passed }, `checkpoints are set apart, and not restored by themselves: ${because}`);
      return othersAtWork || clock.now() - started < lateMs;
    } catch (error) {
      log.error(
        { error },
        "a checkpoint that the application was started afresh over could not be set apart: it may be restored later",
      );
      return false;
    }
  }

  async function lookAgain(): Promise<void> {
    const paused = Promise.withResolvers<void>();
    const cancel = clock.schedule(LookAgainMs, paused.resolve);
    await Promise.race([paused.promise, stopped.promise]);
    cancel();
    if (!isStopped && (await look())) await lookAgain();
  }

  const first = look();
  const all = first.then((more) => (more ? lookAgain() : undefined));
  return {
    looked: first.then(() => {}),
    stop: () => {
      isStopped = true;
      stopped.resolve();
      return all;
    },
  };
}
