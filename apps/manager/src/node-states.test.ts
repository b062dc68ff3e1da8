import { createNodeStateStore } from "@crik/node-state/server";
import { describe, expect, it } from "vitest";

import { decodeNode, type NodeObject } from "./classify/node-object.ts";
import { type NodeStateChange, nodeStates } from "./node-states.ts";

function nodeOf(name: string, unschedulable = false): NodeObject {
  const node = decodeNode({
    metadata: { name, resourceVersion: "1" },
    spec: { unschedulable },
    status: { conditions: [{ type: "Ready", status: "True" }] },
  });
  if (node === undefined) throw new Error("the node of this test is none");
  return node;
}

function start() {
  const store = createNodeStateStore();
  const changes: string[] = [];
  const told = ({ name, before, after }: NodeStateChange) =>
    changes.push(`${name}: ${before?.state} -> ${after?.state}`);
  return { store, changes, states: nodeStates(store, undefined, told) };
}

describe("the states of the nodes", () => {
  it("change with their objects, and nobody hears of what stays as it is", () => {
    const { store, changes, states } = start();
    states.applied(nodeOf("a"));
    states.applied(nodeOf("a"));
    states.applied(nodeOf("a", true));
    states.applied(nodeOf("a"));
    states.deleted("a");
    states.deleted("a");
    expect(changes).toEqual([
      "a: undefined -> ready",
      "a: ready -> shutting-down",
      "a: shutting-down -> ready",
      "a: ready -> undefined",
    ]);
    expect(store.size).toBe(0);
  });

  it("lose at the end of a list those that are not in it, and only then", () => {
    const { store, states } = start();
    for (const name of ["a", "b", "c"]) states.applied(nodeOf(name));
    states.applied(nodeOf("b", true));
    expect(store.size).toBe(3);
    states.listed(new Set(["b"]));
    expect(store.list().map(({ name, state }) => [name, state])).toEqual([["b", "shutting-down"]]);
  });
});
