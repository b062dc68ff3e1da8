import { describe, type SuiteAPI } from "vitest";

/** Why there can be no real API server here; `undefined` when there can. */
export const whyNoApiServer: string | undefined =
  process.platform !== "linux"
    ? "etcd and the tools come from Debian packages, for Linux"
    : process.arch !== "x64"
      ? "helm and kubectl come as x86-64 programs"
      : undefined;

if (whyNoApiServer !== undefined && process.env["CI"] !== undefined) {
  throw new Error(`the tests with a real API server cannot run: ${whyNoApiServer}`);
}

/** `describe` for what needs a real API server: skipped only where the platform has none, and never in CI. */
export const describeApiServer: SuiteAPI | SuiteAPI["skip"] = whyNoApiServer === undefined ? describe : describe.skip;
