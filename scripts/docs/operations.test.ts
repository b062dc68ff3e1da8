import { describe, expect, it } from "vitest";
import { codeSpans, sections, tableRows } from "./markdown.ts";
import { read } from "./repository.ts";

describe("docs/operations.md", () => {
  it("says of every state of a generation what to do", () => {
    const source = read("packages/checkpoint-store/src/generation-name.ts");
    const [, union = ""] = /export type GenerationState =([^;]*);/u.exec(source) ?? [];
    const states = [...union.matchAll(/"([a-z]+)"/gu)].map(([, state]) => state);
    const section = sections(read("docs/operations.md")).find(({ title }) => title === "When it went wrong");
    const documented = tableRows(section?.text ?? "").flatMap(([cell = ""]) => codeSpans(cell));
    expect(documented.toSorted()).toEqual(states.toSorted());
  });
});
