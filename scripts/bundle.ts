/**
 * Makes the bundle: `pnpm bundle [--arch x64|arm64] [--frozen] [--out DIR] [--main FILE]`.
 * `--frozen` is for releases: it fails when Debian no longer has the packages of criu.lock.json.
 */
import { parseArgs } from "node:util";
import { makeBundle } from "./bundle/make.ts";
import { formatSize, sizes } from "./bundle/sizes.ts";
import { parseArchitecture } from "./criu/machine.ts";
import { formatDuration, runSteps } from "./steps.ts";

const { values } = parseArgs({
  options: {
    arch: { type: "string", default: process.arch },
    frozen: { type: "boolean", default: false },
    out: { type: "string" },
    main: { type: "string" },
  },
});
const started = performance.now();
if (values.main === undefined) {
  const build = ["turbo", "run", "build", "--filter=@crik/cli...", "--output-logs=errors-only"] as const;
  const [built] = runSteps([{ name: "build the packages", command: build }]);
  if (built?.ok !== true) throw new Error("the packages do not build");
}
const { home, record, reused } = await makeBundle({
  architecture: parseArchitecture(values.arch),
  lock: values.frozen ? "frozen" : "follow",
  directory: values.out,
  main: values.main,
  log: (line) => console.log(`── ${line}`),
});
for (const { part, bytes } of sizes(record)) console.log(`${formatSize(bytes).padStart(10)}  ${part}`);
console.log(`${home}: crik ${record.crik}, CRIU ${record.criu.criu}, ${record.runtime.name} ${record.runtime.version}`);
console.log(`${reused ? "up to date" : "made"} in ${formatDuration(performance.now() - started)}`);
