import type { Options } from "tsup";

/** The one build recipe of every package: ESM with types, nothing minified, so that a stack trace can be read. */
export function library(entry: readonly string[] = ["src/index.ts"]): Options {
  return {
    entry: [...entry],
    format: "esm",
    target: "node22",
    platform: "node",
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
  };
}
