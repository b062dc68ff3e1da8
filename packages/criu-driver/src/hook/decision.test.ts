import { describe, expect, it } from "vitest";
import { createHookDecision, type HookDecision } from "./decision.ts";
import { formatAnswer, parseRequest } from "./request.ts";
import { hookScript } from "./script-channel.ts";

const never = new AbortController().signal;

function ask(decision: HookDecision, action: string): ReturnType<HookDecision["answer"]> {
  return decision.answer({ action, pid: 9001, signal: never });
}

describe("a hook's decision", () => {
  it("lets every hook pass but the one that its callback decides", async () => {
    let calls = 0;
    const decision = createHookDecision({ action: "post-dump", callback: async () => void calls++ });
    expect(await ask(decision, "pre-dump")).toEqual({ kind: "allow" });
    expect([calls, decision.allowed]).toEqual([0, false]);
    expect(await ask(decision, "post-dump")).toEqual({ kind: "allow" });
    expect(await ask(decision, "post-dump")).toEqual({ kind: "allow" });
    expect([calls, decision.allowed, decision.rootPid]).toEqual([1, true, 9001]);
    expect([...decision.seen]).toEqual(["pre-dump", "post-dump"]);
  });

  it("refuses with what the callback rejects with, thrown or not an error", async () => {
    const decision = createHookDecision({
      action: "post-restore",
      callback: () => {
        throw "text";
      },
    });
    expect(await ask(decision, "post-restore")).toEqual({ kind: "refuse", because: "text" });
    expect(decision).toMatchObject({ allowed: false, refusal: new Error("text") });
  });

  it("refuses everything once it was cancelled, and does not call back", async () => {
    let called = false;
    const decision = createHookDecision({
      action: "post-dump",
      callback: async () => {
        called = true;
      },
    });
    decision.cancel(new Error("too late"));
    expect(await ask(decision, "pre-dump")).toEqual({ kind: "refuse", because: "too late" });
    expect(await ask(decision, "post-dump")).toEqual({ kind: "refuse", because: "too late" });
    expect([called, decision.allowed]).toEqual([false, false]);
  });

  it("keeps the callback's outcome when it was cancelled meanwhile", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let aborted = false;
    const decision = createHookDecision({
      action: "post-dump",
      callback: ({ signal }) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        return promise;
      },
    });
    const answer = ask(decision, "post-dump");
    expect(decision.pending).toBe(true);
    decision.cancel(new Error("stop"));
    expect(aborted).toBe(true);
    resolve();
    expect(await answer).toEqual({ kind: "allow" });
    await decision.settled();
    expect([decision.pending, decision.allowed]).toEqual([false, true]);
    expect(await ask(decision, "pre-resume")).toEqual({ kind: "allow" });
  });
});

describe("the hook's protocol", () => {
  it("is a word and a pid", () => {
    expect(parseRequest("post-dump 0\n")).toEqual({ action: "post-dump", pid: 0 });
    expect(parseRequest("post-restore 9001")).toEqual({ action: "post-restore", pid: 9001 });
    for (const line of ["", "post-dump", "post-dump x", "POST 1", "a b c", "post-dump 1 \n"])
      expect(parseRequest(line)).toBeUndefined();
  });

  it("answers in one line, whatever the reason", () => {
    expect(formatAnswer({ kind: "allow" })).toBe("ok\n");
    expect(formatAnswer({ kind: "refuse", because: "line\nok\n" })).toBe("no: line ok \n");
  });
});

describe("the hook's script", () => {
  it("quotes its folder for the shell", () => {
    expect(hookScript({ folder: "/tmp/it's", pid: 7, startTime: "99" })).toContain("cd '/tmp/it'\\''s' || exit 1");
  });
});
