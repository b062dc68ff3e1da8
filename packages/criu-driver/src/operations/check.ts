import { tmpdir } from "node:os";
import { checkArguments } from "../arguments/check.ts";
import { CriuError } from "../error.ts";
import { parseLogLine } from "../log/line.ts";
import { significanceOf } from "../log/noise.ts";
import type { CriuOptions } from "../options.ts";
import { type CriuVersion, readVersion, runForOutput } from "./version.ts";

/** A feature of the kernel that `criu check --feature` knows by name. */
export type CriuFeature =
  | "mem_dirty_track"
  | "pagemap_scan"
  | "pidfd_store"
  | "clone3_set_tid"
  | "timens"
  | "uffd"
  | "seccomp_filters"
  | "network_lock_nftables"
  | (string & {});

/** What to look at. */
export interface CheckOptions {
  /** Features to ask for one by one, each by a run of CRIU of some 50 ms. */
  readonly features?: readonly CriuFeature[] | undefined;
  /** Check for what `--unprivileged` needs. @defaultValue `false` */
  readonly unprivileged?: boolean | undefined;
  /** `"required"`: what every dump and restore needs; `"extra"`: what some tasks need; `"all"`: also what CRIU calls experimental. @defaultValue `"required"` */
  readonly scope?: "required" | "extra" | "all" | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What CRIU says about this machine. */
export interface CheckReport {
  /** CRIU can work here. Features do not count. */
  readonly ok: boolean;
  readonly version: CriuVersion;
  readonly features: ReadonlyMap<CriuFeature, boolean>;
  /** What CRIU complains about, in its words, without what it always complains about. */
  readonly problems: readonly string[];
}

/** Runs `criu check`. See {@link Criu.check} for what it throws. */
export async function runCheck(driver: CriuOptions, options: CheckOptions): Promise<CheckReport> {
  const { signal, unprivileged, scope } = options;
  const version = await readVersion(driver, signal);
  const shared = { unprivileged, folder: tmpdir(), configurationFiles: driver.configurationFiles };
  const { end, output } = await runForOutput(driver, checkArguments({ ...shared, scope }), signal);
  if (end.signal !== undefined) throw new CriuError("ERR_CRIU_CHECK", `criu check was killed by ${end.signal}`);
  const features = new Map<CriuFeature, boolean>();
  for (const feature of options.features ?? []) {
    const one = await runForOutput(driver, checkArguments({ ...shared, feature }), signal);
    if (/Unknown feature/.test(one.output)) {
      throw new CriuError(
        "ERR_CRIU_UNSUPPORTED",
        `CRIU ${version.major}.${version.minor} does not know the feature ${feature}`,
      );
    }
    features.set(feature, one.end.exitCode === 0);
  }
  return { ok: end.exitCode === 0, version, features, problems: problemsOf(output) };
}

/** Pure: what `criu check` prints, without its verdict and the lines that mean nothing. */
export function problemsOf(output: string): readonly string[] {
  return output.split("\n").flatMap((text, index) => {
    const line = parseLogLine(text, index + 1);
    const verdict = /^(Looks good|Does not look good|which, depending on|dump or restore failure)/.test(line.text);
    if (text.trim() === "" || verdict || significanceOf(line.text) === "harmless") return [];
    return [line.text];
  });
}
