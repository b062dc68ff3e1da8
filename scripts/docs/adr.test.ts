import { describe, expect, it } from "vitest";
import { links, sections } from "./markdown.ts";
import { filesEndingIn, read } from "./repository.ts";

const records = filesEndingIn(".md", "docs/adr").filter((file) => !file.endsWith("README.md"));

describe("the decision records in docs/adr", () => {
  it("are numbered, each number once", () => {
    const numbers = records.map((file) => /\/(\d{4})-[a-z0-9-]+\.md$/u.exec(file)?.[1]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(records.length);
  });

  it("are all in the list, in their order", () => {
    const listed = links(read("docs/adr/README.md")).map(({ target }) => `docs/adr/${target}`);
    expect(listed.filter((target) => records.includes(target))).toEqual(records);
  });

  it.each(records)("%s says why, what, what follows, and what else was thought of", (file) => {
    const titles = sections(read(file)).map(({ title }) => title.toLowerCase());
    expect(titles).toEqual(expect.arrayContaining(["context", "decision", "consequences", "rejected"]));
  });
});
