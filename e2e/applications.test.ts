import { expect, it } from "vitest";
import { type CapabilityProfile, capabilitiesOf } from "./harness/capabilities.ts";
import type { Container } from "./harness/container.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import type { RootfsName } from "./harness/rootfs.ts";
import { makeVolume } from "./harness/volume.ts";

/** An application, and what there is to see of it besides its ticks. */
interface Application {
  readonly name: string;
  readonly rootfs: RootfsName;
  readonly command: readonly [string, ...string[]];
  /** Looks at the running application; what it gives before the checkpoint is handed to it afterwards. */
  readonly look?: (box: Container, before: string | undefined) => Promise<string>;
  /** What it needs beyond CHECKPOINT_RESTORE where it is not privileged; `never` for what CRIU can't do there. */
  readonly needs?: "SYS_PTRACE" | "never";
}

const python = (program: string, ...rest: string[]) => ["python3", `/programs/${program}.py`, ...rest] as const;

const applications: readonly Application[] = [
  { name: "a shell counter", rootfs: "busybox", command: ["/programs/counter.sh"] },
  { name: "a multi-threaded Python program", rootfs: "debian", command: python("threads") },
  { name: "a Node 22 HTTP server", rootfs: "node22", command: ["node", "/programs/server.mjs"], look: nextRequest },
  { name: "a Node 24 HTTP server", rootfs: "node24", command: ["node", "/programs/server.mjs"], look: nextRequest },
  { name: "a Node 26 HTTP server", rootfs: "node26", command: ["node", "/programs/server.mjs"], look: nextRequest },
  { name: "a Go HTTP server", rootfs: "go", command: ["server"], look: nextRequest },
  {
    name: "an HTTP server with a client that stays connected",
    rootfs: "node24",
    command: ["node", "/programs/server.mjs"],
    look: connection,
  },
  {
    name: "a server with a client that is not accepted yet",
    rootfs: "debian",
    command: python("backlog"),
    look: backlog,
  },
  { name: "a tree of processes with pipes between them", rootfs: "debian", command: python("tree") },
  { name: "open, deleted, closed and shared files", rootfs: "debian", command: python("files") },
  { name: "locks", rootfs: "debian", command: python("locks") },
  { name: "an inotify watch", rootfs: "debian", command: python("watcher"), look: appearance },
  { name: "unix sockets between processes", rootfs: "debian", command: python("sockets") },
  { name: "a child of another user", rootfs: "debian", command: python("users"), needs: "SYS_PTRACE" },
  { name: "System V shared memory and semaphores", rootfs: "debian", command: python("sysv"), needs: "never" },
  { name: "64 MiB of random memory", rootfs: "debian", command: python("memory", "64") },
];

const modes = [
  { mode: "privileged", privileged: true },
  { mode: "with the default capabilities and CHECKPOINT_RESTORE", privileged: false },
] as const;

describeContainers.each(modes)("$mode, an application goes on in another container:", ({ privileged }) => {
  const possible = applications.filter(({ needs }) => privileged || needs !== "never");
  it.each(possible)("$name", async ({ rootfs, command, look, needs }) => {
    const more = needs === "SYS_PTRACE" ? [needs] : [];
    const capabilities: CapabilityProfile = privileged ? "privileged" : [...capabilitiesOf("default+cr"), ...more];
    await using volume = await makeVolume();
    const options = { rootfs, command, capabilities, volume };
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 6$/);
    const before = await look?.(first, undefined);
    await checkpoint(first);
    expect(await states(volume)).toEqual(["complete"]);

    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
    await look?.(second, before);
    await second.stdout.waitForLineAfter(12, /^TICK /);
    expect([...first.stdout.all, ...second.stdout.all].filter((line) => line.startsWith("BROKEN"))).toEqual([]);
    expect(await states(volume)).toEqual(["consumed"]);
  });
});

/** The server answers with its nonce and the number of the request. */
async function nextRequest(box: Container, before: string | undefined): Promise<string> {
  const fetch =
    "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080', timeout=10).read().decode().strip())";
  const { stdout, stderr } = await box.exec(["python3", "-c", fetch]);
  const [nonce, number] = stdout.trim().split(" ");
  expect(stderr).toBe("");
  if (before !== undefined) expect(stdout.trim()).toBe(`${before.split(" ")[0]} ${Number(before.split(" ")[1]) + 1}`);
  return `${nonce} ${number}`;
}

/** Somebody outside of the application's tree is connected when it is dumped, and never hears of it. */
async function connection(box: Container, before: string | undefined): Promise<string> {
  if (before !== undefined) return nextRequest(box, before);
  await connect(box);
  return nextRequest(box, undefined);
}

async function connect(box: Container): Promise<void> {
  const client = "import socket, time; kept = socket.create_connection(('127.0.0.1', 8080)); time.sleep(60)";
  // It ends with the container.
  box.exec(["python3", "-c", client]).catch(() => {});
  const connected = "while ! grep -q ':1F90 01 ' /proc/net/tcp; do sleep 0.05; done";
  expect(await box.exec(["sh", "-c", connected], { timeoutMs: 10_000 })).toMatchObject({ code: 0 });
}

/** Somebody has connected and waits to be accepted when the server is dumped. Later ones are accepted as ever. */
async function backlog(box: Container, before: string | undefined): Promise<string> {
  if (before === undefined) {
    await connect(box);
    return "waiting";
  }
  const client = "import socket; socket.create_connection(('127.0.0.1', 8080)).sendall(b'hello')";
  expect(await box.exec(["python3", "-c", client])).toMatchObject({ code: 0 });
  box.signal("SIGUSR1");
  await box.stdout.waitForLine(/^SERVED hello$/);
  return before;
}

/** A file that is made now is noticed by the watch that was made then. */
async function appearance(box: Container): Promise<string> {
  await box.exec(["touch", `/tmp/watched/${box.id}`]);
  const [, name = ""] = await box.stdout.waitForLine(new RegExp(`^APPEARED (${box.id})$`));
  return name;
}
