import { describe, expect, it } from "vitest";
import { Sources } from "../../apps/manager/src/classify/sources.ts";
import { parseCommandLine } from "../../apps/manager/src/command-line.ts";
import { createFreshness } from "../../apps/manager/src/freshness.ts";
import { help } from "../../apps/manager/src/help.ts";
import { createMetrics } from "../../apps/manager/src/metrics.ts";
import { createNodeStateStore } from "../../packages/node-state/src/server/store.ts";
import { codeSpans, sections, tableRows } from "./markdown.ts";
import { read } from "./repository.ts";

/** What stands in code in the first cells of the tables under a heading of the manager's README. */
function documented(heading: string): readonly string[] {
  const found = sections(read("apps/manager/README.md")).filter(({ title }) => title === heading);
  return found.flatMap(({ text }) => tableRows(text)).flatMap(([cell = ""]) => codeSpans(cell));
}

describe("the manager's README", () => {
  it("has the flags of its help text, and the program knows each of them", () => {
    const inHelp = [...help().matchAll(/(?<=^ {2}|, )--[a-z-]+/gmu)].map(([flag]) => flag);
    expect(documented("Flags").map((flag) => flag.replace(/ .*/u, ""))).toEqual(inHelp);
    for (const flag of inHelp) {
      expect(JSON.stringify(parseCommandLine([flag]))).not.toContain("Unknown option");
    }
  });

  it("has every source, and says which are off by default", () => {
    const found = sections(read("apps/manager/README.md")).filter(({ title }) => title === "Sources");
    const rows = found.flatMap(({ text }) => tableRows(text)).map(([cell = ""]) => cell);
    const byDefault = (onByDefault: boolean): string => (onByDefault ? "" : " (off)");
    expect(rows.toSorted()).toEqual(
      Sources.map(({ name, onByDefault }) => `\`${name}\`${byDefault(onByDefault)}`).toSorted(),
    );
  });

  it("has every metric", async () => {
    const metrics = createMetrics({
      version: "1",
      store: createNodeStateStore(),
      freshness: createFreshness(),
      isReady: () => false,
      watchers: () => 0,
    });
    const { text } = await metrics.expose();
    const names = [...text.matchAll(/^# TYPE (crik_\S+)/gmu)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(10);
    const inReadme = documented("Metrics").map((name) => name.replace(/\{.*/u, ""));
    expect(inReadme.filter((name) => name.startsWith("crik_")).toSorted()).toEqual(names.toSorted());
  });

  it("has every code that the log and the metrics may have", () => {
    const codes = ["apps/manager/src/api-error.ts", "apps/manager/src/manager-error.ts"]
      .map((file) => read(file).replaceAll(/\/\*.*?\*\//gsu, ""))
      .flatMap((source) => [...source.matchAll(/export type \w*ErrorCode\s*=([^;]*);/gu)])
      .flatMap(([, union = ""]) => [...union.matchAll(/"(ERR_[A-Z0-9_]+)"/gu)].map(([, code = ""]) => code));
    expect(codes).toHaveLength(10);
    expect(documented("Log").toSorted()).toEqual(codes.toSorted());
  });
});
