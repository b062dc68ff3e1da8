import type { NodeObject } from "../classify/node-object.ts";
import type { LoadEndpoint } from "../credentials/endpoint.ts";
import type { Freshness } from "../freshness.ts";
import type { ReflectorReport } from "./report.ts";

/** Where the nodes go. */
export interface NodeSink {
  applied(node: NodeObject): void;
  deleted(name: string): void;
  /** A list is complete, and each of its nodes was applied: whoever is not among these names is gone. */
  listed(names: ReadonlySet<string>): void;
}

/** What {@link reflectNodes} is made of. */
export interface ReflectorOptions {
  readonly loadEndpoint: LoadEndpoint;
  readonly sink: NodeSink;
  /** Learns up to when everything was seen. */
  readonly freshness: Freshness;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly report: (report: ReflectorReport) => void;
  /** @defaultValue `Math.random` */
  readonly random?: (() => number) | undefined;
}
