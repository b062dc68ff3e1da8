import { describe, expect, it } from "vitest";
import { mountPoints, ownMountPoints } from "./mounts.ts";

const mountinfo = `23 28 0:21 / /proc rw,nosuid - proc proc rw
40 28 254:0 /pods/1/hosts /etc/hosts rw,relatime - ext4 /dev/vda rw
42 28 0:51 / /mnt/ä rw - tmpfs tmpfs rw
41 28 0:50 / /mnt/a\\040blank\\134and\\011more rw - tmpfs tmpfs rw
`;

describe("mount points", () => {
  it("are read with the bytes that the kernel writes in octal", () => {
    expect([...mountPoints(Buffer.from(mountinfo).toString("latin1"))]).toEqual([
      "/proc",
      "/etc/hosts",
      "/mnt/ä",
      "/mnt/a blank\\and\tmore",
    ]);
  });

  it("of this machine have the root among them", () => {
    expect(ownMountPoints().has("/")).toBe(true);
  });
});
