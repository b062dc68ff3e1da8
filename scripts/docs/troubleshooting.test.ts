import { describe, expect, it } from "vitest";
import { excerptOf, KnownFailures, parseLogLine } from "../../packages/criu-driver/src/index.ts";
import { codeSpans, sections, tableRows } from "./markdown.ts";
import { filesEndingIn, read } from "./repository.ts";

/** What users cannot meet: crik itself said no, or the driver was given a pid that nobody has. */
const NotTheirs = /\/(?:hook-refused(?:-debug)?|no-such-pid)\.log$/u;

/** The first cells of the tables: what CRIU or crik says, in code font, with `…` for what differs each time. */
const texts = tableRows(read("docs/troubleshooting.md")).flatMap(([symptom = ""]) => codeSpans(symptom));
const symptoms = texts.map((text) => new RegExp(text.split("…").map(escaped).join(".*"), "u"));

/** crik gives the driver pids that it has just looked at. */
const known = KnownFailures.filter(({ id }) => id !== "no-such-process");

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&");
}

/** What the driver shows as the cause of the failure that a real log tells of; `undefined` for a run that went well. */
function headlineOf(file: string): string | undefined {
  const lines = read(file)
    .split("\n")
    .map((text, index) => parseLogLine(text, index + 1));
  return excerptOf(file, lines).headline?.text;
}

const recorded = filesEndingIn(".log", "packages/criu-driver/test/fixtures")
  .filter((file) => !NotTheirs.test(file))
  .flatMap((file) => {
    const headline = headlineOf(file);
    return headline === undefined ? [] : [{ file, headline }];
  });

/** Lines of crik's own that the page quotes. */
const quoted = sections(read("docs/troubleshooting.md"))
  .filter(({ title }) => title === "What crik says")
  .flatMap(({ text }) => tableRows(text).flatMap(([line = ""]) => codeSpans(line)));

describe("docs/troubleshooting.md", () => {
  const sources = filesEndingIn(".ts", "packages")
    .filter((file) => !file.endsWith(".test.ts"))
    .map(read)
    .join("\n");

  it.each(quoted)("quotes what crik says: %s", (line) => {
    expect(sources.includes(line)).toBe(true);
  });

  it("is compared with real logs", () => {
    expect(recorded.length).toBeGreaterThan(0);
  });

  it.each(known)("explains $id, for which the driver has a hint", ({ pattern }) => {
    expect(texts.filter((text) => pattern.test(text.replaceAll("…", "1")))).not.toEqual([]);
  });

  it.each(recorded)("explains “$headline”", ({ headline }) => {
    expect(symptoms.filter((symptom) => symptom.test(headline))).not.toEqual([]);
  });
});
