import { type Generation, type GenerationState, openStore } from "@crik/checkpoint-store";
import type { CheckpointsCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type ExitCode, ExitCodes } from "../exit-codes.ts";
import { createOutput } from "../output.ts";
import { ageText, bytesText, printable, shellText, table } from "../text.ts";
import { imageDirectoryOf } from "./image-directory.ts";

/** One generation in `crik checkpoints --json`. What a checkpoint says about itself is missing when its manifest cannot be read. */
export interface CheckpointRecord {
  readonly number: number;
  readonly state: GenerationState;
  /** The container that is writing it, has claimed it or has restored it. */
  readonly claimant?: string;
  /** What it takes, in bytes. */
  readonly bytes?: number;
  /** RFC 3339. */
  readonly createdAt?: string;
  /** Why it was taken. */
  readonly reason?: string;
  readonly command?: readonly string[];
  readonly hostname?: string;
  readonly mode?: string;
  readonly digest?: string;
  readonly versions?: Readonly<Record<string, string>>;
  /** How many containers in a row could not restore it, for their own sake; missing when none. */
  readonly attempts?: number;
  /** Of a consumed one: whether it is known to have run. If not, its container ended in that very moment, and it may never have. */
  readonly resumed?: boolean;
  /** Why and when it was put into quarantine. */
  readonly quarantine?: { readonly code: string; readonly message: string; readonly at: string };
  /** Why it cannot be used: its manifest is missing or damaged, or its restore failed. */
  readonly problem?: string;
}

const LongestWhy = 200;

/** What the claimant has to do with a generation. Whether it is still alive, the directory's name does not tell. */
const ClaimantDid: Readonly<Partial<Record<GenerationState, string>>> = {
  staging: "begun by",
  restoring: "claimed by",
  consumed: "restored by",
};

/** Lists what is in an image directory, the newest first. Changes nothing there. */
export async function checkpoints(command: CheckpointsCommand, context: CommandContext): Promise<ExitCode> {
  const output = createOutput(context, { format: command.logFormat });
  const directory = await imageDirectoryOf(command, context);
  const store = await openStore({ directory, claimant: "reader", readOnly: true });
  const generations = (await store.list()).map(recordOf).toSorted((one, other) => other.number - one.number);
  if (command.json) output.json({ directory, generations });
  else output.result(checkpointsText(directory, generations, new Date()));
  return ExitCodes.ok;
}

/** Pure: the part of a generation that is anybody's business; its manifest also lists every file. */
export function recordOf(generation: Generation): CheckpointRecord {
  const { number, state, claimant, bytes, manifest, attempts, quarantine, problem } = generation;
  return {
    number,
    state,
    ...(claimant !== undefined && { claimant }),
    bytes,
    ...(manifest !== undefined && {
      createdAt: manifest.createdAt,
      reason: manifest.reason,
      command: manifest.command,
      hostname: manifest.hostname,
      mode: manifest.mode,
      digest: manifest.digest,
      versions: manifest.versions,
    }),
    ...(attempts !== undefined && { attempts }),
    ...(state === "consumed" && { resumed: generation.resumed === true }),
    ...(quarantine !== undefined && { quarantine }),
    // What is being written has no manifest yet; that is no problem of it.
    ...(problem !== undefined && state !== "staging" && { problem }),
  };
}

/** Pure: a table for people. What it shows comes from a volume that others can write to, so that control characters are replaced. */
export function checkpointsText(directory: string, generations: readonly CheckpointRecord[], now: Date): string {
  if (generations.length === 0) return `no checkpoint in ${printable(directory)}`;
  const rows = generations.map((generation) => [
    String(generation.number),
    generation.state,
    generation.bytes === undefined ? "-" : bytesText(generation.bytes),
    generation.createdAt === undefined ? "-" : ageText(generation.createdAt, now),
    printable(why(generation)),
    generation.command === undefined ? "-" : shellText(generation.command),
  ]);
  return table(["#", "STATE", "SIZE", "AGE", "WHY", "COMMAND"], rows);
}

/** One line of at most {@link LongestWhy}: a quarantine's reason may be a page of CRIU's log. */
function why({ state, reason, claimant, attempts, resumed, problem }: CheckpointRecord): string {
  if (problem !== undefined) return problem.length > LongestWhy ? `${problem.slice(0, LongestWhy - 1)}…` : problem;
  const did = ClaimantDid[state];
  const by = claimant === undefined || did === undefined ? "" : `${did} ${claimant}`;
  const mayNotHaveRun = resumed === false ? "and may never have run" : "";
  const inVain =
    attempts === undefined ? "" : `tried in vain by ${attempts === 1 ? "1 container" : `${attempts} containers`}`;
  return [reason ?? "", inVain, [by, mayNotHaveRun].filter(Boolean).join(" ")].filter(Boolean).join(", ") || "-";
}
