import { asList, asObject, asText, asTime } from "../untrusted-json.ts";

/** What is read of a Node object. Everything else of it, most of all images and managedFields, is dropped at once. */
export interface NodeObject {
  readonly name: string;
  readonly resourceVersion: string;
  /** Set while the object waits for its finalizers. */
  readonly deletionTimestamp: Date | undefined;
  /** A cordon, as `kubectl cordon` and `kubectl drain` set it. */
  readonly unschedulable: boolean;
  readonly taints: readonly NodeTaint[];
  readonly conditions: readonly NodeCondition[];
}

/** An entry of `spec.taints`. Its effect makes no difference: some agents let their users choose it. */
export interface NodeTaint {
  readonly key: string;
  readonly value: string | undefined;
  readonly timeAdded: Date | undefined;
}

/** An entry of `status.conditions`. */
export interface NodeCondition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly lastTransitionTime: Date | undefined;
}

/**
 * Reads the API's JSON of one Node. A part that has another type than the API promises counts as absent.
 *
 * @returns `undefined` when it has no name or no resource version: then it is no Node of an API server
 */
export function decodeNode(value: unknown): NodeObject | undefined {
  const node = asObject(value);
  const metadata = asObject(node["metadata"]);
  const spec = asObject(node["spec"]);
  const name = asText(metadata["name"]);
  const resourceVersion = asText(metadata["resourceVersion"]);
  if (name === undefined || resourceVersion === undefined) return undefined;
  return {
    name,
    resourceVersion,
    deletionTimestamp: asTime(metadata["deletionTimestamp"]),
    unschedulable: spec["unschedulable"] === true,
    taints: asList(spec["taints"]).flatMap(decodeTaint),
    conditions: asList(asObject(node["status"])["conditions"]).flatMap(decodeCondition),
  };
}

function decodeTaint(value: unknown): readonly NodeTaint[] {
  const taint = asObject(value);
  const key = asText(taint["key"]);
  return key === undefined ? [] : [{ key, value: asText(taint["value"]), timeAdded: asTime(taint["timeAdded"]) }];
}

function decodeCondition(value: unknown): readonly NodeCondition[] {
  const condition = asObject(value);
  const type = asText(condition["type"]);
  const status = asText(condition["status"]);
  if (type === undefined || status === undefined) return [];
  const reason = asText(condition["reason"]);
  const message = asText(condition["message"]);
  return [{ type, status, reason, message, lastTransitionTime: asTime(condition["lastTransitionTime"]) }];
}
