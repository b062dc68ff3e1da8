import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./criu/command.ts";

/** A package of the registry, named so that its content cannot change. */
export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  /** As `npm view PACKAGE dist.integrity` shows it. */
  readonly integrity: string;
}

/**
 * Gives the folder of a package that pnpm does not install, being one of a foreign machine: it comes by `npm pack`, once, and is kept in `~/.cache/crik/npm`.
 *
 * @throws Error when the package does not have the pinned integrity.
 */
export async function unpackPublished({ name, version, integrity }: PublishedPackage): Promise<string> {
  const plainName = name.replace("@", "").replace("/", "-");
  const cache = join(homedir(), ".cache/crik/npm");
  const directory = join(cache, `${plainName}-${version}`);
  if ((await readFile(join(directory, "package.json")).catch(() => undefined)) !== undefined) return directory;
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(`${directory}.making-`);
  try {
    await run(["npm", "pack", "--silent", `${name}@${version}`], { directory: aside });
    const tarball = join(aside, `${plainName}-${version}.tgz`);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(tarball))
      .digest("base64")}`;
    if (found !== integrity) throw new Error(`${name}@${version} has integrity ${found}, pinned is ${integrity}`);
    await run(["tar", "-xzf", tarball, "-C", aside]);
    await rename(join(aside, "package"), directory).catch((error: unknown) => {
      // Somebody else was first: theirs passed the same check.
      if (!(error instanceof Error && "code" in error && error.code === "ENOTEMPTY")) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return directory;
}
