import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, numberOf, numbersOf, readMessage } from "./wire.ts";

function varint(value: bigint): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

describe("readMessage", () => {
  it("reads numbers of all sizes and bytes", () => {
    const bytes = Uint8Array.from([
      0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69, 0x1d, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0,
    ]);
    const fields = readMessage(bytes);
    expect(numberOf(fields, 1)).toBe(150n);
    expect(Buffer.from(bytesOf(fields, 2) ?? []).toString()).toBe("hi");
    expect(numberOf(fields, 3)).toBe(1n);
    expect(numberOf(fields, 4)).toBe(2n);
    expect(numberOf(fields, 5)).toBeUndefined();
    expect(bytesOf(fields, 1)).toBeUndefined();
  });

  it("takes the last of a field that comes twice, and all of a repeated one, packed or not", () => {
    const fields = readMessage(Uint8Array.from([0x08, 1, 0x08, 2, 0x0a, 2, 3, 4]));
    expect(numberOf(fields, 1)).toBe(2n);
    expect(numbersOf(fields, 1)).toEqual([1n, 2n, 3n, 4n]);
  });

  it.each([
    ["a field that ends too early", [0x12, 0x05, 0x01]],
    ["a number that ends too early", [0x08, 0x80]],
    ["a number of more than ten bytes", [0x08, ...Array.from({ length: 11 }, () => 0x80), 0]],
    ["a field number of zero", [0x00, 0x01]],
    ["an unknown wire type", [0x0b]],
    ["a length that would not fit into memory", [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])("refuses %s", (_, bytes) => {
    expect(() => readMessage(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  it("refuses more fields than any message has", () => {
    expect(() => readMessage(Uint8Array.from({ length: 200_002 }, (_, index) => (index % 2 === 0 ? 8 : 1)))).toThrow(
      RangeError,
    );
  });

  it("gives back any number that was written", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(numberOf(readMessage(Uint8Array.from([0x08, ...varint(value)])), 1)).toBe(value);
      }),
    );
  });

  it("answers any bytes with fields or a RangeError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const fields = readMessage(bytes);
          expect(fields.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
