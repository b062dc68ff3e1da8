import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRecord, encodeRecord, MaxRecordBytes, type NodeStateRecord, RecordLimits } from "../src/index.ts";
import { records } from "./arbitraries.ts";

const record: NodeStateRecord = {
  name: "n1",
  state: "shutting-down",
  reason: "Karpenter disrupts the node",
  since: new Date("2026-11-25T10:00:00.000Z"),
  sources: [{ name: "karpenter", detail: "taint karpenter.sh/disrupted", since: new Date("2026-11-25T10:00:00.000Z") }],
};

describe("a record as JSON", () => {
  it("has the form that is promised", () => {
    expect(encodeRecord(record)).toBe(
      '{"name":"n1","state":"shutting-down","reason":"Karpenter disrupts the node","since":"2026-11-25T10:00:00.000Z",' +
        '"sources":[{"name":"karpenter","detail":"taint karpenter.sh/disrupted","since":"2026-11-25T10:00:00.000Z"}]}',
    );
  });

  it("comes back as it went", () => {
    fc.assert(
      fc.property(records, (sent) => {
        expect(decodeRecord(encodeRecord(sent))).toEqual(sent);
      }),
    );
  });

  it("is cut to the limits, so that it can always be read", () => {
    // The longest that there is: characters that JSON needs six bytes for.
    const long = "\u0001".repeat(40_000);
    const source = { name: long, detail: long, since: new Date() };
    const huge = encodeRecord({ ...record, name: "a".repeat(253), reason: long, sources: Array(100).fill(source) });
    expect(Buffer.byteLength(huge)).toBeLessThan(MaxRecordBytes);
    const { reason, sources } = decodeRecord(huge);
    expect(reason).toHaveLength(RecordLimits.reason);
    expect(reason.endsWith("…")).toBe(true);
    expect(sources).toHaveLength(RecordLimits.sources);
  });

  it("is never cut within a character", () => {
    const { reason } = decodeRecord(encodeRecord({ ...record, reason: `${"x".repeat(RecordLimits.reason - 2)}🧊🧊` }));
    expect(reason).toBe(`${"x".repeat(RecordLimits.reason - 2)}…`);
  });

  it("leaves out a time that cannot be written", () => {
    const sources = [{ name: "kubelet", detail: "", since: new Date(8.64e15) }];
    const decoded = decodeRecord(encodeRecord({ ...record, since: new Date(Number.NaN), sources }));
    expect(decoded).toEqual({
      name: "n1",
      state: "shutting-down",
      reason: record.reason,
      sources: [{ name: "kubelet", detail: "" }],
    });
  });

  it("may say more than this version knows", () => {
    const more = { ...JSON.parse(encodeRecord(record)), deadline: "soon", __proto__: null };
    expect(decodeRecord(JSON.stringify(more))).toEqual(record);
  });

  const valid = JSON.parse(encodeRecord(record));
  it.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["a list", "[]"],
    ["no name", { ...valid, name: undefined }],
    ["a name that is none", { ...valid, name: "../n1" }],
    ["no state", { ...valid, state: undefined }],
    ["a state of its own", { ...valid, state: "maintenance" }],
    ["a state out of the prototype", { ...valid, state: "constructor" }],
    ["no reason", { ...valid, reason: undefined }],
    ["a reason that is too long", { ...valid, reason: "x".repeat(RecordLimits.reason + 1) }],
    ["a time without a zone", { ...valid, since: "2026-11-25T10:00:00" }],
    ["a day that there is not", { ...valid, since: "2026-13-45T10:00:00Z" }],
    ["a number for a time", { ...valid, since: 1 }],
    ["null for a time", { ...valid, since: null }],
    ["no sources", { ...valid, sources: undefined }],
    ["sources that are no list", { ...valid, sources: { length: 0 } }],
    ["too many sources", { ...valid, sources: Array(RecordLimits.sources + 1).fill(valid.sources[0]) }],
    ["a source that is none", { ...valid, sources: ["kubelet"] }],
    ["a source without a name", { ...valid, sources: [{ detail: "" }] }],
    ["a source without a detail", { ...valid, sources: [{ name: "kubelet" }] }],
  ])("is refused with %s", (_name, value) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    expect(() => decodeRecord(text)).toThrow(expect.objectContaining({ code: "ERR_NODE_STATE_PROTOCOL" }));
  });
});
