/** Characters of a word that are shown from where it begins to differ, and before that. */
const Shown = 60;
const Before = 20;

/**
 * Pure: in words, where two commands differ; `undefined` when they do not. A word may be a whole script, so only the part of it is shown that differs.
 *
 * @param was - of the checkpoint
 * @param is - of this container
 */
export function commandDifference(was: readonly string[], is: readonly string[]): string | undefined {
  const length = Math.max(was.length, is.length);
  for (let index = 0; index < length; index++) {
    const [before, now] = [was[index], is[index]];
    if (before === now) continue;
    const from = differsFrom(before ?? "", now ?? "");
    return `it was made of another command: word ${index + 1} was ${excerpt(before, from)}, and is ${excerpt(now, from)}`;
  }
  return undefined;
}

function differsFrom(one: string, other: string): number {
  let from = 0;
  while (from < one.length && one[from] === other[from]) from += 1;
  return from;
}

function excerpt(word: string | undefined, from: number): string {
  if (word === undefined) return "not there";
  const start = word.length > Shown + Before ? Math.max(0, from - Before) : 0;
  const end = start + Shown + Before;
  return `${start > 0 ? "…" : ""}${JSON.stringify(word.slice(start, end))}${end < word.length ? "…" : ""}`;
}
