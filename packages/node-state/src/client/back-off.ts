/** Times to wait, with a random part, so that a thousand pods that lost the same server do not come back at the same moment. */

/** Between the attempts of one read, in milliseconds: short, because another replica of the server may answer. `random` is 0 to 1. */
export function pauseBeforeAttempt(failures: number, random: number): number {
  return jittered(Math.min(400, 50 * 2 ** (failures - 1)), random);
}

/** Between a lost watch and the next connection, in milliseconds: half a second at the most at first, then up to 5 seconds. */
export function pauseBeforeReconnect(failures: number, random: number): number {
  return jittered(Math.min(5000, 500 * 2 ** Math.min(failures - 1, 10)), random);
}

function jittered(ms: number, random: number): number {
  return ms / 2 + (ms / 2) * random;
}
