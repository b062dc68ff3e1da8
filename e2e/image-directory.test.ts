import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { proveContinuity } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const counter = { rootfs: "busybox", command: ["/programs/counter.sh"] } as const;

/** What somebody else has left where crik is told to keep its checkpoints. */
const foreign: readonly { readonly name: string; readonly files: readonly string[]; readonly says: RegExp }[] = [
  { name: "a checkpoint of the original crik", files: ["inventory.img", "configuration.yaml"], says: /original crik/ },
  { name: "somebody's files", files: ["precious.txt"], says: /precious\.txt/ },
];

describeContainers("an image directory", () => {
  it.each(foreign)("with $name is refused and left as it is", async ({ files, says }) => {
    await using volume = await makeVolume();
    for (const file of files) await writeFile(join(volume.path, file), "something");
    await using box = await startCrik({ ...counter, volume });
    expect((await box.exited).code).toBe(125);
    expect(box.stdout.all).toEqual([]);
    expect(box.stderr.all.join("\n")).toMatch(says);
    expect((await readdir(volume.path)).sort()).toEqual([...files].sort());
  });

  it("that does not exist is refused", async () => {
    await using volume = await makeVolume();
    await using box = await startCrik({ ...counter, volume, crikArguments: ["--image-dir", "/no/such/directory"] });
    expect((await box.exited).code).toBe(125);
    expect(box.stderr.all.join("\n")).toMatch(/\/no\/such\/directory/);
  });

  it("that goes with its container is warned of, and one on a volume is not", async () => {
    await using volume = await makeVolume();
    const under = ["sh", "-c", 'mkdir /layer && exec "$@"', "sh"];
    await using inLayer = await startCrik({ ...counter, volume, under, crikArguments: ["--image-dir", "/layer"] });
    await using onVolume = await startCrik({ ...counter, volume });
    await Promise.all([inLayer, onVolume].map((box) => box.stdout.waitForLine(/^TICK /)));
    expect(inLayer.stderr.all.join("\n")).toMatch(/the image directory \/layer is not on a volume/);
    expect(onVolume.stderr.all.join("\n")).not.toMatch(/not on a volume/);
  });

  it("that is a file system of its own, with its lost+found, is taken", async () => {
    await using volume = await makeVolume();
    await mkdir(join(volume.path, "lost+found"));
    await using first = await startCrik({ ...counter, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik({ ...counter, volume });
    await proveContinuity(first.stdout, second.stdout);
  });

  it("without a free byte still gives its checkpoint back", async () => {
    await using volume = await makeVolume({ sizeBytes: 8 * 2 ** 20 });
    await using first = await startCrik({ ...counter, volume });
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await writeFile(join(volume.path, "lost+found"), Buffer.alloc(16 * 2 ** 20)).catch(() => {});
    await using second = await startCrik({ ...counter, volume });
    await proveContinuity(first.stdout, second.stdout);
  });

  it("does not grow with every generation", async () => {
    await using volume = await makeVolume();
    const counts: number[] = [];
    for (let generation = 1; generation <= 5; generation++) {
      await using box = await startCrik({ ...counter, volume, config: { keep: { generations: 2 } } });
      // A SIGTERM within the first moment of a start is a plain stop.
      await box.stdout.waitForLineAfter(3, /^TICK /);
      await checkpoint(box);
      counts.push((await states(volume)).length);
    }
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
  });
});

describeContainers("crik that is not PID 1", () => {
  it("dumps and restores as well", async () => {
    await using volume = await makeVolume();
    // As under another init, or in a pod whose containers share their processes.
    const program = [
      "/bin/sh",
      "-c",
      `"$@" & p=$!; trap 'kill -TERM $p' TERM; wait $p; wait $p; exit $?`,
      "sh",
    ] as const;
    const options = { ...counter, volume, under: program };
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
    await second.stdout.waitForLineAfter(5, /^TICK /);
  });
});
