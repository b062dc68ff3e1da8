import type { Options } from "tsup";

/** One file with everything in it: the container image holds Node.js and this. */
const options: Options = {
  entry: ["src/main.ts"],
  format: "esm",
  target: "node24",
  platform: "node",
  sourcemap: true,
  clean: true,
  noExternal: [/.*/],
};

export default options;
