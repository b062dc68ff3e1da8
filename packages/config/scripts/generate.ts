import { writeFileSync } from "node:fs";

import { configSchema } from "../src/schema.ts";
import { validatorModule } from "./validator.ts";

/** Writes everything that is made from the schema; src/generated.test.ts fails when one of them is stale. */
writeFileSync(new URL("../src/generated/validate.js", import.meta.url), validatorModule(configSchema));
writeFileSync(new URL("../schema.json", import.meta.url), `${JSON.stringify(configSchema, null, 2)}\n`);
