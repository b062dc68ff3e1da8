import { createHash } from "node:crypto";
import { IndexName, PackName } from "../carry/entry.ts";
import { ChunkBytes } from "../chunk-hasher.ts";
import type { FileDigest } from "../digest-file.ts";
import { StoreError } from "../error.ts";
import { ClaimantPattern, LargestNumber } from "../generation-name.ts";
import {
  finite,
  integer,
  listOf,
  matching,
  objectOf,
  oneOf,
  optional,
  parseJson,
  type Reader,
  recordOf,
  text,
} from "./json.ts";
import { ImagesName, type Manifest, ManifestFormat } from "./manifest.ts";

/** Largest manifest that is read, in bytes: enough for a terabyte of memory. */
export const ManifestLimitBytes: number = 16 * 1024 * 1024;

const pid = integer(1, 2 ** 31 - 1);
const number = integer(1, LargestNumber);
const line = text(4096);

/** Plain names only: nothing that is read from a checkpoint becomes a path outside of its directory. */
const fileName: Reader<string> = (value, at) => {
  if (value === IndexName || value === PackName) return value;
  const name = matching(/^[A-Za-z0-9._-]+$/, 255);
  const prefix = `${ImagesName}/`;
  if (typeof value !== "string" || !value.startsWith(prefix))
    throw wrong(`${at}, ${JSON.stringify(value)}, is not known`);
  const base = name(value.slice(prefix.length), at);
  if (base === "." || base === "..") throw wrong(`${at} is a dot`);
  return value;
};

const fileDigest: Reader<FileDigest> = (value, at) => {
  const shape = objectOf<FileDigest>({
    bytes: integer(0),
    chunks: listOf(matching(/^(?:[0-9a-f]{16}|[0-9a-f]{64})$/, 64), 1_000_000),
  });
  const digest = shape(value, at);
  if (digest.chunks.length !== Math.ceil(digest.bytes / ChunkBytes))
    throw wrong(`${at} has not one digest for each chunk`);
  return digest;
};

const stdio: Reader<readonly [string, string, string]> = (value, at) => {
  const [zero, one, two, ...more] = listOf(line, 3)(value, at);
  if (zero === undefined || one === undefined || two === undefined || more.length > 0)
    throw wrong(`${at} has not three items`);
  return [zero, one, two];
};

const readShape: Reader<Manifest> = objectOf<Manifest>({
  format: (value) => {
    if (value === ManifestFormat) return ManifestFormat;
    throw new StoreError(
      "ERR_STORE_FORMAT",
      `the checkpoint has format ${String(value)}, and this crik knows ${ManifestFormat}`,
      {
        hint: "restore it with the version of crik that made it",
      },
    );
  },
  number,
  id: matching(/^[0-9a-f-]{36}$/, 36),
  claimant: matching(ClaimantPattern, 80),
  createdAt: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/, 40),
  digest: oneOf("xxh3", "sha256"),
  files: recordOf(fileName, fileDigest, 200_000),
  bytes: integer(0),
  command: listOf(text(131_072), 10_000),
  rootPid: pid,
  pids: listOf(pid, 1_000_000),
  stdio,
  versions: objectOf<Manifest["versions"]>({ crik: line, criu: line, kernel: line }),
  architecture: line,
  cpuFeatures: listOf(line, 10_000),
  initDigest: line,
  capabilities: optional(matching(/^[0-9a-f]{1,16}$/, 16)),
  bootId: line,
  monotonicMs: finite,
  mode: oneOf("privileged", "unprivileged"),
  hostname: line,
  parent: optional(number),
  reason: line,
  cgroupFiles: listOf(line, 100_000),
  cgroups: optional(listOf(line, 1_000)),
  mounts: optional(listOf(objectOf<{ path: string; type: string }>({ path: line, type: line }), 100_000)),
});

/** Pure: the manifest with a digest of its own, since a flipped byte in it would be a wrong restore as well. */
export function printManifest(manifest: Manifest): string {
  const inner = JSON.stringify(manifest);
  return `{"manifest":${inner},\n"digest":"${sha256(inner)}"}\n`;
}

/**
 * Pure: reads what {@link printManifest} wrote, as something that anybody may have written.
 * @throws StoreError `ERR_STORE_FORMAT` of another crik's, `ERR_STORE_MANIFEST` of a damaged one
 */
export function readManifest(written: string): Manifest {
  const outer = objectOf<{ manifest: unknown; digest: string }>({
    manifest: (value) => value,
    digest: matching(/^[0-9a-f]{64}$/, 64),
  })(parseJson(written, "the manifest"), "the manifest");
  // Both runtimes keep the order of an object's members, so that printing it again gives the same text.
  if (sha256(JSON.stringify(outer.manifest) ?? "") !== outer.digest) {
    throw wrong("the manifest is damaged: its digest does not match");
  }
  return readShape(outer.manifest, "the manifest");
}

function sha256(written: string): string {
  return createHash("sha256").update(written).digest("hex");
}

function wrong(message: string): StoreError {
  return new StoreError("ERR_STORE_MANIFEST", message);
}
