/** How to wait. */
export interface WaitOptions {
  /** What is waited for, in the words of the error. */
  readonly what: string;
  /** @defaultValue 60000 */
  readonly timeoutMs?: number | undefined;
  /** Between two looks. @defaultValue 100 */
  readonly intervalMs?: number | undefined;
}

/**
 * Looks again and again until there is an answer.
 *
 * @throws Error when there is none in time; its cause is the last error of a look.
 */
export async function waitFor<Answer>(
  look: () => Promise<Answer | undefined | false>,
  options: WaitOptions,
): Promise<Answer> {
  const { what, timeoutMs = 60_000, intervalMs = 100 } = options;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await look();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  } while (performance.now() < deadline);
  throw new Error(`after ${timeoutMs / 1000} s still waiting for ${what}`, { cause });
}
