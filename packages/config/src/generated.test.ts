import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { generated } from "../scripts/generate.ts";
import { configSchema } from "./schema.ts";

describe("what is made from the schema", () => {
  it.each(Object.entries(generated))("%s is fresh (if not: pnpm --filter @crik/config generate)", (path, make) => {
    const text = readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
    // The formatter may lay JSON out as it likes.
    if (path.endsWith(".json")) expect(JSON.parse(text)).toEqual(JSON.parse(make()));
    else expect(text).toBe(make());
  });

  it("the schema itself is a valid JSON Schema 2020-12", () => {
    const ajv = new Ajv2020({ strict: false });
    expect(ajv.validateSchema(configSchema)).toBe(true);
  });

  it("the validator needs nothing at run time", () => {
    const module = readFileSync(new URL("./generated/validate.js", import.meta.url), "utf8");
    expect(module).not.toMatch(/require\(|import /u);
  });
});
