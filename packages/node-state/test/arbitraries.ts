import fc from "fast-check";
import { type NodeStateRecord, type NodeStateSource, RecordLimits } from "../src/index.ts";

const since = fc.option(fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }), {
  nil: undefined,
});
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: "binary", maxLength }).map((characters) => characters.slice(0, maxLength).toWellFormed());

/** Node names. */
const nodeNames: fc.Arbitrary<string> = fc.stringMatching(
  /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z0-9]{1,9}){0,3}$/u,
);

const sources: fc.Arbitrary<NodeStateSource> = fc
  .record({ name: text(RecordLimits.sourceName), detail: text(RecordLimits.sourceDetail), since })
  .map(withoutUndefined);

/** Records that keep to the limits. */
export const records: fc.Arbitrary<NodeStateRecord> = fc
  .record({
    name: nodeNames,
    state: fc.constantFrom("ready", "shutting-down", "unknown"),
    reason: text(RecordLimits.reason),
    since,
    sources: fc.array(sources, { maxLength: 4 }),
  })
  .map(withoutUndefined);

function withoutUndefined<T extends { readonly since?: Date | undefined }>({
  since,
  ...rest
}: T): Omit<T, "since"> & { since?: Date } {
  return since === undefined ? rest : { ...rest, since };
}
