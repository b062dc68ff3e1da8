import { expect, it } from "vitest";
import { proveContinuity } from "./harness/continuity.ts";
import { checkpoint, startCrik } from "./harness/crik.ts";
import type { Lines } from "./harness/lines.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

const crik = "/opt/crik/bin/crik";

/** What a person at the cluster types: `kubectl exec POD -- /opt/crik/bin/crik …`. */
describeContainers("crik in a running container", () => {
  it("lists and verifies the checkpoints, and tells its versions", async () => {
    await using volume = await makeVolume();
    const options = { rootfs: "empty", command: ["/app"], volume } as const;
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    // Another command leaves the checkpoint as it is.
    await using second = await startCrik({ ...options, command: ["/app", "other"] });
    await second.stdout.waitForLine(/^START /);

    const list = await second.exec([crik, "checkpoints", "/ckpt", "--json"]);
    expect(JSON.parse(list.stdout)).toMatchObject({ generations: [{ number: 1, state: "complete" }] });
    expect((await second.exec([crik, "checkpoints", "/ckpt"])).stdout).toMatch(/complete/);
    expect(await second.exec([crik, "verify", "/ckpt"])).toMatchObject({ code: 0 });
    const version = await second.exec([crik, "version", "--json"]);
    expect(JSON.parse(version.stdout)).toMatchObject({ criu: { found: true }, runtime: { name: "bun" } });
  });
});

describeContainers("crik's log as JSON", () => {
  it("names what happens to the application in one field, from container to container", async () => {
    await using volume = await makeVolume();
    const options = { rootfs: "empty", command: ["/app"], volume, config: { log: { format: "json" } } } as const;
    const eventsOf = (lines: Lines): readonly unknown[] => {
      const records: readonly { readonly event?: unknown }[] = lines.all.map((line) => JSON.parse(line));
      return records.flatMap(({ event }) => event ?? []);
    };
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    expect(eventsOf(first.stderr)).toEqual(["started-afresh", "checkpoint-begun", "checkpointed"]);
    // And a variable that is new is told, since the restored application does not have it; what is another in each pod is not.
    await using second = await startCrik({ ...options, environment: { LEVEL: "debug" } });
    await proveContinuity(first.stdout, second.stdout);
    await second.stderr.waitForLine(/"names":\["LEVEL"\]/);
    expect(eventsOf(second.stderr)).toEqual(["restore-begun", "restored"]);
  });
});
