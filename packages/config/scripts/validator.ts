import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";

import type { SchemaNode } from "../src/schema-node.ts";

/** The schema as a JavaScript module that needs nothing at run time: ajv itself would cost 6.5 MB and 37 ms in every container. */
export function validatorModule(schema: SchemaNode): string {
  const ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true, optimize: 2 },
  });
  ajv.addVocabulary(["x-symptom", "x-default"]);
  // Titles, descriptions and symptoms do not decide anything; without them the module is a fifth of the size.
  const compiled = ajv.compile(bare(schema));
  const code = standaloneCode
    .default(ajv, compiled)
    .replace(/^export default .*$/mu, "")
    .replace('"use strict";', "");
  if (code.includes("require("))
    throw new Error("the validator would need ajv at run time: take the keyword out of the schema that asks for it");
  return `// Compiled from ../schema.ts by scripts/generate.ts. Do not edit.\n// biome-ignore-all lint: generated\n// biome-ignore-all format: generated\n${code.trim()}\n`;
}

const annotations: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "x-symptom",
  "x-default",
  "$id",
  "$schema",
]);

function bare(schema: SchemaNode): object {
  const strip = (value: unknown, isKeyMap: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => strip(item, false));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => isKeyMap || !annotations.has(key));
    return Object.fromEntries(
      entries.map(([key, child]) => [key, strip(child, !isKeyMap && (key === "properties" || key === "$defs"))]),
    );
  };
  return Object(strip(schema, false));
}
