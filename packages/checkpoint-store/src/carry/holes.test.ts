import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataRuns } from "./holes.ts";

describe("the data in a file with holes", () => {
  it("and the zeros between make the file again", () => {
    const block = fc.constantFrom(Buffer.alloc(4096), Buffer.alloc(4096, 1), Buffer.from([...Buffer.alloc(4095), 7]));
    const tail = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), tail, (blocks, end) => {
        const whole = Buffer.concat([...blocks, end]);
        const again = Buffer.alloc(whole.length);
        let last = -1;
        for (const { from, to } of dataRuns(whole)) {
          expect(from).toBeGreaterThan(last);
          whole.copy(again, from, from, to);
          last = to;
        }
        expect(again.equals(whole)).toBe(true);
      }),
    );
  });

  it("is nothing when all is zeros", () => {
    expect(dataRuns(Buffer.alloc(10_000))).toEqual([]);
  });
});
