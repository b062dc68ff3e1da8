import type { BundleRecord } from "./record.ts";

/** How much of a bundle one part of it is. */
export interface PartSize {
  readonly part: string;
  readonly bytes: number;
}

/** The sizes of a bundle's parts, the largest first, and their sum. */
export function sizes(record: BundleRecord): readonly PartSize[] {
  const parts = new Map<string, number>();
  for (const { path, bytes } of record.files) {
    const part = partOf(path);
    parts.set(part, (parts.get(part) ?? 0) + bytes);
  }
  const rows = [...parts].map(([part, bytes]) => ({ part, bytes })).sort((a, b) => b.bytes - a.bytes);
  return [...rows, { part: "all", bytes: rows.reduce((sum, row) => sum + row.bytes, 0) }];
}

function partOf(path: string): string {
  if (path === "lib/crik-core") return "crik-core: the JavaScript part";
  if (path === "libexec/criu") return "CRIU";
  if (path.startsWith("lib/")) return "loader and libraries";
  if (path.startsWith("share/doc/")) return "licences";
  return "launcher, init, hook and preload libraries";
}

/** `12.3 MB`, in powers of ten as registries count. */
export function formatSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
