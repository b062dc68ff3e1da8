import { writeFileSync } from "node:fs";

import { configSchema } from "../src/schema.ts";
import { reference } from "./reference.ts";
import { validatorModule } from "./validator.ts";

/** Everything that is made from the schema, by path from the package. src/generated.test.ts fails when one of them is stale. */
export const generated: Readonly<Record<string, () => string>> = {
  "src/generated/validate.js": () => validatorModule(configSchema),
  "schema.json": () => `${JSON.stringify(configSchema, null, 2)}\n`,
  "../../docs/configuration.md": () => reference(configSchema),
};

if (import.meta.main) {
  for (const [path, make] of Object.entries(generated)) {
    writeFileSync(new URL(`../${path}`, import.meta.url), make());
  }
}
