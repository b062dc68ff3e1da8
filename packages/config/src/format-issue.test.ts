import { describe, expect, it } from "vitest";

import { formatIssue } from "./format-issue.ts";
import { parseConfig } from "./parse.ts";

async function first(text: string, color?: boolean): Promise<string> {
  const result = await parseConfig(text, { file: "config.yaml" });
  const [issue] = result.ok ? result.warnings : result.issues;
  return issue === undefined ? "no issue" : formatIssue(issue, text, { color });
}

describe("an issue is shown", () => {
  it("with its line and a caret under what is wrong", async () => {
    expect(`\n${await first("imageDir: /c\ngracePeroid: 30s\n")}\n`).toBe(`
config.yaml:2:1 error gracePeroid is not a key that crik knows; did you mean gracePeriod?
   2 | gracePeroid: 30s
       ^^^^^^^^^^^
`);
  });

  it("with the caret still under it when the line is long", async () => {
    const [, line = "", carets = ""] = (await first(`{imageDir: /${"x".repeat(300)}, tcp: closed}`)).split("\n");
    expect(line.length).toBeLessThanOrEqual(120);
    expect(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("closed");
  });

  it("without what could steer a terminal, and without a password", async () => {
    expect(await first('imageDir: /c\n"a\\u001bb": 1')).not.toMatch(/\p{Cc}(?<!\n)/u);
    expect(await first("imageDir: /c\n\u009bx: 1")).not.toMatch(/\p{Cc}(?<!\n)/u);
    const shown = await first("imageDir: /c\nnodeStateServerURL: http://me:secret@server\nnodeName: n\n");
    expect(shown).not.toContain("secret");
    expect(shown.split("\n")[2]?.indexOf("^")).toBe(shown.split("\n")[1]?.indexOf("http"));
  });

  it("in colour when asked", async () => {
    expect(await first("tcp: closed", true)).toContain("\u001B[31merror\u001B[0m");
  });
});
