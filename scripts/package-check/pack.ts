import { mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "../criu/command.ts";
import type { PublishedPackage } from "./packages.ts";

/** Packs a package as it would be published; gives the path of the tarball. */
export async function pack(one: PublishedPackage, directory: string): Promise<string> {
  const target = join(directory, basename(one.directory));
  await mkdir(target, { recursive: true });
  // pnpm and not npm: it puts real versions where the manifest says `workspace:` and `catalog:`.
  await run(["pnpm", "pack", "--pack-destination", target], { directory: one.directory });
  const [tarball] = await readdir(target);
  if (tarball === undefined) throw new Error(`pnpm pack made no tarball of ${one.name}`);
  return join(target, tarball);
}

/**
 * Lets publint and attw look at a tarball.
 *
 * @throws Error with what they have found.
 */
export async function lintTarball(tarball: string): Promise<void> {
  await run(["publint", "run", "--strict", tarball]);
  await run(["attw", tarball, "--profile", "esm-only", "--no-emoji", "--format", "table-flipped"]);
}
