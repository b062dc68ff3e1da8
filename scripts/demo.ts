/** `pnpm demo`: a counter in a container is checkpointed when it is told to stop, and goes on in another container. */
import { type Container, startContainer } from "../e2e/harness/container.ts";
import { proveContinuity, ticksOf } from "../e2e/harness/continuity.ts";
import { rootfsLayers } from "../e2e/harness/rootfs.ts";
import { ensureRuntime } from "../e2e/harness/runtime.ts";
import { sweepDeadRuns } from "../e2e/harness/sweep.ts";
import { makeVolume, type Volume } from "../e2e/harness/volume.ts";
import { makeBundle } from "./bundle/make.ts";
import { parseArchitecture } from "./criu/machine.ts";
import { formatDuration, runSteps } from "./steps.ts";

/** A counter in shell: what it counts and its secret are in its memory and nowhere else. */
const Counter = `
  echo "START $$"
  read -r nonce </proc/sys/kernel/random/uuid
  n=0
  while :; do n=$((n + 1)); echo "TICK $nonce $n"; sleep 0.4; done`;

const color = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const heading = (text: string): void => say(`\n${paint(1, text)}`);

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  say(`  ${paint(32, "✓")} ${what} ${paint(2, `(${formatDuration(performance.now() - started)})`)}`);
  return result;
}

/** Shows what a container writes as it comes: the application's lines and crik's own. */
function follow(box: Container, name: string): () => void {
  const shown = [0, 0];
  const show = (): void => {
    for (const [index, lines] of [box.stdout, box.stderr].entries()) {
      for (const line of lines.all.slice(shown[index])) {
        const [, number] = /^TICK \S+ (\d+)$/.exec(line) ?? [];
        say(
          `  ${paint(2, name)} ${number === undefined ? paint(36, line) : `counter: ${paint(1, number)}   ${paint(2, line)}`}`,
        );
      }
      shown[index] = lines.all.length;
    }
  };
  const timer = setInterval(show, 50);
  return () => {
    clearInterval(timer);
    show();
  };
}

async function start(home: string, volume: Volume): Promise<Container> {
  return startContainer({
    rootfs: "busybox",
    command: ["/opt/crik/bin/crik", "run", "--image-dir", "/checkpoints", "--", "sh", "-c", Counter],
    mounts: [
      { from: home, to: "/opt/crik", readonly: true },
      { from: volume.path, to: "/checkpoints" },
    ],
    // What a pod needs, and no more: drop: [ALL], add these two, allowPrivilegeEscalation: false.
    capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"],
    noNewPrivileges: true,
  });
}

async function prepare(): Promise<string> {
  heading("Preparing");
  const built = await timed("the packages are built", async () =>
    runSteps([
      { name: "build", command: ["turbo", "run", "build", "--filter=@crik/cli...", "--output-logs=errors-only"] },
    ]),
  );
  if (!built.every(({ ok }) => ok)) throw new Error("the packages do not build: see above");
  const bundle = await timed("the bundle is made: crik, CRIU and all that they need in one folder", () =>
    makeBundle({
      architecture: parseArchitecture(process.arch),
      lock: "follow",
      directory: undefined,
      main: undefined,
      log: () => {},
    }),
  );
  await timed("runc and a root file system with nothing but busybox are there", async () => {
    await sweepDeadRuns();
    await Promise.all([ensureRuntime("runc"), rootfsLayers("busybox")]);
  });
  return bundle.home;
}

async function main(): Promise<void> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Error("the demo starts containers: it needs Linux and root (try: sudo npx pnpm demo)");
  }
  const home = await prepare();
  await using volume = await makeVolume();

  heading("A counter starts in the first container");
  await using first = await start(home, volume);
  let unfollow = follow(first, "first ");
  await first.stdout.waitForLine(/^TICK \S+ 4$/);

  heading("The first container is told to stop: SIGTERM, as Kubernetes does it");
  first.signal("SIGTERM");
  const ended = await first.exited;
  unfollow();
  const [last] = ticksOf(first.stdout.all).slice(-1);
  say(
    `  it is gone after ${formatDuration(ended.timings.endedAt - (ended.timings.signalledAt ?? 0))}, exit status ${ended.code}`,
  );
  if (last === undefined || ended.code !== 143)
    throw new Error("the first container did not checkpoint: see its lines above");

  heading("A second container, from a fresh root file system; only the image directory is the same");
  const started = performance.now();
  await using second = await start(home, volume);
  unfollow = follow(second, "second");
  await second.stdout.waitForLine(/^TICK /);
  const firstTick = performance.now() - started;
  await second.stdout.waitForLine(new RegExp(`^TICK \\S+ ${last.number + 4}$`));
  unfollow();
  await proveContinuity(first.stdout, second.stdout);
  second.signal("SIGKILL");
  await second.exited;

  heading("Proof");
  say(`  ${paint(32, "✓")} the counter stopped at ${last.number} and went on at ${last.number + 1}`);
  say(`  ${paint(32, "✓")} the secret in its memory is the same: ${last.nonce}`);
  say(`  ${paint(32, "✓")} its start-up code ran once, in the first container, and never in the second`);
  say(`  ${paint(32, "✓")} the second container ticked ${formatDuration(firstTick)} after it was asked for`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
