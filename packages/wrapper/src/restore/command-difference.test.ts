import { describe, expect, it } from "vitest";
import { commandDifference } from "./command-difference.ts";

describe("the difference of two commands", () => {
  it("is none when they are the same", () => {
    expect(commandDifference(["a", "b"], ["a", "b"])).toBeUndefined();
  });

  it("is told by the first word that differs", () => {
    expect(commandDifference(["app", "--port", "80"], ["app", "--port", "81"])).toBe(
      'it was made of another command: word 3 was "80", and is "81"',
    );
  });

  it("is told by a word that is missing, or one more", () => {
    expect(commandDifference(["app"], ["app", "-v"])).toMatch(/word 2 was not there, and is "-v"$/);
    expect(commandDifference(["app", ""], ["app"])).toMatch(/word 2 was "", and is not there$/);
  });

  it("shows of a script only where it begins to differ", () => {
    const script = (end: string) => `${"while true; do work; done\n".repeat(20)}${end}${"# the rest ".repeat(20)}`;
    const text = commandDifference(["sh", "-c", script("exit 1")], ["sh", "-c", script("exit 2")]) ?? "";
    expect(text).toMatch(/word 3 was …".*exit 1# the rest .*"…, and is …".*exit 2# the rest .*"…$/);
    expect(text.length).toBeLessThan(300);
  });

  it("shows a script that has become longer at its end", () => {
    const script = "x".repeat(500);
    expect(commandDifference([script], [`${script} # more`])).toBe(
      `it was made of another command: word 1 was …"${"x".repeat(20)}", and is …"${"x".repeat(20)} # more"`,
    );
  });
});
