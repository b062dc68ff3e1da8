/** A failure of CRIU's that is known by the text it logs. */
export interface KnownFailure {
  /** Stable name, e.g. for documentation. */
  readonly id: string;
  readonly pattern: RegExp;
  /** One sentence on what to do. */
  readonly hint: string;
}

/** Failures and their remedies. The first that matches counts. */
export const KnownFailures: readonly KnownFailure[] = [
  {
    id: "established-tcp",
    pattern: /Connected TCP socket, consider using --tcp-established/,
    hint: 'set tcp to "close", or to "established" where CRIU is privileged',
  },
];

/** Pure: the known failure that a line of a log tells of. */
export function matchFailure(text: string): KnownFailure | undefined {
  return KnownFailures.find(({ pattern }) => pattern.test(text));
}
