import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import { askNodeState, followNodeState, type NodeStateReader } from "./node-state.ts";

/** A logger that keeps what it is told. */
function recording(): Logger & { readonly lines: [level: string, fields: object, message: string][] } {
  const lines: [string, object, string][] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}

/** An error as the client of `@crik/node-state` makes it: what to do about it is beside the message. */
function refused(attempts: number): Error {
  return Object.assign(new Error(`failed ${attempts} times: ECONNREFUSED`), { hint: "Is the server there?" });
}

/** Asks until so many answers were told, and gives what was logged. */
async function ask(answers: number, read: (count: number) => ReturnType<NodeStateReader["read"]>) {
  const log = recording();
  const end = new AbortController();
  let told = 0;
  await askNodeState({
    node: "worker-1",
    reader: { read: async () => await read(told) },
    clock: { ...systemClock, schedule: (_delayMs, callback) => systemClock.schedule(0, callback) },
    signal: end.signal,
    log,
    tell() {
      told += 1;
      if (told === answers) end.abort();
    },
  });
  return log.lines;
}

describe("the log of a node's state", () => {
  it("has the whole error when the server cannot be asked, and has it once while it cannot", async () => {
    const [first, ...more] = await ask(3, async (count) => {
      throw refused(count);
    });
    expect(first).toEqual(["warn", { node: "worker-1", error: refused(0) }, "the node's state cannot be found out"]);
    expect(first?.[1]).toHaveProperty("error.hint", "Is the server there?");
    expect(more).toEqual([]);
  });

  it("says an answer again when its reason is another one, and when it comes after a failure", async () => {
    const answers = ["Ready", "Ready", "cordon lifted", undefined, "cordon lifted"];
    const lines = await ask(answers.length, async (count) => {
      const reason = answers[count];
      if (reason === undefined) throw refused(1);
      return { state: "ready", reason };
    });
    expect(lines.map(([level, , message]) => `${level}: ${message}`)).toEqual([
      "info: the node is ready",
      "info: the node is ready",
      "warn: the node's state cannot be found out",
      "info: the node is ready",
    ]);
  });

  it("has the whole error when a watch has lost its connection", async () => {
    const log = recording();
    const error = refused(1);
    await followNodeState({
      node: "worker-1",
      watcher: {
        async *watch() {
          yield { type: "lost", error };
        },
      },
      signal: new AbortController().signal,
      log,
      tell: () => {},
    });
    expect(log.lines).toEqual([["warn", { node: "worker-1", error }, expect.stringMatching(/not heard of/)]]);
  });
});
