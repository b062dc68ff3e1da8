import { join } from "node:path";
import { makeBundle } from "../scripts/bundle/make.ts";
import { type BundleRecord, readRecord } from "../scripts/bundle/record.ts";
import { runSteps } from "../scripts/steps.ts";

/** The crik that is measured. */
export interface MeasuredBundle {
  readonly home: string;
  readonly record: BundleRecord;
}

/**
 * The bundle that `CRIK_E2E_BUNDLE` names, or that of the working tree, built first.
 *
 * @throws Error when it cannot be built or is damaged
 */
export async function measuredBundle(): Promise<MeasuredBundle> {
  const named = process.env["CRIK_E2E_BUNDLE"];
  if (named !== undefined) {
    const record = await readRecord(named);
    if (record === undefined) throw new Error(`${join(named, "BUNDLE.json")} is missing, or not what is beside it`);
    return { home: named, record };
  }
  const [built] = runSteps([
    { name: "build", command: ["turbo", "run", "build", "--filter=@crik/cli...", "--output-logs=errors-only"] },
  ]);
  if (built?.ok !== true) throw new Error("the packages do not build");
  return makeBundle();
}
