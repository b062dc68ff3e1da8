import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { codeBlocks, codeSpans, sections, tableRows } from "./markdown.ts";
import { filesEndingIn, read } from "./repository.ts";

function sectionOf(heading: string): string {
  return sections(read("docs/operations.md")).find(({ title }) => title === heading)?.text ?? "";
}

describe("docs/operations.md", () => {
  it("quotes what crik says in its log", () => {
    const sources = filesEndingIn(".ts", "packages")
      .filter((file) => !file.endsWith(".test.ts"))
      .map(read)
      .join("\n");
    const quoted = tableRows(sectionOf("Monitoring"))
      .flatMap(([, how = ""]) => codeSpans(how))
      .filter((text) => /^(the application|restoring) /u.test(text));
    expect(quoted.length).toBeGreaterThan(3);
    for (const line of quoted) expect(sources).toContain(line);
  });

  it("tells every event of the log", () => {
    const source = read("packages/wrapper/src/log-event.ts");
    const events = [...source.matchAll(/\| "([a-z-]+)"/gu)].map(([, event]) => event);
    const documented = tableRows(sectionOf("Monitoring")).flatMap(([cell = ""]) => codeSpans(cell));
    expect(documented.filter((span) => span !== "event").toSorted()).toEqual(events.toSorted());
  });

  it("has alerts on metrics that the manager exports", () => {
    const [block] = codeBlocks(sectionOf("Monitoring"));
    const { groups }: { readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[] } = parse(
      block?.code ?? "",
    );
    const used = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => expr.match(/\bcrik_\w+/gu) ?? []));
    const metrics = read("apps/manager/src/metrics.ts");
    expect(used.length).toBeGreaterThan(1);
    for (const name of used) expect(metrics).toContain(`name: "${name}"`);
  });

  it("says of every state of a generation what to do", () => {
    const source = read("packages/checkpoint-store/src/generation-name.ts");
    const [, union = ""] = /export type GenerationState =([^;]*);/u.exec(source) ?? [];
    const states = [...union.matchAll(/"([a-z]+)"/gu)].map(([, state]) => state);
    const documented = tableRows(sectionOf("When it went wrong")).flatMap(([cell = ""]) => codeSpans(cell));
    expect(documented.toSorted()).toEqual(states.toSorted());
  });
});
