import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The file that says what a bundle consists of. */
export const RecordName = "BUNDLE.json";

/** What `crik install` needs of it. */
export interface BundleRecord {
  /** As it is in the file. */
  readonly text: string;
  /** Version of crik. */
  readonly crik: string;
  /** All but the record itself. */
  readonly files: readonly BundleFile[];
}

/** One file of a bundle. */
interface BundleFile {
  /** Below the bundle's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256. */
  readonly sha256: string;
}

/** Reads the record of the bundle in a folder; `undefined` when there is none that can be understood. */
export async function readBundleRecord(home: string): Promise<BundleRecord | undefined> {
  try {
    const text = await readFile(join(home, RecordName), "utf8");
    const { crik, files }: Omit<BundleRecord, "text"> = JSON.parse(text);
    return Array.isArray(files) ? { text, crik, files } : undefined;
  } catch {
    return undefined;
  }
}

/** The names right in the bundle's folder: `bin`, `lib`, … */
export function partsOf({ files }: BundleRecord): readonly string[] {
  return [...new Set(files.map(({ path }) => path.split("/")[0] ?? path))];
}
