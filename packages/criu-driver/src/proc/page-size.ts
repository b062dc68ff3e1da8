import { closeSync, openSync, readSync } from "node:fs";

/** What every machine has that cannot tell. */
const UsualPageBytes = 4096;

/** Bytes of a memory page of this kernel: 4096 on x86-64, up to 65536 on arm64. Node.js does not know it; the first mapping in `/proc/self/smaps` does. */
export function pageBytes(): number {
  try {
    const file = openSync("/proc/self/smaps", "r");
    try {
      const head = Buffer.alloc(2048);
      const length = readSync(file, head, 0, head.length, 0);
      return parsePageBytes(head.toString("latin1", 0, length));
    } finally {
      closeSync(file);
    }
  } catch {
    return UsualPageBytes;
  }
}

/** Pure: reads `KernelPageSize:        4 kB`. */
export function parsePageBytes(smaps: string): number {
  const kibibytes = /^KernelPageSize:\s+(\d{1,5}) kB$/m.exec(smaps)?.[1];
  return kibibytes === undefined ? UsualPageBytes : Number(kibibytes) * 1024;
}
