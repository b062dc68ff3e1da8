import { describe, expect, it } from "vitest";
import { ExitCodes } from "../../packages/cli/src/exit-codes.ts";
import { usages } from "../../packages/cli/src/usages.ts";
import { codeSpans, sections, tableRows } from "./markdown.ts";
import { read } from "./repository.ts";

/** First cells of the table under a heading of the README. */
function firstCells(heading: string): readonly string[] {
  const section = sections(read("README.md")).find(({ title }) => title === heading);
  return tableRows(section?.text ?? "").map(([cell = ""]) => cell);
}

describe("the README", () => {
  it("shows every command of crik in its right form", () => {
    expect(firstCells("Commands").flatMap(codeSpans)).toEqual(Object.values(usages));
  });

  it("explains every exit status of crik run", () => {
    const { ok, found, ...ofRun } = ExitCodes;
    expect(firstCells("Exit status")).toEqual(["the application's own", "143", ...Object.values(ofRun).map(String)]);
    // These two are answers of the other commands.
    expect([ok, found]).toEqual([0, 1]);
  });
});
