import { describe, type SuiteAPI } from "vitest";

const reason =
  process.platform !== "linux"
    ? "CRIU exists for Linux only"
    : process.getuid?.() !== 0
      ? "containers and CRIU need root"
      : undefined;

if (reason !== undefined && process.env["CI"] !== undefined) throw new Error(`the e2e tests cannot run: ${reason}`);
if (reason !== undefined) process.stderr.write(`\n*** e2e tests are skipped: ${reason} ***\n`);

/** `describe` for what needs real containers: skipped, loudly, only where the platform has none, and never in CI. */
export const describeContainers: SuiteAPI | SuiteAPI["skip"] = reason === undefined ? describe : describe.skip;
