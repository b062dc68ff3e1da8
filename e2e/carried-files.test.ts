import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exists } from "./harness/cache.ts";
import type { CapabilityProfile } from "./harness/capabilities.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, type CrikOptions, checkpoint, generations, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const application = { rootfs: "debian", command: ["/programs/files-of-all-kinds.sh"] } as const;

const modes: readonly { readonly mode: string; readonly capabilities: CapabilityProfile }[] = [
  { mode: "privileged", capabilities: "privileged" },
  { mode: "with the default capabilities and CHECKPOINT_RESTORE", capabilities: "default+cr" },
];

describeContainers("files that the application has changed", () => {
  it.each(modes)("are in the next container as they were, $mode", async ({ capabilities }) => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...application, capabilities, volume });
    await using second = await moveOn(first, { ...application, capabilities, volume });
    const at = (path: string) => second.livePath(path);
    expect(await readFile(at("/srv/new/file"), "utf8")).toBe("made by the application\n");
    expect(await readFile(at("/etc/group"), "utf8")).toMatch(/^appended by the application$/m);
    expect(await readFile(at("/srv/moved-after"), "utf8")).toBe("moved\n");
    expect(await readFile(at("/srv/new/a name\nof two lines"), "utf8")).toBe("odd\n");
    expect(await readFile(at("/dev/shm/shared"), "utf8")).toBe("shared\n");
    expect(await exists(at("/srv/moved-before"))).toBe(false);

    const file = await lstat(at("/srv/new/file"));
    expect(file.mode & 0o7777).toBe(0o4711);
    expect(file.mtime.toISOString()).toBe("2001-02-03T04:05:06.000Z");
    expect(await lstat(at("/srv/new/hard-link"))).toMatchObject({ ino: file.ino, nlink: 2 });
    expect(await readlink(at("/srv/new/link"))).toBe("file");
    expect(await readlink(at("/srv/new/dangling"))).toBe("/no/such/place");
    expect((await lstat(at("/srv/new/fifo"))).isFIFO()).toBe(true);
    expect((await lstat(at("/srv/new/empty"))).isDirectory()).toBe(true);
    expect((await lstat(at("/srv/private"))).mode & 0o7777).toBe(0o700);
    expect(await lstat(at("/srv/private/secret"))).toMatchObject({ uid: 1000, gid: 1000 });
  });

  it("are carried when an entry script has made them before crik, and the application has them open", async () => {
    await using volume = await makeVolume();
    const command = ["sh", "-c", "exec 5</tmp/early; exec /programs/counter.sh"] as const;
    const under = ["sh", "-c", 'echo early >/tmp/early; exec "$@"', "sh"];
    await using first = await startCrik({ rootfs: "busybox", command, volume, under });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik({ rootfs: "busybox", command, volume });
    await proveContinuity(first.stdout, second.stdout);
    expect(await readFile(second.livePath("/tmp/early"), "utf8")).toBe("early\n");
  });

  it("are the kubelet's own where they are the kubelet's", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...application, volume });
    await using second = await moveOn(first, { ...application, volume });
    expect(await readFile(second.livePath("/etc/hostname"), "utf8")).toBe(`${second.id}\n`);
    expect(await readFile(second.livePath("/etc/hosts"), "utf8")).toMatch(second.id);
  });

  it("are not those that CRIU makes while it looks", async () => {
    await using volume = await makeVolume();
    await using first = await startCrik({ ...application, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    const [generation] = await generations(volume);
    const carried = await readFile(join(generation?.path ?? "", "files.json"), "utf8");
    expect(carried).toContain("/srv/new/file");
    expect(carried).not.toContain("criu");
  });

  it("are only those that it has open when all are too many", async () => {
    await using volume = await makeVolume();
    const script = "head -c 3M /dev/urandom >/opt/large; exec 7>/opt/open; echo kept >&7; exec /programs/counter.sh";
    const options = {
      rootfs: "debian",
      command: ["sh", "-c", script],
      volume,
      config: { carry: { limit: "1Mi" } },
    } as const;
    await using first = await startCrik(options);
    await using second = await moveOn(first, options);
    expect(await readFile(second.livePath("/opt/open"), "utf8")).toBe("kept\n");
    expect(await exists(second.livePath("/opt/large"))).toBe(false);
    expect(first.stderr.all.join("\n")).toMatch(/limit/);
  });

  it("stay behind where they are excluded, and come along from other volumes where they are named", async () => {
    await using volume = await makeVolume();
    await using left = await makeVolume();
    await using right = await makeVolume();
    const command = ["sh", "-c", "echo here >/data/named; exec /programs/files-of-all-kinds.sh"] as const;
    const config = { additionalPaths: ["/data/named"], carry: { exclude: ["/srv/private"] } };
    const options = { ...application, command, volume, config };
    await using first = await startCrik({ ...options, mounts: [{ from: left.path, to: "/data" }] });
    await using second = await moveOn(first, { ...options, mounts: [{ from: right.path, to: "/data" }] });
    expect(await readFile(join(right.path, "named"), "utf8")).toBe("here\n");
    expect(await exists(second.livePath("/srv/private/secret"))).toBe(false);
    expect(await exists(second.livePath("/srv/new/file"))).toBe(true);
  });
});

/** From one container to the next, with the proof that it was a restore. */
async function moveOn(first: CrikContainer, options: CrikOptions): Promise<CrikContainer> {
  await first.stdout.waitForLine(/^TICK \S+ 3$/);
  await checkpoint(first);
  const second = await startCrik(options);
  await proveContinuity(first.stdout, second.stdout);
  return second;
}
