import type { NodeStateRecord, NodeStateSource } from "@crik/node-state";
import type { NodeObject } from "./node-object.ts";
import { conditions, type Sign, type Source, type SourceName, Sources, taints } from "./sources.ts";

/** What counts as a sign that a node goes away. */
export interface ClassifyOptions {
  /** Switches sources; the others are as they are by default. */
  readonly sources?: ReadonlyMap<SourceName, boolean> | undefined;
  /** Keys of more taints that mean it: the source `shutdown-taint`. */
  readonly shutdownTaints?: readonly string[] | undefined;
  /** Types of more conditions that mean it when they are True: the source `shutdown-condition`. */
  readonly shutdownConditions?: readonly string[] | undefined;
}

/**
 * Pure: the whole policy on what "shutting down" means. The record depends on the object alone, so that every replica of the manager says the same, and
 * a state clears by itself when its signs go or when another node comes under the same name.
 */
export function classifyNode(node: NodeObject, options: ClassifyOptions = {}): NodeStateRecord {
  const sources = activeSources(options).flatMap((source) => {
    return source.signsOf(node).map((sign) => toSource(source, sign));
  });
  return sources.length > 0 ? shuttingDown(node, sources) : byReadyCondition(node);
}

/** A source of this project, or one that the options make. */
interface ActiveSource extends Pick<Source, "signsOf"> {
  readonly name: string;
}

function activeSources(options: ClassifyOptions): readonly ActiveSource[] {
  return [
    ...Sources.filter(({ name, onByDefault }) => options.sources?.get(name) ?? onByDefault),
    { name: "shutdown-taint", signsOf: taints(...(options.shutdownTaints ?? [])) },
    { name: "shutdown-condition", signsOf: conditions(...(options.shutdownConditions ?? [])) },
  ];
}

function toSource({ name }: ActiveSource, { detail, since }: Sign): NodeStateSource {
  return { name, detail, ...(since === undefined ? {} : { since }) };
}

function shuttingDown({ name }: NodeObject, sources: readonly NodeStateSource[]): NodeStateRecord {
  const times = sources.flatMap(({ since }) => (since === undefined ? [] : [since.getTime()]));
  return {
    name,
    state: "shutting-down",
    reason: sources.map((source) => `${source.name} (${source.detail})`).join(", "),
    // The first sign that is still there: since then, at the latest.
    ...(times.length === 0 ? {} : { since: new Date(Math.min(...times)) }),
    sources,
  };
}

/**
 * A node without a sign is not going away, whether the kubelet finds it ready or not; but only as long as the kubelet says anything at all.
 */
function byReadyCondition({ name, conditions: all }: NodeObject): NodeStateRecord {
  const ready = all.find(({ type }) => type === "Ready");
  if (ready?.status === "True" || ready?.status === "False") {
    // The condition's message would change this record now and then.
    const notReady = `not Ready (${ready.reason ?? "no reason"}), but `;
    // No `since`: a cordon that was lifted leaves no trace on the object.
    return {
      name,
      state: "ready",
      reason: `${ready.status === "True" ? "" : notReady}no sign that the node goes away`,
      sources: [],
    };
  }
  return {
    name,
    state: "unknown",
    reason: ready === undefined ? "the kubelet has not reported yet" : "nobody has heard of the kubelet for some time",
    ...(ready?.lastTransitionTime === undefined ? {} : { since: ready.lastTransitionTime }),
    sources: [],
  };
}
