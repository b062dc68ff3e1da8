import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkBytes } from "../chunk-hasher.ts";
import { isStoreError } from "../error.ts";
import type { Manifest } from "./manifest.ts";
import { printManifest, readManifest } from "./read.ts";

const chunk = "0123456789abcdef";
const manifest: Manifest = {
  format: 1,
  number: 7,
  id: "6f0c1b2e-3d4a-4c5b-8a9f-0e1d2c3b4a59",
  claimant: "web-0-1f2e3d4c",
  createdAt: "2026-11-24T03:00:00.000Z",
  digest: "xxh3",
  files: {
    "checkpoint/pages-1.img": { bytes: ChunkBytes + 1, chunks: [chunk, chunk] },
    "checkpoint/empty.img": { bytes: 0, chunks: [] },
    "files.json": { bytes: 3, chunks: [chunk] },
    "files.pack": { bytes: 0, chunks: [] },
  },
  bytes: ChunkBytes + 4,
  command: ["app", "--word", "ü\u2028"],
  rootPid: 1000,
  pids: [1000, 1001],
  stdio: ["/dev/null", "pipe:[1]", "pipe:[2]"],
  versions: { crik: "0.0.0", criu: "4.2.1", kernel: "6.18" },
  architecture: "x64",
  cpuFeatures: ["avx2"],
  initDigest: "aa",
  bootId: "b",
  monotonicMs: 12.5,
  mode: "privileged",
  hostname: "web-0",
  parent: 6,
  reason: "stop signal",
  cgroupFiles: [],
  mounts: [{ path: "/", type: "overlay" }],
};

/** What somebody writes who knows how the manifest's digest is made. */
function forged(members: Readonly<Record<string, unknown>>): string {
  const value: Record<string, unknown> = { ...manifest, ...members };
  const inner = JSON.stringify(value);
  return JSON.stringify({ manifest: value, digest: createHash("sha256").update(inner).digest("hex") });
}

function codeOf(written: string): string | undefined {
  try {
    readManifest(written);
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error.code;
    throw error;
  }
}

describe("a manifest", () => {
  it("is read as it was written", () => {
    expect(readManifest(printManifest(manifest))).toEqual(manifest);
  });

  it("is refused when any byte of it is another one", () => {
    const printed = Buffer.from(printManifest(manifest));
    fc.assert(
      fc.property(fc.nat(printed.length - 3), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(printed);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const text = damaged.toString("utf8");
        // White space between members may change; what they say may not.
        const code = codeOf(text);
        if (code === undefined) expect(readManifest(text)).toEqual(manifest);
        else expect(["ERR_STORE_MANIFEST", "ERR_STORE_FORMAT"]).toContain(code);
      }),
      { numRuns: 2000 },
    );
  });

  it("is refused when it is cut off", () => {
    const printed = printManifest(manifest);
    fc.assert(
      fc.property(fc.nat(printed.length - 3), (length) => {
        expect(codeOf(printed.slice(0, length))).toBe("ERR_STORE_MANIFEST");
      }),
    );
  });

  it("is refused, never more than that, whatever is written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (written) => {
        expect(["ERR_STORE_MANIFEST", "ERR_STORE_FORMAT"]).toContain(codeOf(written));
      }),
    );
  });

  it("is refused, never more than that, whatever is in it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(manifest)), fc.jsonValue(), (name, value) => {
        const code = codeOf(forged({ [name]: value }));
        if (code !== undefined) expect(["ERR_STORE_MANIFEST", "ERR_STORE_FORMAT"]).toContain(code);
      }),
      { numRuns: 1000 },
    );
  });

  it("of another format is told apart from a damaged one", () => {
    expect(codeOf(forged({ format: 2 }))).toBe("ERR_STORE_FORMAT");
  });

  it("of a newer crik may say more", () => {
    const read = readManifest(forged({ flavour: "vanilla" }));
    expect(read).toEqual(manifest);
  });

  it.each([
    "../outside",
    "/etc/passwd",
    "checkpoint/../../outside",
    "checkpoint/..",
    "checkpoint/.",
    "checkpoint/",
    "checkpoint/a/b",
    "checkpoint/a b",
    "checkpoint/a\u0000",
    "checkpoint.json",
    "lease",
    "__proto__",
    "",
  ])("names no file %j", (name) => {
    const code = codeOf(forged({ files: JSON.parse(`{${JSON.stringify(name)}:{"bytes":0,"chunks":[]}}`) }));
    expect(code).toBe("ERR_STORE_MANIFEST");
  });

  it("has exactly one digest for each chunk", () => {
    const with_ = (bytes: number, chunks: readonly string[]): string | undefined =>
      codeOf(forged({ files: { "files.json": { bytes, chunks } } }));
    expect(with_(1, [chunk])).toBeUndefined();
    expect(with_(ChunkBytes, [chunk])).toBeUndefined();
    expect(with_(ChunkBytes + 1, [chunk])).toBe("ERR_STORE_MANIFEST");
    expect(with_(0, [chunk])).toBe("ERR_STORE_MANIFEST");
    expect(with_(1, ["xyz"])).toBe("ERR_STORE_MANIFEST");
    expect(with_(-1, [])).toBe("ERR_STORE_MANIFEST");
    expect(with_(0.5, [chunk])).toBe("ERR_STORE_MANIFEST");
  });
});
