import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatBytes, parseBytes } from "./bytes.ts";

describe("a size", () => {
  it.each([
    ["512Mi", 536_870_912],
    ["1Gi", 1_073_741_824],
    ["1.5Gi", 1_610_612_736],
    ["1G", 1_000_000_000],
    ["5k", 5000],
    ["5Ki", 5120],
    ["1048576", 1_048_576],
    [1024, 1024],
    [0, 0],
  ])("%s is %i bytes", (quantity, bytes) => {
    expect(parseBytes(quantity)).toBe(bytes);
  });

  it.each(["", "1GB", "1GiB", "1K", "1g", "1 Gi", "-1", "1e9", "Gi", "9999999Ti", Number.NaN, -1])(
    "%s is none",
    (quantity) => {
      expect(parseBytes(quantity)).toBeUndefined();
    },
  );

  it("is read back as it was written", () => {
    fc.assert(fc.property(fc.maxSafeNat(), (bytes) => parseBytes(formatBytes(bytes)) === bytes));
  });
});
