import { describe, expect, it } from "vitest";
import { anchors, codeBlocks, codeSpans, links, sections, tableRows } from "./markdown.ts";

describe("reading a document", () => {
  it("finds links, images and reference definitions, with their lines", () => {
    const text = 'A [b](c.md#d) and ![e](f.png "g").\n\n[h]: i.md\n';
    expect(links(text)).toEqual([
      { target: "c.md#d", line: 1 },
      { target: "f.png", line: 1 },
      { target: "i.md", line: 3 },
    ]);
  });

  it("takes nothing in code for a link", () => {
    expect(links("```md\n[a](b.md)\n```\nand `[c](d.md)`, ``[e](`f`)``, [g](h.md)\n")).toEqual([
      { target: "h.md", line: 4 },
    ]);
  });

  it("makes anchors as GitHub does", () => {
    const text =
      '# What `crik run` does\n## It\'s 1.2 & more\n## The same\n## The same\n```\n# not a heading\n```\n<a id="here"></a>\n';
    expect([...anchors(text)]).toEqual(["what-crik-run-does", "its-12--more", "the-same", "the-same-1", "here"]);
  });

  it("cuts at headings of every level", () => {
    expect(sections("x\n# A\na\n## B\nb\n")).toEqual([
      { title: "A", level: 1, text: "a" },
      { title: "B", level: 2, text: "b\n" },
    ]);
  });

  it("reads tables without their headings, and keeps an escaped bar", () => {
    expect(tableRows("| a | b |\n| --- | :-: |\n| 1 | `x\\|y` |\n\n| c |\n| - |\n| 2 |\n")).toEqual([
      ["1", "`x|y`"],
      ["2"],
    ]);
  });

  it("finds code blocks with what stands behind the fence", () => {
    expect(codeBlocks("````yaml config\n```\nimageDir: /x\n````\n")).toEqual([
      { language: "yaml config", code: "```\nimageDir: /x\n", line: 1 },
    ]);
  });

  it("finds what is in code font", () => {
    expect(codeSpans("`a` and `b`, `a`")).toEqual(["a", "b"]);
  });
});
