import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type NativePrograms, nativePrograms } from "@crik/init";

/** A program and the arguments that start it. */
export type CommandPrefix = readonly [program: string, ...args: string[]];

/** Where crik finds what it runs. */
export interface Programs {
  readonly native: NativePrograms;
  readonly criu: CommandPrefix;
  /** The same for dumps: with the library that lets CRIU read the limits of other users' processes without CAP_SYS_RESOURCE. */
  readonly criuDump: CommandPrefix;
  /** Known without running it, in the bundle; `undefined`: ask it. */
  readonly criuVersion: string | undefined;
}

/**
 * The programs of the bundle when the launcher has started us (`home`), else those of the installed package and a `criu` from the PATH.
 *
 * @param criuPath - `criu.path` of the configuration: wins over both
 * @throws InitError when the native programs are not there
 */
export function findPrograms(home: string | undefined, criuPath: string | undefined): Programs {
  const native = home === undefined ? nativePrograms() : nativePrograms({ directory: join(home, "libexec") });
  if (criuPath !== undefined || home === undefined) {
    const criu = criuPath ?? "criu";
    return {
      native,
      criu: [criu],
      criuDump: ["env", `LD_PRELOAD=${native.preload.limits}`, criu],
      criuVersion: undefined,
    };
  }
  const library = join(home, "lib");
  const loader = [join(library, loaderIn(library)), "--library-path", library] as const;
  const criu = join(home, "libexec", "criu");
  return {
    native,
    criu: [...loader, criu],
    criuDump: [...loader, "--preload", native.preload.limits, criu],
    criuVersion: bundledVersion(home),
  };
}

function loaderIn(library: string): string {
  const loader = readdirSync(library).find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
  if (loader === undefined) throw new Error(`${library} holds no dynamic loader: the bundle is incomplete`);
  return loader;
}

function bundledVersion(home: string): string | undefined {
  const record: { readonly criu?: { readonly criu?: string } } = JSON.parse(
    readFileSync(join(home, "BUNDLE.json"), "utf8"),
  );
  return record.criu?.criu;
}
