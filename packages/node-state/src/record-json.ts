import { NodeStateError } from "./error.ts";
import { isNodeName } from "./node-name.ts";
import type { NodeState, NodeStateRecord, NodeStateSource } from "./record.ts";

/**
 * What a record may hold, in characters and items. {@link encodeRecord} cuts what is longer (a kubelet's message can have 32 KiB), so that no record is
 * larger than {@link MaxRecordBytes} whatever is in it; {@link decodeRecord} refuses it.
 */
export const RecordLimits = { reason: 1024, sources: 32, sourceName: 63, sourceDetail: 200 } as const;

/** Of one record as JSON, in bytes. */
export const MaxRecordBytes = 65_536;

const States: ReadonlySet<unknown> = new Set<NodeState>(["ready", "shutting-down", "unknown"]);

// As Date.toISOString() writes it, and RFC 3339 with fewer or more digits of a second.
const Timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/u;

/** A record as it goes over the wire. The same record always gives the same text. */
export function encodeRecord(record: NodeStateRecord): string {
  return JSON.stringify({
    name: record.name,
    state: record.state,
    reason: cut(record.reason, RecordLimits.reason),
    since: encodeSince(record.since),
    sources: record.sources.slice(0, RecordLimits.sources).map((source) => ({
      name: cut(source.name, RecordLimits.sourceName),
      detail: cut(source.detail, RecordLimits.sourceDetail),
      since: encodeSince(source.since),
    })),
  });
}

/**
 * A record out of what a server said: every value is looked at, unknown keys are ignored, so that a later server can say more.
 *
 * @throws {@link NodeStateError} `ERR_NODE_STATE_PROTOCOL`
 */
export function decodeRecord(text: string): NodeStateRecord {
  const value = parseJson(text);
  if (!isObject(value)) throw malformed("it is not an object");
  const { name, state, reason, since, sources } = value;
  if (typeof name !== "string" || !isNodeName(name)) throw malformed("its name is not a node's name");
  if (!isState(state)) throw malformed("its state is none of ready, shutting-down and unknown");
  if (!Array.isArray(sources)) throw malformed("its sources are not a list");
  if (sources.length > RecordLimits.sources) throw malformed("it has too many sources");
  return {
    name,
    state,
    reason: decodeText(reason, "reason", RecordLimits.reason),
    ...decodeSince(since),
    sources: sources.map(decodeSource),
  };
}

function decodeSource(value: unknown): NodeStateSource {
  if (!isObject(value)) throw malformed("a source is not an object");
  return {
    name: decodeText(value["name"], "source's name", RecordLimits.sourceName),
    detail: decodeText(value["detail"], "source's detail", RecordLimits.sourceDetail),
    ...decodeSince(value["since"]),
  };
}

function decodeText(value: unknown, what: string, limit: number): string {
  if (typeof value !== "string") throw malformed(`its ${what} is not text`);
  if (value.length > limit) throw malformed(`its ${what} is longer than ${limit} characters`);
  return value;
}

function decodeSince(value: unknown): { readonly since?: Date } {
  if (value === undefined) return {};
  const since = typeof value === "string" && Timestamp.test(value) ? new Date(value) : undefined;
  if (since === undefined || Number.isNaN(since.getTime())) throw malformed("a since is not a time");
  return { since };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("it is not JSON", cause);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isState(value: unknown): value is NodeState {
  return States.has(value);
}

function malformed(why: string, cause?: unknown): NodeStateError {
  return new NodeStateError("ERR_NODE_STATE_PROTOCOL", `this is not a node state record: ${why}`, { cause });
}

/** A date that the form has no way to write is left out: when it was is worth less than that it was. */
function encodeSince(since: Date | undefined): string | undefined {
  const text = since === undefined || Number.isNaN(since.getTime()) ? "" : since.toISOString();
  return Timestamp.test(text) ? text : undefined;
}

/** Never between the two halves of a character. */
function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
