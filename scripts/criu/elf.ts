import { readFile } from "node:fs/promises";

/** What an ELF file asks of the loader. */
export interface ElfNeeds {
  /** Library names (`DT_NEEDED`), in the order of the file. */
  readonly needed: readonly string[];
  /** Path of the dynamic loader (`PT_INTERP`); absent in libraries and static programs. */
  readonly interpreter?: string;
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Reads which libraries a 64-bit little-endian ELF file needs, without running it: so the libraries of
 * arm64 programs are found on an x64 machine, and no loader of the host has a say.
 *
 * @throws Error when the file is no such ELF file.
 */
export async function readElfNeeds(path: string): Promise<ElfNeeds> {
  const file = await readFile(path);
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) {
    throw new Error(`${path} is not a 64-bit little-endian ELF file`);
  }
  const segments = readSegments(file);
  const interpreter = segments.find((segment) => segment.type === PT_INTERP);
  return {
    needed: readNeeded(file, segments),
    ...(interpreter === undefined ? {} : { interpreter: textAt(file, interpreter.offset) }),
  };
}

function readSegments(file: Buffer): readonly Segment[] {
  const table = Number(file.readBigUInt64LE(32));
  const entrySize = file.readUInt16LE(54);
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
    const entry = table + index * entrySize;
    return {
      type: file.readUInt32LE(entry),
      offset: Number(file.readBigUInt64LE(entry + 8)),
      address: Number(file.readBigUInt64LE(entry + 16)),
      size: Number(file.readBigUInt64LE(entry + 32)),
    };
  });
}

function readNeeded(file: Buffer, segments: readonly Segment[]): readonly string[] {
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const nameOffsets: number[] = [];
  let strings = 0;
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = file.readBigInt64LE(at);
    const value = Number(file.readBigUInt64LE(at + 8));
    if (tag === DT_NEEDED) nameOffsets.push(value);
    if (tag === DT_STRTAB) strings = fileOffset(segments, value);
  }
  return nameOffsets.map((offset) => textAt(file, strings + offset));
}

/** The dynamic section holds memory addresses; the segment that is loaded there tells the place in the file. */
function fileOffset(segments: readonly Segment[], address: number): number {
  const home = segments.find(
    (segment) => segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.size,
  );
  if (home === undefined) throw new Error(`no segment of the ELF file holds address ${address}`);
  return address - home.address + home.offset;
}

function textAt(file: Buffer, offset: number): string {
  return file.toString("latin1", offset, file.indexOf(0, offset));
}
