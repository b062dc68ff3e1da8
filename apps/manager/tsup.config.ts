import type { Options } from "tsup";

/**
 * Everything that a pod needs is in main.js; beside it lies what only a kubeconfig needs. The container image holds Node.js and these.
 */
const options: Options = {
  entry: ["src/main.ts"],
  format: "esm",
  target: "node24",
  platform: "node",
  sourcemap: true,
  clean: true,
  splitting: true,
  noExternal: [/.*/],
  // CommonJS dependencies ask for node: modules by require().
  banner: {
    js: 'import { createRequire as createRequireOfNode } from "node:module"; const require = createRequireOfNode(import.meta.url);',
  },
};

export default options;
