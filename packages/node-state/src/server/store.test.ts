import { describe, expect, it } from "vitest";
import type { NodeStateRecord } from "../record.ts";
import { createNodeStateStore } from "./store.ts";

const ready = (name: string): NodeStateRecord => ({ name, state: "ready", reason: "", sources: [] });
const leaving = (name: string): NodeStateRecord => ({ ...ready(name), state: "shutting-down" });

describe("a node state store", () => {
  it("tells the listeners of a node of its changes, and of nothing else", () => {
    const store = createNodeStateStore();
    const heard: (string | undefined)[] = [];
    store.subscribe("n1", (record) => heard.push(record?.state));
    expect(store.set(ready("n1"))).toBe(true);
    expect(store.set(ready("n1"))).toBe(false);
    store.set(leaving("n2"));
    store.set(leaving("n1"));
    expect(store.delete("n1")).toBe(true);
    expect(store.delete("n1")).toBe(false);
    store.set(ready("n1"));
    expect(heard).toEqual(["ready", "shutting-down", undefined, "ready"]);
  });

  it("takes a change of anything in a record for a change", () => {
    const store = createNodeStateStore();
    store.set(leaving("n1"));
    const sources = [{ name: "kubelet", detail: "Ready" }];
    expect(store.set({ ...leaving("n1"), reason: "other" })).toBe(true);
    expect(store.set({ ...leaving("n1"), since: new Date(0) })).toBe(true);
    expect(store.set({ ...leaving("n1"), sources })).toBe(true);
    expect(
      store.set({
        ...leaving("n1"),
        sources: [{ ...sources[0], name: "kubelet", detail: "Ready", since: new Date(0) }],
      }),
    ).toBe(true);
  });

  it("keeps the record that it has when a new one says the same", () => {
    const store = createNodeStateStore();
    const first = ready("n1");
    store.set(first);
    store.set(ready("n1"));
    expect(store.get("n1")).toBe(first);
  });

  it("lists its nodes by name, in the same array until something changes", () => {
    const store = createNodeStateStore();
    for (const name of ["n2", "n10", "n1"]) store.set(ready(name));
    const list = store.list();
    expect(list.map(({ name }) => name)).toEqual(["n1", "n10", "n2"]);
    store.set(ready("n1"));
    expect(store.list()).toBe(list);
    store.delete("n10");
    expect(store.list().map(({ name }) => name)).toEqual(["n1", "n2"]);
    expect(store.size).toBe(2);
    store.set(leaving("n2"));
    expect(store.list()[1]?.state).toBe("shutting-down");
  });

  it("calls every listener, also when one throws or ends another", () => {
    const errors: unknown[] = [];
    const store = createNodeStateStore({ onListenerError: (error) => errors.push(error) });
    const heard: string[] = [];
    store.subscribe("n1", () => {
      throw new Error("mine");
    });
    const end = store.subscribe("n1", () => {
      heard.push("first");
      end();
    });
    store.subscribe("n1", () => heard.push("second"));
    expect(store.set(ready("n1"))).toBe(true);
    store.set(leaving("n1"));
    expect(heard).toEqual(["first", "second", "second"]);
    expect(errors).toEqual([new Error("mine"), new Error("mine")]);
  });

  it("has ended a subscription once, however often it is ended", () => {
    const store = createNodeStateStore();
    const heard: string[] = [];
    const end = store.subscribe("n1", () => heard.push("old"));
    end();
    store.subscribe("n1", () => heard.push("new"));
    end();
    store.set(ready("n1"));
    expect(heard).toEqual(["new"]);
  });
});
