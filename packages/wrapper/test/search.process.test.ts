import { EventEmitter } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CheckpointFacts, type CheckpointStore, openStore, StoreError } from "@crik/checkpoint-store";
import { CriuError } from "@crik/criu-driver";
import { nativePrograms } from "@crik/init";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultPolicy, type WrapperOptions, type WrapperOutcome } from "../src/index.ts";
import { surroundings } from "../src/restore/surroundings.ts";
import { wrapperFor } from "./harness.ts";

const facts: CheckpointFacts = {
  command: ["true"],
  rootPid: 1001,
  pids: [1001],
  stdio: ["/dev/null", "/dev/null", "/dev/null"],
  versions: { crik: "0.0.0", criu: "4.2.1", kernel: "6.18.0" },
  architecture: "x64",
  cpuFeatures: [],
  initDigest: "",
  bootId: "",
  monotonicMs: 0,
  mode: "privileged",
  hostname: "web-0",
  reason: "stop signal",
  cgroupFiles: [],
};

/** A checkpoint that fits this machine and the command of {@link start}. */
function restorable(command: readonly string[] = ["true"]): CheckpointFacts {
  const { init } = nativePrograms();
  const here = surroundings({
    command,
    init,
    mode: "privileged",
    capabilities: 0n,
    versions: facts.versions,
  });
  return { ...facts, ...here, versions: facts.versions };
}

/** An image directory with as many checkpoints, and a store for the container that looks at it next. */
async function storeWith(count: number, made: CheckpointFacts = facts): Promise<CheckpointStore> {
  const directory = mkdtempSync(join(tmpdir(), "crik-wrapper-search-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const maker = await openStore({ directory, claimant: "maker" });
  for (let index = 0; index < count; index++) {
    const staged = await maker.stage();
    writeFileSync(join(staged.imageDirectory, "inventory.img"), "");
    await staged.commit(made);
  }
  return openStore({ directory, claimant: "me" });
}

async function start(
  store: CheckpointStore,
  ifRestoreFails: "previous" | "start-fresh" | "fail",
  more: Partial<WrapperOptions> = {},
): Promise<{ readonly outcome: WrapperOutcome; readonly log: readonly string[]; readonly left: readonly string[] }> {
  const { wrapper, log } = wrapperFor({
    command: ["true"],
    store,
    policy: { ...defaultPolicy, ifRestoreFails },
    ...more,
  });
  const outcome = await wrapper.run();
  const left = readdirSync(store.directory).filter((name) => /^\d/.test(name));
  return { outcome, log, left: left.toSorted() };
}

describe("a container that finds no checkpoint to restore", () => {
  it("warns when the newest was consumed and may never have run", async () => {
    const store = await storeWith(1);
    const claim = await store.claim();
    if (claim.kind === "claimed") await claim.checkpoint.consume();
    const { outcome, log, left } = await start(store, "start-fresh");
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(log.join("\n")).toMatch(/generation 1 was consumed by me and may never have run/);
    expect(left).toEqual(["000001.consumed.me"]);
  });

  it("does not warn when it has run", async () => {
    const store = await storeWith(1);
    const claim = await store.claim();
    if (claim.kind === "claimed") {
      await claim.checkpoint.consume();
      await claim.checkpoint.markResumed();
    }
    const { log } = await start(store, "start-fresh");
    expect(log.join("\n")).not.toMatch(/may never have run/);
  });

  it("names what is damaged, and goes back behind it only when that is configured", async () => {
    const store = await storeWith(2);
    rmSync(join(store.directory, "000002.complete", "checkpoint.json"));
    const { outcome, log, left } = await start(store, "start-fresh");
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(log.join("\n")).toMatch(
      /a checkpoint cannot be restored and was put into quarantine: .*checkpoint\.json is missing/,
    );
    expect(left).toEqual(["000001.quarantined", "000002.quarantined"]);
  });

  it("fails at every start until somebody has looked, when that is configured", async () => {
    const store = await storeWith(2);
    rmSync(join(store.directory, "000002.complete", "checkpoint.json"));
    for (let attempt = 0; attempt < 2; attempt++) {
      const { outcome, left } = await start(store, "fail");
      expect(outcome).toMatchObject({
        kind: "failed",
        because: "search-failed",
        error: { code: "ERR_WRAPPER_QUARANTINED" },
      });
      expect(left).toEqual(["000001.complete", "000002.quarantined"]);
    }
  });
});

describe("a checkpoint of another command that does not fit this container either", () => {
  it("is left for the containers of that command, as after a rollback", async () => {
    const store = await storeWith(1);
    const { outcome, left } = await start(store, "start-fresh", { command: ["sh", "-c", ":"] });
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(left).toEqual(["000001.complete"]);
  });
});

describe("a restore that fails for the sake of the container", () => {
  it("is tried by three containers, and then the application is started afresh", async () => {
    const store = await storeWith(1, restorable());
    for (const attempt of [1, 2]) {
      const { outcome, log, left } = await start(store, "start-fresh");
      expect(outcome).toMatchObject({ kind: "restore-postponed", number: 1, attempt, of: 3 });
      expect(log.at(-1)).toMatch(new RegExp(`tried again by the next container: attempt ${attempt} of 3$`));
      expect(left).toEqual(["000001.complete"]);
    }
    const { outcome, log, left } = await start(store, "start-fresh");
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(log).toContain("the application is started afresh: its checkpoint could not be restored");
    expect(left).toEqual(["000001.quarantined"]);
    expect(reasonOf(store)).toMatchObject({
      code: "passed-over",
      message: expect.stringMatching(/generation 1 could not be restored: no restore here$/),
    });
  });

  it("starts nothing when another container has taken the checkpoint over before it could be given back", async () => {
    const store = await storeWith(1, restorable());
    const restore = async (): Promise<never> => {
      renameSync(join(store.directory, "000001.restoring.me"), join(store.directory, "000001.restoring.other"));
      throw new Error("too slow");
    };
    const policy = { ...defaultPolicy, restoreAttempts: 1, gracePeriodMs: 2_000 };
    const command = ["touch", join(store.directory, "started")] as const;
    const settings = { ifCommandChanged: "restore" } as const;
    const { wrapper } = wrapperFor({ command, store, policy, settings, criu: { dump: restore, restore } });
    expect(await wrapper.run()).toMatchObject({ kind: "failed", error: { code: "ERR_STORE_CLAIM_LOST" } });
    expect(readdirSync(store.directory)).toContain("000001.restoring.other");
    expect(readdirSync(store.directory)).not.toContain("started");
  });

  it("is tried as often with an older checkpoint, where going back is configured", async () => {
    const store = await storeWith(2, restorable());
    for (const [number, attempt, newest] of [
      [2, 1, "complete"],
      [2, 2, "complete"],
      [1, 1, "quarantined"],
      [1, 2, "quarantined"],
    ] as const) {
      const { outcome, left } = await start(store, "previous");
      expect(outcome).toMatchObject({ kind: "restore-postponed", number, attempt, of: 3 });
      expect(left).toEqual(["000001.complete", `000002.${newest}`]);
    }
    const { outcome, left } = await start(store, "previous");
    expect(outcome).toMatchObject({ kind: "task-exited" });
    expect(left).toEqual(["000001.quarantined", "000002.quarantined"]);
  });

  it("is tried by every container where nothing may be started without it", async () => {
    const store = await storeWith(1, restorable());
    for (const attempt of [1, 2, 3, 4]) {
      const { outcome, left } = await start(store, "fail");
      expect(outcome).toMatchObject({ kind: "restore-postponed", attempt, of: undefined });
      expect(left).toEqual(["000001.complete"]);
    }
  });
});

describe("a volume that fails while crik looks for a checkpoint", () => {
  it("is no reason to start the application beside a state that may be there", async () => {
    const store = await storeWith(1, restorable());
    const claim = () => Promise.reject(new Error("EIO"));
    const { outcome, left } = await start({ ...store, claim }, "start-fresh");
    expect(outcome).toMatchObject({ kind: "failed", because: "search-failed", error: { message: "EIO" } });
    expect(left).toEqual(["000001.complete"]);
  });

  it("or whose checkpoint cannot be compared with this container, gives three containers the time to pass", async () => {
    const store = await storeWith(1, restorable());
    const { outcome, left } = await start(store, "start-fresh", { init: "/nowhere/crik-init" });
    expect(outcome).toMatchObject({ kind: "restore-postponed", number: 1, attempt: 1, error: { code: "ENOENT" } });
    expect(left).toEqual(["000001.complete"]);
  });

  it("and cannot be read three times is given up for the older one, where going back is configured", async () => {
    const { directory } = await storeWith(2, restorable());
    for (const [number, attempt, newest] of [
      [2, 1, "complete"],
      [2, 2, "complete"],
      [1, 1, "quarantined"],
    ] as const) {
      let looks = 0;
      const onStep = (name: string): void => {
        if (name === "claim:check" && ++looks === 1) throw Object.assign(new Error("EIO"), { code: "EIO" });
      };
      const { outcome, left } = await start(await openStore({ directory, claimant: "me", onStep }), "previous");
      expect(outcome).toMatchObject({ kind: "restore-postponed", number, attempt, of: 3 });
      expect(left).toEqual(["000001.complete", `000002.${newest}`]);
    }
  });

  it("starts afresh at once beside a checkpoint of another version of crik, unless the policy is to fail", async () => {
    const store = await storeWith(1, restorable());
    const claim = () => Promise.reject(new StoreError("ERR_STORE_FORMAT", "it has format 2"));
    expect(await start({ ...store, claim }, "fail")).toMatchObject({
      outcome: { kind: "failed", because: "search-failed" },
      left: ["000001.complete"],
    });
    expect(await start({ ...store, claim }, "start-fresh")).toMatchObject({
      outcome: { kind: "task-exited" },
      left: ["000001.quarantined"],
    });
  });
});

describe("a restore that fails when files were put back", () => {
  /** A checkpoint that carries `file`, in whose place this container's image has something else. */
  async function carrying(
    make: (path: string) => void,
  ): Promise<{ readonly store: CheckpointStore; readonly path: string }> {
    const folder = mkdtempSync(join(tmpdir(), "crik-wrapper-files-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "file");
    writeFileSync(path, "of the life that does not go on");
    const store = await storeWith(0);
    const staged = await store.stage();
    writeFileSync(join(staged.imageDirectory, "inventory.img"), "");
    await staged.carry([path]);
    await staged.commit(restorable(["sh", "-c", `cat ${path}; ls ${folder}`]));
    rmSync(path);
    make(path);
    return { store, path };
  }

  const command = (path: string) => ["sh", "-c", `cat ${path}; ls ${dirname(path)}`] as const;
  const criuFails = {
    dump: () => Promise.reject(new Error("no dump here")),
    restore: () => Promise.reject(new CriuError("ERR_CRIU_RESTORE", "the images are damaged")),
  };

  it("leaves the container as its image made it, for the application that is started afresh", async () => {
    const { store, path } = await carrying((file) => writeFileSync(file, "the image's"));
    let then = "";
    const restore = async (): Promise<never> => {
      then = readFileSync(path, "utf8");
      return criuFails.restore();
    };
    const { outcome, log } = await start(store, "start-fresh", {
      command: command(path),
      criu: { ...criuFails, restore },
    });
    expect(outcome).toMatchObject({ kind: "task-exited", exit: { code: 0 } });
    expect(then).toBe("of the life that does not go on");
    expect(readFileSync(path, "utf8")).toBe("the image's");
    expect(log.indexOf("what was put back of the checkpoint is taken back")).toBeLessThan(
      log.indexOf("the application is started afresh: its checkpoint could not be restored"),
    );
  });

  it("starts nothing where that is not possible: the next container does, which is made anew", async () => {
    const { store, path } = await carrying((file) =>
      mkdirSync(join(file, "with-something-in-it"), { recursive: true }),
    );
    const { outcome, left } = await start(store, "start-fresh", { command: command(path), criu: criuFails });
    expect(outcome).toMatchObject({ kind: "failed", because: "files-left", error: { code: "ERR_STORE_TAKE_BACK" } });
    expect(left).toEqual(["000001.quarantined"]);
    const next = await start(store, "start-fresh", { command: command(path), criu: criuFails });
    expect(next.outcome).toMatchObject({ kind: "task-exited" });
  });

  it("leaves the container as it was for the one that tries again too, since files may lie on a volume", async () => {
    const { store, path } = await carrying(() => {});
    const criu = { ...criuFails, restore: () => Promise.reject(new Error("no memory")) };
    const { outcome } = await start(store, "start-fresh", { command: command(path), criu });
    expect(outcome).toMatchObject({ kind: "restore-postponed", attempt: 1 });
    expect(existsSync(path)).toBe(false);
  });

  it("leaves it as it was when a stop has ended the restore", async () => {
    const { store, path } = await carrying(() => {});
    const signals = new EventEmitter();
    const restore = async ({ signal }: { readonly signal?: AbortSignal | undefined }): Promise<never> => {
      setImmediate(() => signals.emit("SIGTERM"));
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      throw new Error("cancelled");
    };
    const { outcome, left } = await start(store, "start-fresh", {
      command: command(path),
      signals,
      criu: { ...criuFails, restore },
    });
    expect(outcome).toMatchObject({ kind: "stopped-before-start" });
    expect(left).toEqual(["000001.complete"]);
    expect(existsSync(path)).toBe(false);
  });
});

function reasonOf(store: CheckpointStore): unknown {
  return JSON.parse(readFileSync(join(store.directory, "000001.quarantined", "quarantine.json"), "utf8"));
}
