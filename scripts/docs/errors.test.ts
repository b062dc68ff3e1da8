import { describe, expect, it } from "vitest";
import { codeSpans, sections, tableRows } from "./markdown.ts";
import { filesEndingIn, packages, read } from "./repository.ts";

/** The codes of a package: the members of every exported `…ErrorCode` union in its sources. */
function codesInSource(folder: string): readonly string[] {
  const unions = filesEndingIn(".ts", `packages/${folder}/src`)
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => read(file).replaceAll(/\/\*.*?\*\//gsu, ""))
    .flatMap((source) => [...source.matchAll(/export type \w*ErrorCode\s*=([^;]*);/gu)].map(([, union = ""]) => union));
  return unions.flatMap((union) => [...union.matchAll(/"(ERR_[A-Z0-9_]+)"/gu)].map(([, code = ""]) => code)).sort();
}

/** The table of docs/errors.md under the package's heading: code, cause, what is left behind, remedy. */
function rowsInDocument(name: string): readonly (readonly string[])[] {
  const found = sections(read("docs/errors.md")).filter(({ title }) => title === name || title === `\`${name}\``);
  return found.flatMap(({ text }) => tableRows(text));
}

describe.each(packages())("the error codes of $name in docs/errors.md", ({ name, folder }) => {
  const rows = rowsInDocument(name);

  it("are those of its code, each once", () => {
    const documented = rows.flatMap(([code = ""]) => codeSpans(code));
    expect([...documented].sort()).toEqual(codesInSource(folder));
  });

  it("have a cause, what is left behind, and a remedy", () => {
    const incomplete = rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell === ""));
    expect(incomplete).toEqual([]);
  });
});
