import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startContainer } from "./harness/container.ts";
import { evidence } from "./harness/evidence.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

describeContainers("what is told about a case that has failed", () => {
  it("is what its containers said, what runs in them, and what lies on its volumes", async () => {
    {
      await using volume = await makeVolume();
      await writeFile(join(volume.path, "file-of-the-volume"), "twelve bytes");
      const command = ["sh", "-c", "echo one line; echo another >&2; sleep 4321; true"] as const;
      await using box = await startContainer({ rootfs: "busybox", command });
      await box.stderr.waitForLine(/another/);
      // A program is there a moment before it sleeps.
      await expect.poll(evidence).toMatch(/sleep 4321 \n.*NSpid: \d+ \d+, .*State: S \(sleeping\).*nanosleep/);
      const told = await evidence();
      expect(told).toMatch(/stdout, 1 lines, still open:\n {2}one line\nstderr, 1 lines, still open:\n {2}another\n/);
      expect(told).toMatch(/ 12 file-of-the-volume$/m);
    }
    // When the time of a case is not over, all of this is gone before anybody can look.
    expect(await evidence()).toMatch(/^ {2}sleep 4321 $/m);
    expect(await evidence()).toMatch(/ 12 file-of-the-volume$/m);
  });
});
