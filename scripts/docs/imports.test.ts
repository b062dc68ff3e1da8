import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { codeSpans, sections, tableRows } from "./markdown.ts";
import { packages, read, root } from "./repository.ts";

/** One rule of dependency-cruiser, as far as it is read here. */
interface Rule {
  readonly from: { readonly path?: string };
  readonly to: { readonly path?: string; readonly pathNot?: string };
}

/** By package: which others its sources may import, as the rules enforce it. */
async function enforced(): Promise<ReadonlyMap<string, readonly string[]>> {
  const url = pathToFileURL(join(root, ".dependency-cruiser.mjs")).href;
  const module: unknown = await import(/* @vite-ignore */ url);
  const { forbidden } = (module as { readonly default: { readonly forbidden: readonly Rule[] } }).default;
  return new Map(
    forbidden.flatMap(({ from, to }) => {
      const [, folder] = /^\^packages\/([a-z-]+)\/src$/u.exec(from.path ?? "") ?? [];
      const [, allowed] = /^\^packages\/\(([a-z|-]+)\)\/$/u.exec(to.pathNot ?? "") ?? [];
      if (folder === undefined || allowed === undefined) return [];
      return [[folder, allowed.split("|").filter((other) => other !== folder)] as const];
    }),
  );
}

/** By package: the cells of its row in the table of ARCHITECTURE.md. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const table = sections(read("ARCHITECTURE.md")).find(({ title }) => title === "Who may import whom");
  return new Map(tableRows(table?.text ?? "").map(([name = "", ...cells]) => [codeSpans(name)[0] ?? "", cells]));
}

const names = packages().map(({ folder }) => folder);

describe("the table “Who may import whom” of ARCHITECTURE.md", () => {
  it("has a row for every package", () => {
    expect([...documented().keys()].sort()).toEqual([...names].sort());
  });

  it("says what .dependency-cruiser.mjs enforces", async () => {
    const rules = await enforced();
    const written = [...documented()].map(([folder, [, mayImport = ""]]) => [folder, [...codeSpans(mayImport)].sort()]);
    // A rule may name a package that is still to come.
    const checked = names.map((folder) => [
      folder,
      rules
        .get(folder)
        ?.filter((other) => names.includes(other))
        .sort(),
    ]);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(checked));
  });

  it.each(packages())("names the libraries that $name depends on", ({ folder, dependencies }) => {
    const [, , libraries = ""] = documented().get(folder) ?? [];
    const foreign = dependencies.filter((dependency) => !dependency.startsWith("@crik/"));
    expect([...codeSpans(libraries)].sort()).toEqual([...foreign].sort());
  });

  it.each(packages())("allows every package of ours that $name depends on", async ({ folder, dependencies }) => {
    const allowed = (await enforced()).get(folder) ?? [];
    const ours = dependencies
      .filter((dependency) => dependency.startsWith("@crik/"))
      .map((name) => name.slice("@crik/".length));
    expect(ours.filter((other) => !allowed.includes(other))).toEqual([]);
  });
});
