import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Container, type ContainerOptions, startContainer } from "./harness/container.ts";
import { type ContainerImage, unpackContainerImage } from "./harness/container-image.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, type CrikOptions, checkpoint } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume, type Volume } from "./harness/volume.ts";

let directory = "";
let crik: ContainerImage;
let manager: ContainerImage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "crik-images-"));
  const argv = ["pnpm", "images", "--out", directory, "crik", "node-state-server"];
  const child = spawn("npx", argv, { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: "inherit" });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`pnpm images ended with status ${code}`);
  crik = await unpackContainerImage(join(directory, "crik.tar"));
  manager = await unpackContainerImage(join(directory, "node-state-server.tar"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** As Pod Security `restricted` and a careful author have it. */
const restricted = { capabilities: [], noNewPrivileges: true, readonlyRootfs: true, seccomp: true } as const;

describeContainers("the image of the node-state server", () => {
  const start = (args: readonly string[], more: Pick<ContainerOptions, "mounts"> = {}): Promise<Container> =>
    startContainer({ ...manager.start, ...restricted, ...more, command: [...manager.entrypoint, ...args] });

  it("is run by another user than root", () => {
    expect(manager.start.uid).toBe(65532);
  });

  it.each([
    ["--version", /^\d+\.\d+\.\d+/],
    ["--help", /--health-probes-port/],
  ])("answers %s", async (flag, answer) => {
    await using box = await start([flag]);
    expect(await box.exited).toMatchObject({ code: 0 });
    expect(box.stdout.all.join("\n")).toMatch(answer);
    expect(box.stderr.all).toEqual([]);
  });

  it("serves, and stops when it is told to", async () => {
    const kubeconfig = join(directory, "kubeconfig");
    const cluster = { name: "nobody", cluster: { server: "https://127.0.0.1:1" } };
    const context = { name: "nobody", context: { cluster: "nobody", user: "nobody" } };
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [cluster],
      contexts: [context],
      users: [{ name: "nobody", user: { token: "none" } }],
    };
    await writeFile(kubeconfig, JSON.stringify({ ...config, "current-context": "nobody" }), { mode: 0o644 });
    await using box = await start(["--kubeconfig", "/kubeconfig", "--drain-seconds", "0"], {
      mounts: [{ from: kubeconfig, to: "/kubeconfig", readonly: true }],
    });
    await box.stdout.waitForLine(/"listening"/);
    const ask = (url: string): readonly [string, ...string[]] => [
      "/usr/bin/node",
      "--eval",
      `fetch("http://127.0.0.1:${url}").then(({ status }) => console.log(status))`,
    ];
    expect((await box.exec(ask("8081/healthz"))).stdout).toBe("200\n");
    expect((await box.exec(ask("8081/readyz"))).stdout).toBe("503\n");
    expect((await box.exec(ask("9376/v1/nodes"))).stdout).toBe("503\n");
    expect((await box.exec(ask("8080/metrics"))).stdout).toBe("200\n");
    box.signal("SIGTERM");
    expect(await box.exited).toMatchObject({ code: 0 });
  });
});

/** What an init container does: it fills an emptyDir. */
async function install(
  args: readonly string[] = [],
  more: Pick<ContainerOptions, "uid" | "capabilities"> = {},
): Promise<Volume> {
  const volume = await makeVolume();
  await using box = await startContainer({
    ...crik.start,
    ...restricted,
    ...more,
    command: [...crik.entrypoint, "install", ...args, "/volume"],
    mounts: [{ from: volume.path, to: "/volume" }],
  });
  const { code } = await box.exited;
  if (code !== 0) throw new Error(`crik install ended with ${code}: ${box.stderr.all.join("\n")}`);
  return volume;
}

/** A pod's application under the crik that its init container has installed. */
async function startUnder(
  installed: Volume,
  volume: Volume,
  options: Omit<CrikOptions, "volume" | "rootfs" | "command">,
): Promise<CrikContainer> {
  const box = await startContainer({
    ...options,
    rootfs: "busybox",
    command: ["/opt/crik/bin/crik", "run", "--image-dir", "/ckpt", "--", "/programs/counter.sh"],
    mounts: [
      { from: installed.path, to: "/opt/crik" },
      { from: volume.path, to: "/ckpt" },
    ],
  });
  return { ...box, volume };
}

describeContainers("crik, brought into a pod by an init container", () => {
  it("that has no privileges and is not root itself, goes on in the next pod", async () => {
    const options = { capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"], noNewPrivileges: true } as const;
    await using volume = await makeVolume();
    await using one = await install([], { uid: 1000 });
    await using first = await startUnder(one, volume, options);
    await first.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(first);
    await using another = await install([], { uid: 1000 });
    await using second = await startUnder(another, volume, options);
    await proveContinuity(first.stdout, second.stdout);
  });

  it.each([
    { runtime: "runc", noNewPrivileges: false },
    { runtime: "runc", noNewPrivileges: true },
    { runtime: "crun", noNewPrivileges: false },
    { runtime: "crun", noNewPrivileges: true },
  ] as const)(
    "with file capabilities, goes on where nobody is root: $runtime, no_new_privs $noNewPrivileges",
    async (security) => {
      const options = { ...security, capabilities: ["CHECKPOINT_RESTORE", "SYS_PTRACE"], uid: 1000 } as const;
      const installed = (): Promise<Volume> => install(["--file-capabilities"], { capabilities: ["SETFCAP"] });
      await using volume = await makeVolume();
      await using one = await installed();
      await using first = await startUnder(one, volume, options);
      await first.stdout.waitForLine(/^TICK \S+ 3$/);
      const status = await first.exec(["sh", "-c", "cat /proc/[0-9]*/task/*/status | grep -E '^(Name|CapEff)'"]);
      const last = status.stdout.split("\n").lastIndexOf("Name:\tcounter.sh");
      expect(status.stdout.split("\n")[last + 1]).toBe("CapEff:\t0000000000000000");
      await checkpoint(first);
      await using another = await installed();
      await using second = await startUnder(another, volume, options);
      await proveContinuity(first.stdout, second.stdout);
      // And once more: what was restored can be dumped.
      await second.stdout.waitForLineAfter(6, /^TICK /);
      await checkpoint(second);
    },
  );
});
