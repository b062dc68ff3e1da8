import { describe, expect, it } from "vitest";
import { type VersionRecord, versionText } from "./version.ts";

const record: VersionRecord = {
  crik: "1.2.3",
  runtime: { name: "node", version: "24.21.0" },
  criu: {
    found: true,
    version: "4.2.1",
    command: ["/opt/crik/lib/ld.so", "--library-path", "/opt/crik/lib", "/opt/crik/libexec/criu"],
  },
  kernel: { name: "Linux", release: "6.18.0" },
  architecture: "x64",
};

describe("crik version", () => {
  it("tells what runs here, a line each", () => {
    expect(`\n${versionText(record)}\n`).toBe(`
crik          1.2.3
runtime       Node.js 24.21.0
CRIU          4.2.1 (/opt/crik/libexec/criu)
kernel        Linux 6.18.0
architecture  x64
`);
  });

  it("says why CRIU cannot be used", () => {
    const text = versionText({ ...record, criu: { found: false, problem: "criu cannot be run: spawn criu ENOENT" } });
    expect(text).toContain("CRIU          not usable: criu cannot be run: spawn criu ENOENT");
  });
});
