import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch } from "node:os";
import type { CriuMode } from "../preflight/judge.ts";
import { uptimeMs } from "../proc/clock.ts";
import type { Surroundings } from "./compatibility.ts";

/** Instruction sets that a program picks by itself at its start (and that a restored one goes on using). */
const InstructionSets =
  /^(avx|sse|ssse|bmi|fma|aes|sha|adx|popcnt|movbe|f16c|abm|vaes|vpclmul|gfni|amx|erms|fsrm|rdrand|rdseed|pclmul|pku|xsave|sve|asimd|atomics|crc32|pmull|lse|bf16|i8mm)/;

/** What a checkpoint made here is recorded with, and what one restored here is compared to. */
export function surroundings(options: {
  readonly command: readonly string[];
  readonly init: string;
  readonly mode: CriuMode;
  readonly capabilities: bigint;
  readonly versions: { readonly crik: string };
}): Surroundings {
  return {
    command: options.command,
    versions: options.versions,
    architecture: arch(),
    initDigest: createHash("sha256").update(readFileSync(options.init)).digest("hex"),
    monotonicMs: uptimeMs(),
    capabilities: options.capabilities.toString(16),
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    mode: options.mode,
    cpuFeatures: cpuFeatures(readFileSync("/proc/cpuinfo", "utf8")),
  };
}

/** Pure: the instruction sets of the first processor in `/proc/cpuinfo`. */
export function cpuFeatures(cpuinfo: string): readonly string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? "";
  return line
    .split(/\s+/)
    .filter((feature) => InstructionSets.test(feature))
    .sort();
}
