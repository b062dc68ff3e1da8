import { createHash } from "node:crypto";
import type { NodeStateRecord } from "../record.ts";
import { encodeRecord } from "../record-json.ts";

/** What goes over the wire, with its strong entity tag. */
export interface Encoded<Body extends string | Buffer = string> {
  readonly body: Body;
  /** In quotes. Made from the body alone, so that every replica gives the same one for the same record. */
  readonly etag: string;
}

const ofRecords = new WeakMap<NodeStateRecord, Encoded>();
const ofLists = new WeakMap<readonly NodeStateRecord[], Encoded<Buffer>>();

/** A record, encoded once however often it is asked for. */
export function encodedRecord(record: NodeStateRecord): Encoded {
  return remembered(ofRecords, record, () => encodeRecord(record));
}

/**
 * A list of records, encoded once however often the same array is asked for. As bytes, which all answers share: clients that do not take their answers,
 * a megabyte each with 5,000 nodes, must not use up the server's memory.
 */
export function encodedList(records: readonly NodeStateRecord[]): Encoded<Buffer> {
  return remembered(ofLists, records, () =>
    Buffer.from(`{"nodes":[${records.map((record) => encodedRecord(record).body).join(",")}]}`),
  );
}

function remembered<Key extends object, Body extends string | Buffer>(
  map: WeakMap<Key, Encoded<Body>>,
  key: Key,
  encode: () => Body,
): Encoded<Body> {
  const known = map.get(key);
  if (known !== undefined) return known;
  const body = encode();
  const encoded = { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
  map.set(key, encoded);
  return encoded;
}
