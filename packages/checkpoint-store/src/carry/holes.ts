/** Smallest stretch of zeros that is kept as a hole. */
const BlockBytes = 4096;

/** Holes are found by reading: more than this of them in one file takes longer than an application should stand frozen. 16 GiB. */
export const HolesLimitBytes: number = 16 * 1024 ** 3;

/** Pure: the stretches of a buffer that are not whole blocks of zeros. */
export function dataRuns(buffer: Buffer): readonly { readonly from: number; readonly to: number }[] {
  const zeros = Buffer.alloc(BlockBytes);
  const runs: { from: number; to: number }[] = [];
  for (let from = 0; from < buffer.length; from += BlockBytes) {
    const to = Math.min(from + BlockBytes, buffer.length);
    if (buffer.compare(zeros, 0, to - from, from, to) === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.to === from) last.to = to;
    else runs.push({ from, to });
  }
  return runs;
}
