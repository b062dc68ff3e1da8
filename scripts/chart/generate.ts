/** `pnpm chart`: makes of the chart's values.yaml its schema and the table in its README. */
import { readFileSync, writeFileSync } from "node:fs";
import { withValuesTable } from "./readme.ts";
import { documentedSchema } from "./schema.ts";
import { readValues } from "./values.ts";

const chart = new URL("../../charts/node-state-server/", import.meta.url);

/** Everything that is made, by its path in the chart's folder. generated.test.ts fails when one of them is stale. */
export const generated: Readonly<Record<string, () => string>> = {
  "values.schema.json": () => `${JSON.stringify(documentedSchema(readValues(readChart("values.yaml"))), null, 2)}\n`,
  "README.md": () => withValuesTable(readChart("README.md"), readValues(readChart("values.yaml"))),
};

/** Content of a file of the chart. */
export function readChart(path: string): string {
  return readFileSync(new URL(path, chart), "utf8");
}

if (import.meta.main) {
  for (const [path, make] of Object.entries(generated)) writeFileSync(new URL(path, chart), make());
}
