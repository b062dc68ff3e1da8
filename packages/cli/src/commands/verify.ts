import { isStoreError, openStore } from "@crik/checkpoint-store";
import type { VerifyCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { type ExitCode, ExitCodes } from "../exit-codes.ts";
import { createOutput } from "../output.ts";
import { bytesText, printable } from "../text.ts";
import { imageDirectoryOf } from "./image-directory.ts";

/** One generation in `crik verify --json`. */
export interface VerifyRecord {
  readonly number: number;
  readonly ok: boolean;
  /** What was read, in bytes. */
  readonly bytes?: number;
  /** What is wrong, as a code of the store. */
  readonly code?: string;
  readonly problem?: string;
}

/** What a checkpoint can have. Everything else, such as a volume that cannot be read, says nothing about it and fails the command. */
const damage: ReadonlySet<string> = new Set([
  "ERR_STORE_NOT_FOUND",
  "ERR_STORE_MANIFEST",
  "ERR_STORE_FORMAT",
  "ERR_STORE_SIZE",
  "ERR_STORE_DIGEST",
]);

/** Recomputes the digests of every complete generation, or of the one that was named. Changes nothing. */
export async function verify(command: VerifyCommand, context: CommandContext): Promise<ExitCode> {
  const output = createOutput(context, { format: command.logFormat });
  const directory = await imageDirectoryOf(command, context);
  const store = await openStore({ directory, claimant: "reader", readOnly: true });
  const listed = await store.list();
  if (command.generation !== undefined && listed.every(({ number }) => number !== command.generation)) {
    output.error({}, `there is no generation ${command.generation} in ${printable(directory)}`);
    return ExitCodes.usage;
  }
  const numbers =
    command.generation === undefined
      ? listed.filter(({ state }) => state === "complete").map(({ number }) => number)
      : [command.generation];
  const records: VerifyRecord[] = [];
  for (const number of numbers) {
    const bytes = listed.find((generation) => generation.number === number)?.manifest?.bytes;
    const record = await verified(number, () => store.verify(number));
    records.push(record.ok && bytes !== undefined ? { ...record, bytes } : record);
  }
  if (command.json) output.json({ directory, generations: records });
  else output.result(verifyText(directory, records));
  return records.every(({ ok }) => ok) ? ExitCodes.ok : ExitCodes.found;
}

async function verified(number: number, work: () => Promise<unknown>): Promise<VerifyRecord> {
  try {
    await work();
    return { number, ok: true };
  } catch (error) {
    if (!isStoreError(error) || !damage.has(error.code)) throw error;
    return { number, ok: false, code: error.code, problem: error.message };
  }
}

/** Pure: one line a generation. */
export function verifyText(directory: string, records: readonly VerifyRecord[]): string {
  if (records.length === 0) return `no complete checkpoint in ${printable(directory)}`;
  return records
    .map(({ number, ok, bytes, code, problem }) =>
      ok
        ? `generation ${number} is whole${bytes === undefined ? "" : ` (${bytesText(bytes)})`}`
        : `generation ${number} cannot be restored: ${printable(problem ?? "")} (${code})`,
    )
    .join("\n");
}
