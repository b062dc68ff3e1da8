import { createHash } from "node:crypto";
import { lstat, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CriuSource } from "../criu/lock.ts";
import type { Architecture } from "../criu/machine.ts";
import type { Runtime } from "./runtime.ts";

/** One file of the bundle. */
interface BundleFile {
  /** Below the bundle's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256. */
  readonly sha256: string;
}

/** `BUNDLE.json`: what a bundle is made of. */
export interface BundleRecord {
  readonly format: 1;
  /** Version of crik. */
  readonly crik: string;
  readonly architecture: Architecture;
  readonly runtime: Runtime;
  readonly criu: CriuSource;
  /** Hexadecimal SHA-256 of everything that the bundle was made from. */
  readonly inputs: string;
  readonly files: readonly BundleFile[];
}

const name = "BUNDLE.json";

/** Lists and digests what is in a bundle's folder, and writes `BUNDLE.json` there. */
export async function writeRecord(home: string, facts: Omit<BundleRecord, "format" | "files">): Promise<BundleRecord> {
  const record: BundleRecord = { format: 1, ...facts, files: await listFiles(home) };
  await writeFile(join(home, name), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** Reads `BUNDLE.json`; `undefined` unless it is there and every file has the size that it says. */
export async function readRecord(home: string): Promise<BundleRecord | undefined> {
  const text = await readFile(join(home, name), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const record: BundleRecord = JSON.parse(text);
  for (const file of record.files) {
    const stat = await lstat(join(home, file.path)).catch(() => undefined);
    if (stat?.size !== file.bytes) return undefined;
  }
  return record;
}

async function listFiles(home: string): Promise<readonly BundleFile[]> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
    .sort();
  const files: BundleFile[] = [];
  for (const path of paths) {
    const content = await readFile(join(home, path));
    files.push({ path, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") });
  }
  return files;
}

/** Gives everything below a folder one date, so that the same bundle makes the same layer of a container image. */
export async function settleTimes(home: string): Promise<void> {
  const entries = await readdir(home, { recursive: true });
  for (const entry of [...entries, "."]) await utimes(join(home, entry), 0, 0);
}
