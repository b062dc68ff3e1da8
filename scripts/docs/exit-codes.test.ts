import { expect, it } from "vitest";
import { ExitCodes } from "../../packages/cli/src/exit-codes.ts";
import { sections, tableRows } from "./markdown.ts";
import { read } from "./repository.ts";

it("the README explains every exit status of crik's own for crik run", () => {
  const table = sections(read("README.md")).find(({ title }) => title === "Exit status");
  const documented = tableRows(table?.text ?? "").map(([status = ""]) => status);
  const { ok, found, ...ofRun } = ExitCodes;
  expect(documented).toEqual(["the application's own", "143", ...Object.values(ofRun).map(String)]);
  // These two are answers of the other commands.
  expect([ok, found]).toEqual([0, 1]);
});
