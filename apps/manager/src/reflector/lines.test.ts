import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createLines, LongestLineBytes } from "./lines.ts";

function linesOf(chunks: readonly Buffer[]) {
  const found: string[] = [];
  const lines = createLines((line) => found.push(line));
  for (const chunk of chunks) lines.push(chunk);
  return { found, isMidLine: lines.isMidLine };
}

describe("lines", () => {
  it("are the same however the bytes are cut", () => {
    const line = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => !text.includes("\n") && text.trim() !== "");
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(200)), (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        const chunks: Buffer[] = [];
        let from = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(from, from + cut));
          from += cut;
        }
        chunks.push(bytes.subarray(from));
        expect(linesOf(chunks)).toEqual({ found: texts, isMidLine: false });
      }),
    );
  });

  it("that are empty are left out", () => {
    expect(linesOf([Buffer.from("\n\na\n \n\r\nb\n")]).found).toEqual(["a", "b"]);
  });

  it("that are not complete are known", () => {
    expect(linesOf([Buffer.from("a\nb")])).toEqual({ found: ["a"], isMidLine: true });
  });

  it("that are longer than allowed are an error before they fill the memory", () => {
    const lines = createLines(() => {});
    const chunk = Buffer.alloc(1024 * 1024, "x");
    expect(() => {
      for (let bytes = 0; bytes <= LongestLineBytes; bytes += chunk.length) lines.push(chunk);
    }).toThrow(/longer than/u);
  });
});
