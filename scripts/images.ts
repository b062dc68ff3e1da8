/**
 * Makes the container images without docker: `pnpm images [--arch x64|arm64] [--out DIRECTORY] [--inputs] [--frozen | --renew-lock] [NAME...]`.
 *
 * NAME is a folder of `images/`, or `busybox` or `python`: images that stand for the public ones which the examples name. `--inputs` makes only what `docker build` needs.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseArchitecture } from "./criu/machine.ts";
import { makeImages } from "./images/make.ts";
import { repository } from "./images/recipes.ts";
import { formatDuration } from "./steps.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    arch: { type: "string", default: process.arch },
    out: { type: "string", default: join(repository, "dist/images") },
    inputs: { type: "boolean", default: false },
    frozen: { type: "boolean", default: false },
    "renew-lock": { type: "boolean", default: false },
  },
});
if (values.frozen && values["renew-lock"]) throw new Error("--frozen and --renew-lock exclude each other");
const started = performance.now();
const images = await makeImages({
  architecture: parseArchitecture(values.arch),
  directory: resolve(values.out),
  names: positionals,
  inputsOnly: values.inputs,
  lock: values["renew-lock"] ? "renew" : values.frozen ? "frozen" : "follow",
  log: (line) => console.log(`── ${line}`),
});
for (const { file, reference, digest } of images) console.log(`${file}: ${reference}@${digest}`);
console.log(`made in ${formatDuration(performance.now() - started)}`);
