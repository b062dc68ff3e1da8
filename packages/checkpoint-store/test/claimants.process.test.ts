import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseGenerationName } from "../src/generation-name.ts";
import { type CheckpointStore, type ClaimedCheckpoint, isStoreError, openStore } from "../src/index.ts";
import { commitOne, scratch } from "./harness.ts";
import { contentOf } from "./images.ts";

/** By the clock of the model: nothing is ever renewed by itself. */
const Lease = 10_000_000;

interface Model {
  /** Every generation by its number: state, and by whom. */
  readonly generations: Map<
    number,
    { readonly state: string; readonly by: string | undefined; readonly lease: number }
  >;
  /** How many containers have died with each, since it was last given back by a living one. */
  readonly deaths: Map<number, number>;
  now: number;
  starts: number;
  /** Counts what holders have written: whoever watches a lease begins anew with each. */
  leases: number;
}

interface Container {
  name: string;
  store: CheckpointStore;
  claim: ClaimedCheckpoint | undefined;
  /** Since when each directory name was seen, which is how long its lease has not changed. */
  readonly seen: Map<string, number>;
}

interface Real {
  readonly directory: string;
  readonly containers: Container[];
  readonly clock: { now(): number; sleep(): Promise<void> };
}

type Command = fc.AsyncCommand<Model, Real>;

const newest = (model: Model, ...states: string[]): number =>
  Math.max(0, ...[...model.generations].filter(([, { state }]) => states.includes(state)).map(([number]) => number));

/** The directory says exactly what the model says. */
function agree(model: Model, { directory }: Real): void {
  const found = readdirSync(directory).flatMap((name) => parseGenerationName(name) ?? []);
  const print = (number: number, state: string, by: string | undefined): string => `${number} ${state} ${by ?? ""}`;
  expect(found.map(({ number, state, claimant }) => print(number, state, claimant)).toSorted()).toEqual(
    [...model.generations].map(([number, { state, by }]) => print(number, state, by)).toSorted(),
  );
}

function command(
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Model) => boolean = () => true,
): Command {
  return {
    check,
    run: async (model, real) => {
      await run(model, real);
      agree(model, real);
    },
    toString: () => name,
  };
}

function containerOf(real: Real, index: number): Container {
  const container = real.containers[index % real.containers.length];
  if (container === undefined) throw new Error("no container");
  return container;
}

async function start(model: Model, real: Pick<Real, "directory" | "clock">): Promise<Container> {
  const name = `c${++model.starts}`;
  const store = await openStore({ directory: real.directory, claimant: name, leaseMs: Lease, clock: real.clock });
  const container = { name, store, claim: undefined, seen: new Map<string, number>() };
  look(model, container);
  return container;
}

/** What a container that looks at the directory now remembers of the leases. */
function look(model: Model, { seen }: Container): void {
  for (const [number, { state, by, lease }] of model.generations) {
    const key = `${number} ${by} ${lease}`;
    if (state === "restoring" && !seen.has(key)) seen.set(key, model.now);
  }
}

const commit = (index: number) =>
  command(`commit by ${index}`, async (model, real) => {
    const expected = Math.max(0, ...model.generations.keys()) + 1;
    expect(await commitOne(containerOf(real, index).store, `state ${expected}`)).toBe(expected);
    model.generations.set(expected, { state: "complete", by: undefined, lease: 0 });
  });

/** What a claim must come to, by the model alone; generations that it sets apart are set apart in the model. */
function expectedClaim(model: Model, container: Container): { readonly kind: string; readonly number: number } {
  for (;;) {
    const number = newest(model, "complete", "restoring");
    const found = model.generations.get(number);
    if (found === undefined || number < newest(model, "consumed")) return { kind: "none", number };
    if (found.state === "complete") return { kind: "claimed", number };
    const key = `${number} ${found.by} ${found.lease}`;
    const since = container.seen.get(key) ?? model.now;
    container.seen.set(key, since);
    if (model.now - since < Lease) return { kind: "held", number };
    const deaths = (model.deaths.get(number) ?? 0) + 1;
    model.deaths.set(number, deaths);
    if (deaths < 3) return { kind: "claimed", number };
    model.generations.set(number, { state: "quarantined", by: undefined, lease: 0 });
  }
}

const claim = (index: number) =>
  command(`claim by ${index}`, async (model, real) => {
    const container = containerOf(real, index);
    if (container.claim !== undefined) return;
    const { kind, number } = expectedClaim(model, container);
    const outcome = await container.store.claim();
    expect(outcome.kind).toBe(kind);
    if (outcome.kind !== "claimed") return;
    expect(outcome.checkpoint.number).toBe(number);
    expect(await contentOf(outcome.checkpoint)).toBe(`state ${number}`);
    container.claim = outcome.checkpoint;
    model.generations.set(number, { state: "restoring", by: container.name, lease: ++model.leases });
  });

/** A move of a claim: it happens when the claim is still this container's, and else changes nothing. */
const move = (
  word: string,
  index: number,
  act: (claim: ClaimedCheckpoint) => Promise<void>,
  from: string,
  to: { readonly state: string; readonly owned: boolean },
) =>
  command(`${word} by ${index}`, async (model, real) => {
    const container = containerOf(real, index);
    const { claim: held, name } = container;
    if (held === undefined) return;
    const known = model.generations.get(held.number);
    const mine =
      known?.state === from &&
      known.by === name &&
      !(to.state === "consumed" && held.number < newest(model, "consumed"));
    const failure = await act(held).then(
      () => undefined,
      (error: unknown) => (isStoreError(error) ? error.code : String(error)),
    );
    // Where another has brought it to the wanted state already, the rename finds its work done, as it would on a network file system.
    const isDone = !to.owned && known?.state === to.state;
    expect(isDone ? [undefined, "ERR_STORE_CLAIM_LOST"] : [mine ? undefined : "ERR_STORE_CLAIM_LOST"]).toContain(
      failure,
    );
    const by = to.owned ? name : undefined;
    const lease = to.state === "restoring" ? ++model.leases : (known?.lease ?? 0);
    if (mine) model.generations.set(held.number, { state: to.state, by, lease });
    if (mine && !to.owned) container.claim = undefined;
    if (mine && to.state === "complete") model.deaths.delete(held.number);
  });

const crash = (index: number) =>
  command(`crash of ${index}`, async (model, real) => {
    const at = index % real.containers.length;
    real.containers[at] = await start(model, real);
  });

const pass = command("a lease passes", async (model) => {
  model.now += Lease;
});

const prune = (index: number, generations: number) =>
  command(`prune to ${generations} by ${index}`, async (model, real) => {
    const { store, seen } = containerOf(real, index);
    const good = newest(model, "complete");
    const consumed = newest(model, "consumed");
    const { removed } = await store.prune({ generations });
    for (const { number, state } of removed) {
      const known = model.generations.get(number);
      expect(state).toBe(known?.state);
      if (number === good) expect(number).toBeLessThan(consumed);
      expect(number).not.toBe(consumed);
      if (state === "restoring") {
        expect(number).toBeLessThan(consumed);
        expect(model.now - (seen.get(`${number} ${known?.by} ${known?.lease}`) ?? model.now)).toBeGreaterThanOrEqual(
          Lease,
        );
      }
      model.generations.delete(number);
    }
    for (const [number, { state, by, lease }] of model.generations) {
      const key = `${number} ${by} ${lease}`;
      if (state === "restoring" && number < consumed && !seen.has(key)) seen.set(key, model.now);
    }
  });

it("three containers over one directory do what the model does, whoever is slow and whoever dies", {
  timeout: 60_000,
}, async () => {
  const index = fc.nat(2);
  const commands = fc.commands(
    [
      index.map(commit),
      index.map(claim),
      index.map(claim),
      index.map((at) => move("consume", at, (held) => held.consume(), "restoring", { state: "consumed", owned: true })),
      index.map((at) =>
        move("give back", at, (held) => held.giveBack(), "consumed", { state: "restoring", owned: true }),
      ),
      index.map((at) =>
        move("release", at, (held) => held.release(), "restoring", { state: "complete", owned: false }),
      ),
      index.map((at) =>
        move("quarantine", at, (held) => held.quarantine({ code: "criu", message: "failed" }), "restoring", {
          state: "quarantined",
          owned: false,
        }),
      ),
      index.map(crash),
      fc.constant(pass),
      fc.tuple(index, fc.integer({ min: 1, max: 3 })).map(([at, generations]) => prune(at, generations)),
    ],
    { maxCommands: 40, size: "max" },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      const model: Model = { generations: new Map(), deaths: new Map(), now: 0, starts: 0, leases: 0 };
      const clock = { now: () => model.now, sleep: async () => {} };
      const directory = scratch("/dev/shm");
      const containers: Container[] = [];
      for (let count = 0; count < 3; count++) containers.push(await start(model, { directory, clock }));
      await fc.asyncModelRun(() => ({ model, real: { directory, clock, containers } }), list);
    }),
    { numRuns: 100 },
  );
});
