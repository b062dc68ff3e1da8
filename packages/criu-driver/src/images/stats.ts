import { bytesOf, numberOf, readMessage, type WireField } from "./wire.ts";

/** CRIU's statistics of a dump. Times are in milliseconds, pages in pages of the dumping kernel. */
export interface DumpStats {
  /** Until the whole tree stood still. */
  readonly freezingMs: number;
  /** How long it stood still: the number users feel. */
  readonly frozenMs: number;
  /** Until its memory was taken. */
  readonly memdumpMs: number;
  /** Until its memory was written. */
  readonly memwriteMs: number;
  /** Time to find the names of watched inodes. */
  readonly irmapResolveMs?: number;
  readonly pagesScanned: bigint;
  /** Pages that an earlier pre-dump has, unchanged. */
  readonly pagesSkippedParent: bigint;
  readonly pagesWritten: bigint;
  readonly sharedPagesWritten?: bigint;
}

/** CRIU's statistics of a restore. Times are in milliseconds. */
export interface RestoreStats {
  readonly forkingMs: number;
  readonly restoreMs: number;
  readonly pagesCompared: bigint;
  readonly pagesRestored?: bigint;
}

/**
 * Pure: reads the message of `stats-dump`; `undefined` when it is one of another operation.
 *
 * @see `images/stats.proto` in CRIU's sources
 */
export function parseDumpStats(fields: readonly WireField[]): DumpStats | undefined {
  const dump = bytesOf(fields, 1);
  if (dump === undefined) return undefined;
  const inner = readMessage(dump);
  const irmap = numberOf(inner, 8);
  const shared = numberOf(inner, 14);
  return {
    freezingMs: milliseconds(inner, 1),
    frozenMs: milliseconds(inner, 2),
    memdumpMs: milliseconds(inner, 3),
    memwriteMs: milliseconds(inner, 4),
    ...(irmap === undefined ? {} : { irmapResolveMs: Number(irmap) / 1000 }),
    pagesScanned: numberOf(inner, 5) ?? 0n,
    pagesSkippedParent: numberOf(inner, 6) ?? 0n,
    pagesWritten: numberOf(inner, 7) ?? 0n,
    ...(shared === undefined ? {} : { sharedPagesWritten: shared }),
  };
}

/** Pure: reads the message of `stats-restore`; `undefined` when it is one of another operation. */
export function parseRestoreStats(fields: readonly WireField[]): RestoreStats | undefined {
  const restore = bytesOf(fields, 2);
  if (restore === undefined) return undefined;
  const inner = readMessage(restore);
  const restored = numberOf(inner, 5);
  return {
    forkingMs: milliseconds(inner, 3),
    restoreMs: milliseconds(inner, 4),
    pagesCompared: numberOf(inner, 1) ?? 0n,
    ...(restored === undefined ? {} : { pagesRestored: restored }),
  };
}

/** CRIU counts microseconds in 32 bits: 71 minutes and it begins again. */
function milliseconds(fields: readonly WireField[], number: number): number {
  return Number(numberOf(fields, number) ?? 0n) / 1000;
}
