import { isApiError } from "../api-error.ts";

/** What is known of the try that has failed. */
export interface Attempt {
  /** How many tries in a row have failed before; 0: the last one was fine. */
  readonly failures: number;
  /** Whether it went on from where an earlier connection had ended, without a list of its own. */
  readonly resumed: boolean;
}

/** What to do after a failure. */
export interface Recovery {
  /** What was read before is no start to go on from: read the whole list. */
  readonly relist: boolean;
  /** How long to wait before the next try. */
  readonly delayMs: number;
}

/** The longest pause between two tries. Short, so that the state is right again within seconds of the end of a fault. */
export const LongestPauseMs = 3000;

/** A server that asks for more time than this is asked again all the same: readers of the state wait, and there are only a few managers. */
export const LongestRetryAfterMs = 8000;

/**
 * Pure: an error and the try that has failed with it -> the remedy.
 *
 * @param random 0 to 1, so that the replicas do not come all at once
 */
export function recoveryFrom(error: unknown, { failures, resumed }: Attempt, random: number): Recovery {
  const delayMs = backoffMs(failures, random);
  // A mistake of our own may have left anything half done.
  if (!isApiError(error)) return { relist: true, delayMs };
  switch (error.code) {
    case "ERR_API_EXPIRED":
    case "ERR_API_WENT_BACK":
      // The server answers, and the next try, which begins with a list, is not resumed: so this is no tight loop.
      return { relist: true, delayMs: failures === 0 || resumed ? 0 : delayMs };
    case "ERR_API_PROTOCOL":
      return { relist: true, delayMs };
    case "ERR_API_HTTP":
      // New credentials are read for the next connection. They may be there already.
      if (error.status === 401 && failures === 0) return { relist: false, delayMs: 0 };
      return { relist: false, delayMs: Math.max(delayMs, Math.min(error.retryAfterMs ?? 0, LongestRetryAfterMs)) };
    case "ERR_API_CREDENTIALS":
    case "ERR_API_UNREACHABLE":
    case "ERR_API_TIMEOUT":
    case "ERR_API_NO_HTTP2":
      return { relist: false, delayMs };
  }
}

/** 200 ms, then twice as long each time; of that between half and all. */
function backoffMs(failures: number, random: number): number {
  const most = Math.min(LongestPauseMs, 200 * 2 ** Math.min(failures, 10));
  return most / 2 + (most / 2) * random;
}
