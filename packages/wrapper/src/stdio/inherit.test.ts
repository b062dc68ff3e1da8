import { describe, expect, it } from "vitest";
import { hasTerminal, inheritedStdio } from "./inherit.ts";

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

  it("leaves files, terminals and closed descriptors to CRIU", () => {
    expect(inheritedStdio(["", "/ckpt/out.log", "/dev/pts/0"])).toEqual([]);
    expect(hasTerminal(["", "", "/dev/pts/0"])).toBe(true);
    expect(hasTerminal(["/dev/null", "pipe:[1]", "/var/log/tty"])).toBe(false);
  });
});
