import { describe, expect, it } from "vitest";

import { CommandNames } from "./command.ts";
import { parseCommandLine } from "./command-line.ts";
import { help } from "./help.ts";

describe.each([undefined, ...CommandNames])("the help of %s", (topic) => {
  const text = help(topic);

  it("is what it was (update the golden file on purpose)", async () => {
    await expect(text).toMatchFileSnapshot(`./golden/help-${topic ?? "crik"}.txt`);
  });

  it("fits into 100 columns, and ends with one newline", () => {
    expect(text.split("\n").filter((line) => line.length > 100)).toEqual([]);
    expect(text).toMatch(/[^\n]\n$/u);
  });

  it("names only options that exist, and its examples are understood", () => {
    if (topic === undefined) return;
    for (const [, option] of text.matchAll(/^ {2}(--[a-z-]+)/gmu)) {
      const parsed = parseCommandLine([topic, `${option}=1`, "x"]);
      expect(parsed.ok ? "" : parsed.problem.message).not.toContain("has no option");
    }
    for (const [, line = ""] of text.matchAll(/^ {2}(?:[A-Z_]+=\S+ |kubectl .* -- \S*\/)?crik (.*?)(?: \| .*)?$/gmu)) {
      expect(parseCommandLine(line.split(" ")), line).toMatchObject({ ok: true });
    }
  });
});
