/**
 * Looks at the packages as npm's users get them: `pnpm package-check`, after a build.
 * Packs each, has publint and attw judge the tarball, installs all tarballs into an empty project, imports every
 * entry point there and runs the first example of every README.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importEntries, installTarballs, runExample } from "./package-check/consumer.ts";
import { lintTarball, pack } from "./package-check/pack.ts";
import { type PublishedPackage, publishedPackages } from "./package-check/packages.ts";
import { formatDuration } from "./steps.ts";

const failures: string[] = [];

async function check<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  const started = performance.now();
  try {
    const result = await work();
    const remark = result === false ? " (none)" : "";
    console.log(`ok     ${name}${remark} (${formatDuration(performance.now() - started)})`);
    return result;
  } catch (error) {
    failures.push(name);
    console.log(`FAILED ${name}\n${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const packages = await publishedPackages(join(import.meta.dirname, ".."));
const directory = await mkdtemp(join(tmpdir(), "crik-package-check-"));
try {
  const tarballs: string[] = [];
  for (const one of packages) {
    const tarball = await check(`${one.name}: pack`, () => pack(one, directory));
    if (tarball === undefined) continue;
    tarballs.push(tarball);
    await check(`${one.name}: publint and attw`, () => lintTarball(tarball));
  }
  const peers = packages.flatMap((one) => one.peers);
  const project = await check("install all tarballs", () => installTarballs(tarballs, peers, directory));
  if (project !== undefined) for (const one of packages) await checkInstalled(one, project);
} finally {
  await rm(directory, { recursive: true, force: true });
}
console.log(failures.length === 0 ? `${packages.length} packages are fit to publish` : `${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function checkInstalled(one: PublishedPackage, project: string): Promise<void> {
  await check(`${one.name}: import`, () => importEntries(one, project));
  await check(`${one.name}: example of the README`, () => runExample(one, project));
}
