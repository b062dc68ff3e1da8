import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Sources } from "../../apps/manager/src/classify/sources.ts";
import { codeSpans, sections, tableRows } from "../docs/markdown.ts";
import { generated, readChart } from "./generate.ts";
import { schemaPaths } from "./schema.ts";
import { readValues } from "./values.ts";

const values = readValues(readChart("values.yaml"));

describe("what is made from the chart's values.yaml", () => {
  it.each(Object.entries(generated))("%s is fresh (if not: npx pnpm chart)", (path, make) => {
    // The formatter may lay JSON out as it likes.
    if (path.endsWith(".json")) expect(JSON.parse(readChart(path))).toEqual(JSON.parse(make()));
    else expect(readChart(path)).toBe(make());
  });
});

describe("the chart's values", () => {
  it("have the same keys in values.yaml and in the schema", () => {
    const inFile = values.map(({ path }) => path.join("."));
    expect(inFile.toSorted()).toEqual(schemaPaths(values).toSorted());
  });

  it("have each a row of the README's table, in the order of values.yaml", () => {
    const [table] = sections(readChart("README.md")).filter(({ title }) => title === "Values");
    const rows = tableRows(table?.text ?? "").flatMap(([key = ""]) => codeSpans(key));
    const documented = values.filter(({ group, description }) => !group || description !== "");
    expect(rows).toEqual(documented.map(({ path }) => path.join(".")));
  });

  it("are each explained by a comment", () => {
    const silent = values.filter(({ group, description }) => !group && description === "");
    expect(silent.map(({ path }) => path.join("."))).toEqual([]);
  });

  it("leave no map of the schema open in which a misspelt key would be lost", () => {
    const schema: unknown = JSON.parse(readChart("values.schema.json"));
    expect(openMaps(schema, "values")).toEqual([]);
  });
});

it("the sources in values.yaml are the manager's, on or off as they are there", () => {
  const inChart = values
    .filter(({ path }) => path.length === 3 && path[1] === "sources")
    .map(({ path, default: on }) => [path[2], on]);
  const inManager = Sources.map(({ name, onByDefault }) => [name, onByDefault]);
  expect(Object.fromEntries(inChart)).toEqual(Object.fromEntries(inManager));
});

it("the image that the chart runs has the version of the manager", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../apps/manager/package.json", import.meta.url), "utf8"));
  expect(parse(readChart("Chart.yaml"))).toMatchObject({ appVersion: version });
});

/** Maps with named keys that let others pass. `extraVolumes` is the one: a volume has one key of some thirty. */
function openMaps(node: unknown, path: string): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const open =
    "properties" in node && (!("additionalProperties" in node) || node.additionalProperties !== false) ? [path] : [];
  const below = Object.entries(node).flatMap(([key, child]) => openMaps(child, `${path}.${key}`));
  return [...open, ...below].filter((found) => !found.includes("extraVolumes"));
}
