import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type EnsureCriuOptions, ensureCriu } from "../criu/ensure.ts";
import { type Architecture, parseArchitecture } from "../criu/machine.ts";
import { compile } from "./compile.ts";
import { digestInputs } from "./inputs.ts";
import { checkLibraries, layOut } from "./layout.ts";
import { copyLicences, nativeLicences, npmLicences } from "./licences.ts";
import { type BundleRecord, readRecord, settleTimes, writeRecord } from "./record.ts";
import { readRuntime } from "./runtime.ts";

/** How to make a bundle. */
export interface MakeBundleOptions {
  /** @defaultValue the architecture of this machine */
  readonly architecture?: Architecture | undefined;
  /** What to do when CRIU's lock cannot be followed; a release is `frozen`. @defaultValue "follow" */
  readonly lock?: EnsureCriuOptions["lock"];
  /** Where `crik/` goes. @defaultValue `dist/bundle/linux-<architecture>` */
  readonly directory?: string | undefined;
  /** A program to bundle in place of the `crik` command, for tests. @defaultValue the `crik` of packages/cli */
  readonly main?: string | undefined;
  /** Gets one line as each step ends. @defaultValue silence */
  readonly log?: ((line: string) => void) | undefined;
}

/** A bundle on disk. */
export interface Bundle {
  /** Absolute path of the folder that becomes `/opt/crik`. */
  readonly home: string;
  readonly record: BundleRecord;
  /** Whether it was there already, made from the same inputs. */
  readonly reused: boolean;
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Makes the folder that is crik in any image: launcher, runtime, CRIU, libraries, loader and licences.
 * The packages must be built. Made aside and renamed into place; nothing is done when the inputs are those of the bundle that is there.
 *
 * @throws Error when a part cannot be built, fetched or found.
 */
export async function makeBundle(options: MakeBundleOptions = {}): Promise<Bundle> {
  const architecture = options.architecture ?? parseArchitecture(process.arch);
  const directory = resolve(options.directory ?? join(root, "dist/bundle", `linux-${architecture}`));
  const home = join(directory, "crik");
  const log = options.log ?? (() => {});
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    log(`${name} (${Math.round(performance.now() - started)} ms)`);
    return result;
  };

  const criu = await step("get CRIU", () => ensureCriu({ architecture, lock: options.lock, log }));
  const runtime = await readRuntime();
  const main = options.main === undefined ? join(root, "packages/cli/dist/bin.js") : resolve(options.main);
  const facts = [architecture, criu.directory.split("/").at(-1) ?? "", runtime.version, main.slice(root.length)];
  const inputs = await step("compare the inputs", () => digestInputs(root, facts));
  const present = await readRecord(home);
  if (present?.inputs === inputs && options.main === undefined) return { home, record: present, reused: true };

  await mkdir(directory, { recursive: true });
  const aside = await mkdtemp(join(directory, "making-"));
  try {
    const made = join(aside, "crik");
    const core = join(aside, "crik-core");
    const sources = await step("compile crik-core", () => compile({ main, architecture, runtime, output: core }));
    const native = join(root, "packages/init/dist", `linux-${architecture}`);
    await step("lay out", () => layOut({ core, criu, native }, made));
    await step("collect licences", async () =>
      copyLicences([...nativeLicences(root), ...(await npmLicences(sources))], made),
    );
    await step("check libraries", () => checkLibraries(made));
    const version = await crikVersion();
    const record = await step("digest", () =>
      writeRecord(made, { crik: version, architecture, runtime, criu: criu.source, inputs }),
    );
    await settleTimes(made);
    await rename(home, join(aside, "old")).catch(() => {});
    await rename(made, home);
    return { home, record, reused: false };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function crikVersion(): Promise<string> {
  const manifest: { readonly version: string } = JSON.parse(
    await readFile(join(root, "packages/cli/package.json"), "utf8"),
  );
  return manifest.version;
}
