import { describe, expect, it } from "vitest";
import { ageText, bytesText, printable, shellText, table } from "./text.ts";

describe("text for people", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KiB"],
    [2 ** 30, "1.0 GiB"],
    [2 ** 52, "4096.0 TiB"],
  ])("%i bytes are %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    ["2026-01-01T00:00:00Z", "0s"],
    ["2025-12-31T23:58:31Z", "89s"],
    ["2025-12-31T23:57:00Z", "3m"],
    ["2025-12-31T12:00:00Z", "12h"],
    ["2025-12-01T00:00:00Z", "31d"],
    ["2027-01-01T00:00:00Z", "0s"],
    ["nonsense", "?"],
  ])("%s is %s ago", (moment, age) => {
    expect(ageText(moment, new Date("2026-01-01T00:00:00Z"))).toBe(age);
  });

  it("control characters are replaced", () => {
    expect(printable("a\u001B[31m\u009B\nb é")).toBe("a�[31m��b é");
  });

  it.each([
    [["python3", "worker.py", "--log=/var/log/a.txt", "é"], "python3 worker.py --log=/var/log/a.txt é"],
    [["echo", "", "a b", "it's"], "echo '' 'a b' 'it'\\''s'"],
    [["a\nb", "\t\u001B[2J'\\", "\u009B"], "$'a\\nb' $'\\t\\u001b[2J\\'\\\\' $'\\u009b'"],
  ])("%j is a command that a shell takes", (words, text) => {
    expect(shellText(words)).toBe(text);
  });

  it("columns line up", () => {
    expect(
      table(
        ["A", "B"],
        [
          ["long", "x"],
          ["s", ""],
        ],
      ),
    ).toBe("A     B\nlong  x\ns");
  });
});
