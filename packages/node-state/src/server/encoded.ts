import { createHash } from "node:crypto";
import type { NodeStateRecord } from "../record.ts";
import { encodeRecord } from "../record-json.ts";

/** What goes over the wire, with its strong entity tag. */
export interface Encoded {
  readonly text: string;
  /** In quotes. Made from the text alone, so that every replica gives the same one for the same record. */
  readonly etag: string;
}

const ofRecords = new WeakMap<NodeStateRecord, Encoded>();
const ofLists = new WeakMap<readonly NodeStateRecord[], Encoded>();

/** A record, encoded once however often it is asked for. */
export function encodedRecord(record: NodeStateRecord): Encoded {
  return remembered(ofRecords, record, () => encodeRecord(record));
}

/** A list of records, encoded once however often the same array is asked for. */
export function encodedList(records: readonly NodeStateRecord[]): Encoded {
  return remembered(
    ofLists,
    records,
    () => `{"nodes":[${records.map((record) => encodedRecord(record).text).join(",")}]}`,
  );
}

function remembered<Key extends object>(map: WeakMap<Key, Encoded>, key: Key, encode: () => string): Encoded {
  const known = map.get(key);
  if (known !== undefined) return known;
  const text = encode();
  const encoded = { text, etag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"` };
  map.set(key, encoded);
  return encoded;
}
