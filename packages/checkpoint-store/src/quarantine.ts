import { join } from "node:path";
import { readUntrusted, writeDurably } from "./durable.ts";
import { objectOf, parseJson, text } from "./manifest/json.ts";

/** Name of the file that says why. */
const QuarantineName = "quarantine.json";

/** The code of a generation that was quarantined because the application went on without it. */
export const PassedOver = "passed-over";

/** Why a generation was put into quarantine. */
export interface QuarantineReason {
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** As it is kept. */
export interface QuarantineRecord extends QuarantineReason {
  /** RFC 3339, by the clock of the machine where it happened. */
  readonly at: string;
}

/** Writes the reason before the rename; a full disk costs the reason, not the quarantine. */
export async function writeReason(directory: string, { code, message }: QuarantineReason): Promise<void> {
  const record: QuarantineRecord = {
    code: code.slice(0, 200),
    message: message.slice(0, 8000),
    at: new Date().toISOString(),
  };
  await writeDurably(join(directory, QuarantineName), `${JSON.stringify(record)}\n`).catch(() => {});
}

/** What somebody else has written must not steer a terminal: control characters, but for line ends, become visible. */
function withoutControls({ code, message, at }: QuarantineRecord): QuarantineRecord {
  const clean = (written: string): string => written.replace(/(?!\n)\p{Cc}/gu, "\uFFFD");
  return { code: clean(code), message: clean(message), at: clean(at) };
}

/** Reads the reason; `undefined` when there is none, or none that can be read. */
export async function readReason(directory: string): Promise<QuarantineRecord | undefined> {
  try {
    const written = await readUntrusted(join(directory, QuarantineName), 64 * 1024);
    const shape = objectOf<QuarantineRecord>({ code: text(200), message: text(8000), at: text(40) });
    return withoutControls(shape(parseJson(written.toString("utf8"), "the reason"), "the reason"));
  } catch {
    return undefined;
  }
}
