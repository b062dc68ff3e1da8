import { describe, expect, it } from "vitest";
import { fileResource, hasTerminal, inheritedStdio, outsideFiles } from "./inherit.ts";

describe("stdio across containers", () => {
  it("maps each old pipe to the descriptor of the same number", () => {
    expect(inheritedStdio(["/dev/null", "pipe:[1]", "pipe:[2]"])).toEqual([
      { fd: 1, resource: "pipe:[1]" },
      { fd: 2, resource: "pipe:[2]" },
    ]);
  });

  it("maps 2>&1 once", () => {
    expect(inheritedStdio(["/dev/null", "pipe:[1]", "pipe:[1]"])).toEqual([{ fd: 1, resource: "pipe:[1]" }]);
  });

  it("maps a file from outside of the container, and names it to the dump", () => {
    const resource = fileResource({ mountId: 484, inode: 18n });
    expect(resource).toBe("file[1e4:12]");
    expect(inheritedStdio(["/dev/null", resource, resource])).toEqual([{ fd: 1, resource }]);
    expect(outsideFiles(["/dev/null", resource, resource])).toEqual([{ mountId: 484, inode: 18n }]);
    expect(outsideFiles(["/dev/null", "pipe:[1]", "/ckpt/file[1:2]"])).toEqual([]);
  });

  it("leaves files, terminals and closed descriptors to CRIU", () => {
    expect(inheritedStdio(["", "/ckpt/out.log", "/dev/pts/0"])).toEqual([]);
    expect(hasTerminal(["", "", "/dev/pts/0"])).toBe(true);
    expect(hasTerminal(["/dev/null", "pipe:[1]", "/var/log/tty"])).toBe(false);
  });
});
