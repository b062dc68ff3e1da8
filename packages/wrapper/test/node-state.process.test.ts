import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckpointStore, type ClaimOutcome, openStore } from "@crik/checkpoint-store";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultPolicy, type NodeStateReader, type NodeStateWatcher, type WrapperPolicy } from "../src/index.ts";
import { wrapperFor } from "./harness.ts";

type Report = Awaited<ReturnType<NodeStateReader["read"]>>;

const shell = ["sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.02; done"] as const;
const policy: WrapperPolicy = {
  ...defaultPolicy,
  checkpointOn: "node-shutting-down",
  nodeStateGraceMs: 600,
  nodeStateTimeoutMs: 600,
};

function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "crik-wrapper-node-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function emptyStore(): Promise<CheckpointStore> {
  return openStore({ directory: emptyDirectory(), claimant: "me" });
}

/** Stops a supervised shell, whose dump always fails, and gives what the wrapper said. */
async function stop(options: {
  readonly reader: NodeStateReader;
  readonly watcher?: NodeStateWatcher;
  readonly policy?: Partial<WrapperPolicy>;
  readonly before?: (log: readonly string[]) => Promise<void>;
}): Promise<string> {
  const { wrapper, signals, log, reached } = wrapperFor({
    command: shell,
    store: await emptyStore(),
    policy: { ...policy, ...options.policy },
    nodeState: { node: "worker-1", reader: options.reader, watcher: options.watcher },
  });
  const ended = wrapper.run();
  await reached("running");
  await options.before?.(log);
  // The trap is set some time after the exec.
  await new Promise((resolve) => setTimeout(resolve, 100));
  signals.emit("SIGTERM");
  expect(await ended).toEqual({ kind: "task-exited", exit: { kind: "exited", code: 3 } });
  return log.join("\n");
}

/** Answers one after the other, and then the last one for ever. */
function answering(...answers: readonly (Report | Error)[]): NodeStateReader & { count: number } {
  return {
    count: 0,
    async read() {
      const answer = answers[Math.min(this.count, answers.length - 1)];
      this.count += 1;
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("no answer");
      return answer;
    },
  };
}

/** Tells events, then nothing more until it is ended. */
function telling(
  ...events: readonly ({ type: "state"; record: Report } | { type: "lost"; error: Error })[]
): NodeStateWatcher {
  return {
    async *watch(_node, { signal }) {
      yield* events;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}

describe("a stop with a node-state server", () => {
  it("is a plain stop when the node is ready, and asks for as long as the answer could become another one", async () => {
    const reader = answering({ state: "ready", reason: "condition Ready is True" });
    const log = await stop({ reader });
    expect(log).toMatch(/the application is stopped and not checkpointed/);
    expect(log).not.toMatch(/checkpointed: |being checkpointed/);
    expect(reader.count).toBeGreaterThan(2);
  });

  it("says an answer once, however often it comes", async () => {
    const log = await stop({ reader: answering({ state: "ready" }) });
    expect(log.match(/the node is ready/g)).toHaveLength(1);
  });

  it("is a checkpoint as soon as the node is shutting down, also when it was ready before", async () => {
    const reader = answering({ state: "ready" }, { state: "ready" }, { state: "shutting-down", reason: "cordoned" });
    const log = await stop({ reader, policy: { nodeStateGraceMs: 20_000 } });
    expect(log).toMatch(
      /the node is ready\nthe node is shutting down\nasked to stop: the application is being checkpointed/,
    );
    expect(reader.count).toBe(3);
  });

  it.each([
    ["checkpoint", /the application is being checkpointed/],
    ["stop", /stopped and not checkpointed/],
  ] as const)("is as configured (%s) when no answer can be had", async (ifNodeStateUnavailable, expected) => {
    const reader = answering(new Error("connect ECONNREFUSED"));
    const log = await stop({ reader, policy: { ifNodeStateUnavailable } });
    expect(log).toMatch(/the node's state cannot be found out/);
    expect(log).toMatch(expected);
  });
});

describe("a container that looks for a checkpoint while the one before it still asks for its node's state", () => {
  /** Asks to stop, and starts the next container's search at the first question. */
  async function replaced(answers: readonly Report[]): Promise<{
    readonly found: ClaimOutcome;
    /** When the search was over: in which state the container before it was. */
    readonly foundIn: string;
    readonly left: readonly string[];
  }> {
    const directory = emptyDirectory();
    const asked = answering(...answers);
    const begun = Promise.withResolvers<void>();
    const reader: NodeStateReader = {
      read: (node, options) => {
        begun.resolve();
        return asked.read(node, options);
      },
    };
    const { wrapper, signals, reached } = wrapperFor({
      command: shell,
      store: await openStore({ directory, claimant: "me" }),
      policy,
      nodeState: { node: "worker-1", reader },
    });
    const ended = wrapper.run();
    await reached("running");
    await new Promise((resolve) => setTimeout(resolve, 100));
    signals.emit("SIGTERM");
    await begun.promise;
    const next = await openStore({ directory, claimant: "next" });
    const found = await next.claim({ waitMs: 20_000 });
    const foundIn = wrapper.state.name;
    await ended;
    return { found, foundIn, left: readdirSync(directory).filter((name) => /^\d/.test(name)) };
  }

  it("waits, and finds none when none is made", async () => {
    const { found, foundIn, left } = await replaced([{ state: "ready" }]);
    expect(found).toMatchObject({ kind: "none" });
    expect(foundIn).not.toBe("deciding");
    expect(left).toEqual([]);
  });

  it("waits for the dump that it comes to", async () => {
    const { found, foundIn, left } = await replaced([{ state: "ready" }, { state: "shutting-down" }]);
    expect(found).toMatchObject({ kind: "none" });
    expect(foundIn).toMatch(/stopping|exited/);
    expect(left).toEqual([]);
  });
});

it("an application is stopped the plain way also when the volume hangs", async () => {
  const store = { ...(await emptyStore()), stage: () => new Promise<never>(() => {}) };
  const { wrapper, signals, reached } = wrapperFor({
    command: shell,
    store,
    policy,
    nodeState: { node: "worker-1", reader: answering({ state: "ready" }) },
  });
  const ended = wrapper.run();
  await reached("running");
  await new Promise((resolve) => setTimeout(resolve, 100));
  signals.emit("SIGTERM");
  expect(await ended).toEqual({ kind: "task-exited", exit: { kind: "exited", code: 3 } });
});

describe("a node that is followed", () => {
  it("is not asked about any more when it is known to go away", async () => {
    const reader = answering({ state: "ready" });
    const log = await stop({
      reader,
      watcher: telling({ type: "state", record: { state: "shutting-down", reason: "taint" } }),
      before: (said) => expect.poll(() => said).toContain("the node is shutting down"),
    });
    expect(log).toMatch(/the node is shutting down\nasked to stop: the application is being checkpointed/);
    expect(reader.count).toBe(0);
  });

  it("is still known to go away when the connection is lost then", async () => {
    const log = await stop({
      reader: answering(new Error("unreachable")),
      watcher: telling(
        { type: "state", record: { state: "shutting-down" } },
        { type: "lost", error: new Error("socket hang up") },
      ),
      policy: { ifNodeStateUnavailable: "stop" },
      before: (said) => expect.poll(() => said.join()).toMatch(/not heard of at the moment/),
    });
    expect(log).toMatch(/the application is being checkpointed/);
  });

  it("is asked about when it was ready, since that may have changed in this moment", async () => {
    const reader = answering({ state: "shutting-down" });
    const watcher = telling({ type: "state", record: { state: "ready" } });
    const log = await stop({
      reader,
      watcher,
      before: (said) => expect.poll(() => said).toContain("the node is ready"),
    });
    expect(log).toMatch(/the application is being checkpointed/);
    expect(reader.count).toBe(1);
  });

  it("is asked about when following it has failed", async () => {
    const watcher: NodeStateWatcher = {
      // biome-ignore lint/correctness/useYield: it fails before it tells anything
      async *watch() {
        throw new Error("no such file: ca.crt");
      },
    };
    const reader = answering({ state: "shutting-down" });
    const log = await stop({
      reader,
      watcher,
      before: (said) => expect.poll(() => said.join()).toMatch(/followed no longer/),
    });
    expect(log).toMatch(/the application is being checkpointed/);
  });

  it("does not keep an application that ends by itself", async () => {
    let ended = false;
    const watcher: NodeStateWatcher = {
      async *watch(_node, { signal }) {
        yield { type: "state", record: { state: "ready" } };
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        ended = true;
      },
    };
    const { wrapper } = wrapperFor({
      command: ["sh", "-c", "sleep 0.1; exit 4"],
      store: await emptyStore(),
      policy,
      nodeState: { node: "worker-1", reader: answering({ state: "ready" }), watcher },
    });
    expect(await wrapper.run()).toEqual({ kind: "task-exited", exit: { kind: "exited", code: 4 } });
    await expect.poll(() => ended).toBe(true);
  });
});
