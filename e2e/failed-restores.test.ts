import { open, readdir, rename, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, type CrikOptions, checkpoint, generations, startCrik, states } from "./harness/crik.ts";
import { reached } from "./harness/kill-criu.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume, type Volume } from "./harness/volume.ts";

const command = ["python3", "/programs/memory.py", "8"] as const;
const debian = { rootfs: "debian", command } as const;

/** What a broken disk or a hasty hand can do to a committed checkpoint. */
const damages: readonly { readonly name: string; readonly damage: (directory: string) => Promise<void> }[] = [
  {
    name: "a file is shorter (CRIU itself would spin for ever)",
    damage: async (directory) => truncateHalf(await largest(directory)),
  },
  {
    name: "one byte of the memory is another (CRIU itself would not notice)",
    damage: async (directory) => flipByte(await largest(directory)),
  },
  { name: "the manifest is torn", damage: (directory) => truncateHalf(join(directory, "checkpoint.json")) },
];

describeContainers("a restore that fails", () => {
  it.each(damages)("puts the checkpoint aside and starts the application afresh: $name", async ({ damage }) => {
    await using volume = await makeVolume();
    await using _first = await leaveCheckpoint({ ...debian, volume });
    await damage(await onlyGeneration(volume));
    await using second = await startCrik({ ...debian, volume });
    await second.stdout.waitForLine(/^TICK \S+ 3$/, 60_000);
    expect(second.stdout.all.filter((line) => line.startsWith("START"))).toHaveLength(1);
    expect(await states(volume)).toEqual(["quarantined"]);
    // A quarantined checkpoint is not tried again, and does not stand in the way of the next one.
    await checkpoint(second);
    expect((await states(volume)).at(-1)).toBe("complete");
    await using third = await startCrik({ ...debian, volume });
    await proveContinuity(second.stdout, third.stdout);
  });

  it("ends the container with 125 when that is what is configured, and has run nothing", async () => {
    await using volume = await makeVolume();
    await using _first = await leaveCheckpoint({ ...debian, volume });
    await flipByte(await largest(await onlyGeneration(volume)));
    await using second = await startCrik({ ...debian, volume, config: { ifRestoreFails: "fail" } });
    expect((await second.exited).code).toBe(125);
    expect(second.stdout.all).toEqual([]);
    expect(await states(volume)).toEqual(["quarantined"]);
  });
});

/** Prints what its container holds at its start (but for counts of links, which overlayfs tells otherwise of a folder in its upper layer), then changes it as a database does: a new folder with a pid file, and a file of the image. */
const database = [
  "sh",
  "-c",
  `echo "FOUND $(ls -lAnR --time-style=+%s /var/lib | tr -s ' ' | cut -d' ' -f1,3- | md5sum)"
   stat -c 'FOUND %n %F %a %u %g %Y' /var/lib /etc/group
   echo "FOUND $(md5sum /etc/group; cat /data/log)"
   mkdir -p /var/lib/data/base; echo $$ >/var/lib/data/postmaster.pid; echo appended >>/etc/group; chmod 711 /var/lib
   ln -s base /var/lib/data/link; rm -f /data/log; echo "of the life that was checkpointed" >/data/log
   exec /programs/counter.sh`,
] as const;

describeContainers("a restore that fails when files were put back", () => {
  it("leaves the container as its image is, and volumes as they were, for the fresh start", async () => {
    await using volume = await makeVolume();
    await using data = await makeVolume();
    const mounts = [{ from: data.path, to: "/data" }];
    const options = {
      rootfs: "debian",
      command: database,
      volume,
      mounts,
      config: { additionalPaths: ["/data/log"] },
    } as const;
    await writeFile(join(data.path, "log"), "of the volume\n");
    await using first = await leaveCheckpoint(options);
    await flipByte(await largest(await onlyGeneration(volume)));
    await writeFile(join(data.path, "log"), "of the volume\n");
    await using second = await startCrik(options);
    await second.stdout.waitForLine(/^TICK \S+ 1$/, 60_000);
    const found = (box: CrikContainer) => box.stdout.all.filter((line) => line.startsWith("FOUND"));
    expect(found(first)).toHaveLength(4);
    expect(found(second)).toEqual(found(first));
    expect(second.stderr.all.join("\n")).toMatch(/carried files are back.*is taken back.*started afresh/s);
    expect(await states(volume)).toEqual(["quarantined"]);
  });

  it("leaves no file of its own beside the older state that is restored in the same container", async () => {
    await using volume = await makeVolume();
    const script =
      "mkdir -p /srv; n=0; while sleep 0.2; do n=$((n + 1)); [ -e /srv/$n ] && echo BROKEN $n is there; echo >/srv/$n; echo TICK nonce $n; done";
    const options = {
      rootfs: "busybox",
      command: ["sh", "-c", script],
      volume,
      config: { ifRestoreFails: "previous" },
    } as const;
    await using first = await leaveCheckpoint(options);
    await using second = await startCrik(options);
    await second.stdout.waitForLine(/^TICK nonce \d*[05]$/);
    await second.stdout.waitForLine(/^TICK nonce \d*[27]$/);
    await checkpoint(second);
    // The older one, by hand: a state that was restored never comes back by itself.
    const [older, newer] = await generations(volume);
    await rename(older?.path ?? "", join(volume.path, "000001.complete"));
    await flipByte(await largest(newer?.path ?? ""));
    await using third = await startCrik(options);
    const last = Number(/\d+$/.exec(second.stdout.all.at(-1) ?? "")?.[0]);
    await third.stdout.waitForLine(new RegExp(`^TICK nonce ${last + 1}$`), 60_000);
    expect(third.stdout.all.filter((line) => line.startsWith("BROKEN"))).toEqual([]);
    expect(await states(volume)).toEqual(["consumed", "quarantined"]);
    expect(first.stdout.all.length).toBeLessThan(last);
  });
});

describeContainers("an application that binds a socket by name", () => {
  it("finds its address free when it is started afresh, though CRIU had bound it", async () => {
    await using volume = await makeVolume();
    const script = [
      "import os, socket, time",
      "os.makedirs('/var/app', exist_ok=True)",
      "listening = [socket.socket(socket.AF_UNIX) for _ in range(2)]",
      "listening[0].bind('/var/app/socket'); listening[1].bind('/tmp/socket')",
      "n = 0",
      "while True: n += 1; print('TICK', os.getpid(), n, flush=True); time.sleep(0.05)",
    ];
    const options = { rootfs: "debian", command: ["python3", "-c", script.join("\n")], volume } as const;
    await using _first = await leaveCheckpoint(options);
    await flipByte(await largest(await onlyGeneration(volume)));
    await using second = await startCrik(options);
    await second.stdout.waitForLine(/^TICK \d+ 3$/, 60_000);
    expect(await states(volume)).toEqual(["quarantined"]);
  });
});

describeContainers("SIGTERM during a restore", () => {
  it("runs nothing and leaves the checkpoint for the next container", async () => {
    await using volume = await makeVolume();
    const options = { ...debian, command: ["python3", "/programs/memory.py", "192"] as const, volume };
    await using first = await leaveCheckpoint(options);
    const claimed = reached(volume, "restoring");
    await using second = await startCrik(options);
    await claimed;
    second.signal("SIGTERM");
    expect((await second.exited).code).toBe(143);
    expect(second.stdout.all).toEqual([]);
    expect(await states(volume)).toEqual(["complete"]);
    await using third = await startCrik(options);
    await proveContinuity(first.stdout, third.stdout);
  });
});

/** Runs a container until it has left a checkpoint. */
async function leaveCheckpoint(options: CrikOptions): Promise<CrikContainer> {
  const box = await startCrik(options);
  await box.stdout.waitForLine(/^TICK \S+ 3$/);
  await checkpoint(box);
  return box;
}

async function onlyGeneration(volume: Volume): Promise<string> {
  const [generation, ...others] = await generations(volume);
  if (generation?.state !== "complete" || others.length > 0) throw new Error("one complete generation was expected");
  return generation.path;
}

async function largest(directory: string): Promise<string> {
  const folder = join(directory, "checkpoint");
  let found = { path: "", size: -1 };
  for (const name of await readdir(folder)) {
    const { size } = await stat(join(folder, name));
    if (size > found.size) found = { path: join(folder, name), size };
  }
  return found.path;
}

async function truncateHalf(path: string): Promise<void> {
  await truncate(path, Math.floor((await stat(path)).size / 2));
}

/** In the last page but one: memory of the application, not the head of the file. */
async function flipByte(path: string): Promise<void> {
  await using file = await open(path, "r+");
  const at = (await file.stat()).size - 6000;
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
}
