/**
 * Fetches CRIU: `node scripts/criu/fetch.ts [--arch x64|arm64] [--frozen | --renew-lock] [--archive URI]`.
 * Prints the directory that holds it.
 */
import { parseArgs } from "node:util";
import { ensureCriu } from "./ensure.ts";
import { parseArchitecture } from "./machine.ts";

export { ensureCriu } from "./ensure.ts";

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      arch: { type: "string", default: process.arch },
      frozen: { type: "boolean", default: false },
      "renew-lock": { type: "boolean", default: false },
      archive: { type: "string" },
    },
  });
  const criu = await ensureCriu({
    architecture: parseArchitecture(values.arch),
    lock: values["renew-lock"] ? "renew" : values.frozen ? "frozen" : "follow",
    archive: values.archive,
    log: (line) => console.error(line),
  });
  console.log(criu.directory);
}
