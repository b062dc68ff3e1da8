/** Removes what a run left behind: `node sweep.ts RUN_DIRECTORY`. Its containers, mounts, cgroups and files. */
import { readdir, readFile, readlink, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import { deadRunDirectories } from "./run-directory.ts";

/** Each container's cgroup is `/crik-e2e/<name of its run directory>/<container>` in every hierarchy. */
export const cgroupParent = "crik-e2e";

/** Sweeps every run whose owner is gone; a run that is going on is left alone. */
export async function sweepDeadRuns(): Promise<void> {
  for (const directory of await deadRunDirectories()) await sweep(directory);
}

/** Sweeps one run. What is gone already does not matter. */
export async function sweep(directory: string): Promise<void> {
  const cgroups = await cgroupsOf(basename(directory));
  for (let round = 0; round < 20 && (await killMembers(cgroups)) + (await killFirstProcesses(directory)) > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const place of (await mountsBelow(directory)).reverse()) await run(["umount", "-l", place]).catch(() => {});
  await removeCgroups(basename(directory));
  // What was killed this moment may still have been writing.
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Removes a cgroup that nobody is in any more, and what is below it, from every hierarchy.
 *
 * @param name - below {@link cgroupParent}
 */
export async function removeCgroups(name: string): Promise<void> {
  for (const cgroup of await cgroupsOf(name)) {
    await removeTree(cgroup);
    // Not empty as long as something else goes on.
    await rmdir(dirname(cgroup)).catch(() => {});
  }
}

/** PID 1 of each container, and so everything in it: for a runtime that was told to make no cgroups. */
async function killFirstProcesses(directory: string): Promise<number> {
  let killed = 0;
  const ours = await readlink("/proc/self/ns/mnt");
  for (const container of await readdir(directory).catch(() => [])) {
    const pid = Number(await readFile(join(directory, container, "bundle/pid"), "utf8").catch(() => "0"));
    const mounts = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => "");
    const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => ours);
    // The pid may be another process's by now.
    if (pid <= 1 || namespace === ours || !mounts.includes(`${directory}/${container}/`)) continue;
    process.kill(pid, "SIGKILL");
    killed++;
  }
  return killed;
}

/** Members are killed by their cgroup, which no process of a container can leave. */
async function killMembers(cgroups: readonly string[]): Promise<number> {
  let killed = 0;
  for (const cgroup of cgroups) {
    for (const group of [cgroup, ...(await allBelow(cgroup))]) {
      // A process that is frozen, of a dump that was under way, does not even take SIGKILL.
      await writeFile(join(group, "freezer.state"), "THAWED").catch(() => {});
      const text = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
      // A process outside of our pid namespace would be listed as 0, which to kill(2) means our own process group.
      for (const pid of text
        .split("\n")
        .map(Number)
        .filter((one) => one > 0)) {
        try {
          process.kill(pid, "SIGKILL");
          killed++;
        } catch {}
      }
    }
  }
  return killed;
}

async function cgroupsOf(name: string): Promise<readonly string[]> {
  const root = "/sys/fs/cgroup";
  const hierarchies = [root, ...(await readdir(root).catch(() => [])).map((one) => join(root, one))];
  const found: string[] = [];
  for (const hierarchy of hierarchies) {
    const place = join(hierarchy, cgroupParent, name);
    if ((await readdir(place).catch(() => undefined)) !== undefined) found.push(place);
  }
  return found;
}

async function below(cgroup: string): Promise<readonly string[]> {
  const entries = await readdir(cgroup, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(cgroup, entry.name));
}

async function allBelow(cgroup: string): Promise<readonly string[]> {
  const groups = await below(cgroup);
  return [...groups, ...(await Promise.all(groups.map(allBelow))).flat()];
}

async function removeTree(cgroup: string): Promise<void> {
  for (const group of await below(cgroup)) await removeTree(group);
  await rmdir(cgroup).catch(() => {});
}

async function mountsBelow(directory: string): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).split("\n");
  return lines.map((line) => line.split(" ")[4] ?? "").filter((place) => place.startsWith(`${directory}/`));
}

if (import.meta.main) {
  const directory = process.argv[2];
  if (directory !== undefined) await sweep(directory);
}
