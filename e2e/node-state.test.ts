import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiServer, startApiServer } from "./api-server/harness/api-server.ts";
import { createNodes, deleteNode, setCondition, setUnschedulable } from "./api-server/harness/nodes.ts";
import { type ManagerProcess, startManagerProcess } from "./api-server/manager/manager-process.ts";
import { createManagerAccount } from "./api-server/manager/service-account.ts";
import { type Bridge, bridgeInto } from "./harness/bridge.ts";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikContainer, checkpoint, startCrik, states } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { runDirectory } from "./harness/run-directory.ts";
import { makeVolume, type Volume } from "./harness/volume.ts";

const node = "worker-1";
const command = ["python3", "/programs/signals.py"] as const;
const port = 9376;
const config = { nodeStateServerURL: `http://127.0.0.1:${port}`, nodeName: node } as const;

const goingDown = {
  type: "Ready",
  status: "False",
  reason: "KubeletNotReady",
  message: "node is shutting down",
} as const;

/** What crik has said of its decision. */
function decisions(box: CrikContainer): readonly string[] {
  return box.stderr.all.filter((line) => /being checkpointed|stopped and not checkpointed/.test(line));
}

describeContainers("a stop, with a real manager that watches a real API server", () => {
  let api: ApiServer;
  let manager: ManagerProcess;
  let token: string;

  beforeAll(async () => {
    api = await startApiServer();
    await createNodes(api, [node]);
    token = await (await createManagerAccount(api)).token();
    manager = await startManagerProcess(api, { token });
  });
  afterAll(async () => {
    await manager?.[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
  });

  /** A node that nothing is said of. */
  async function recoverNode(): Promise<void> {
    await deleteNode(api, node);
    await createNodes(api, [node]);
    await expect.poll(() => manager.state(node)).toBe("ready");
  }

  async function start(volume: Volume, more: object = {}): Promise<CrikContainer & { readonly bridge: Bridge }> {
    const box = await startCrik({ rootfs: "debian", command, volume, config: { ...config, ...more } });
    const bridge = await bridgeInto(box, { inside: port, host: portOf(manager) });
    await box.stdout.waitForLine(/^TICK \S+ \d+$/);
    return {
      ...box,
      bridge,
      [Symbol.asyncDispose]: async () => {
        await bridge.close();
        await box[Symbol.asyncDispose]();
      },
    };
  }

  it("while the node is ready is a plain stop: no checkpoint, the application's own status", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using box = await start(volume);
    box.signal("SIGTERM");
    expect((await box.exited).code).toBe(0);
    expect(box.stdout.all).toContain("SIGNAL 15 SIGTERM");
    expect(await states(volume)).toEqual([]);
    expect(decisions(box)).toEqual([
      expect.stringMatching(/stopped and not checkpointed signal=SIGTERM because="its node is not going away"/),
    ]);
  });

  it("while the node is shutting down is a checkpoint, and the application goes on elsewhere", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using first = await start(volume);
    await setCondition(api, node, goingDown);
    await expect.poll(() => manager.state(node)).toBe("shutting-down");
    await checkpoint(first);
    expect(decisions(first)).toEqual([expect.stringMatching(/being checkpointed .*node is shutting down/)]);
    await using second = await start(volume);
    await proveContinuity(first.stdout, second.stdout);
  });

  it("2 s before the condition is published is a checkpoint, as it is configured by default", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using first = await start(volume);
    setTimeout(() => void setCondition(api, node, goingDown), 2_000);
    await checkpoint(first);
    expect(first.stderr.all.join("\n")).toMatch(/the node is ready[\s\S]*the node is shutting down/);
    await using second = await start(volume);
    await proveContinuity(first.stdout, second.stdout);
  });

  it("of a cordoned node is a checkpoint, as a drain begins with that", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using first = await start(volume);
    await setUnschedulable(api, node, true);
    await checkpoint(first);
    expect(decisions(first)).toEqual([expect.stringMatching(/being checkpointed .*cordon/i)]);
  });

  it("is decided anew in each generation", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using first = await start(volume);
    await setUnschedulable(api, node, true);
    await checkpoint(first);
    await setUnschedulable(api, node, false);
    await expect.poll(() => manager.state(node)).toBe("ready");
    await using second = await start(volume);
    await proveContinuity(first.stdout, second.stdout);
    second.signal("SIGTERM");
    expect((await second.exited).code).toBe(0);
    expect(await states(volume)).toEqual(["consumed"]);
    expect(decisions(second)).toEqual([expect.stringMatching(/not going away/)]);
  });

  it.each([
    ["checkpoint", ["complete"], /being checkpointed .*cannot be found out/],
    ["stop", [], /stopped and not checkpointed .*cannot be found out/],
  ] as const)("with a manager that cannot be reached is as configured: %s", async (choice, left, words) => {
    await recoverNode();
    await using volume = await makeVolume();
    await using box = await start(volume, { ifNodeStateUnavailable: choice });
    await box.bridge.close();
    box.signal("SIGTERM");
    const { code, timings } = await box.exited;
    expect(code).toBe(choice === "checkpoint" ? 143 : 0);
    expect(await states(volume)).toEqual(left);
    expect(decisions(box)).toEqual([expect.stringMatching(words)]);
    expect(box.stderr.all.join("\n")).toMatch(/the node's state cannot be found out .*\n.*ECONNREFUSED/);
    // The question has 3 s.
    expect(timings.endedAt - (timings.signalledAt ?? 0)).toBeLessThan(8_000);
  });

  it("with a manager that accepts and never answers ends in time", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using box = await start(volume);
    process.kill(manager.pid, "SIGSTOP");
    try {
      box.signal("SIGTERM");
      const { code, timings } = await box.exited;
      expect(code).toBe(143);
      expect(await states(volume)).toEqual(["complete"]);
      expect(timings.endedAt - (timings.signalledAt ?? 0)).toBeLessThan(8_000);
    } finally {
      process.kill(manager.pid, "SIGCONT");
    }
  });

  it("with a manager that falls silent after it has said ready does not believe that any more", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using box = await start(volume);
    try {
      box.signal("SIGTERM");
      await box.stderr.waitForLine(/the node is ready/);
      process.kill(manager.pid, "SIGSTOP");
      expect((await box.exited).code).toBe(143);
      expect(await states(volume)).toEqual(["complete"]);
      expect(decisions(box)).toEqual([
        expect.stringMatching(/being checkpointed .*whether its node is going away cannot be found out/),
      ]);
    } finally {
      process.kill(manager.pid, "SIGCONT");
    }
  });

  it("of a node that nobody knows is as if there were no manager", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using box = await start(volume, { nodeName: "another" });
    await checkpoint(box);
    expect(decisions(box)).toEqual([expect.stringMatching(/being checkpointed .*its node is unknown/)]);
  });

  it("that was foreseen by the watch needs no manager any more", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    await using first = await start(volume, { nodeStateWatch: true, ifNodeStateUnavailable: "stop" });
    await first.stderr.waitForLine(/the node is ready/);
    await setCondition(api, node, goingDown);
    await first.stderr.waitForLine(/the node is shutting down/);
    await first.bridge.close();
    await first.stderr.waitForLine(/not heard of at the moment/);
    await checkpoint(first);
    expect(decisions(first)).toEqual([expect.stringMatching(/being checkpointed .*its node is shutting down/)]);
    // The restored application is one whose crik follows the node as well, and whose own connections have not been dumped along.
    await recoverNode();
    await using second = await start(volume, { nodeStateWatch: true });
    await proveContinuity(first.stdout, second.stdout);
    await second.stderr.waitForLine(/the node is ready/);
    await setCondition(api, node, goingDown);
    await second.stderr.waitForLine(/the node is shutting down/);
    await checkpoint(second);
    await using third = await start(volume);
    await proveContinuity(second.stdout, third.stdout);
  });

  it("is answered over TLS, with the authority and the token of files", async () => {
    await recoverNode();
    await using volume = await makeVolume();
    const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    });
    const file = async (name: string, text: string): Promise<string> => {
      const path = join(await runDirectory(), name);
      await writeFile(path, text);
      return path;
    };
    const certFile = await file("server.crt", cert);
    const tokenFile = await file("client-token", "a-secret-of-the-test\n");
    const tls = ["--tls-cert-file", certFile, "--tls-key-file", await file("server.key", key)];
    await using secure = await startManagerProcess(api, { token, flags: [...tls, "--token-file", tokenFile] });
    await secure.untilReady();
    const mounts = [
      { from: certFile, to: "/etc/crik/ca.crt", readonly: true },
      { from: tokenFile, to: "/etc/crik/token", readonly: true },
    ];
    await using box = await startCrik({
      rootfs: "debian",
      command,
      volume,
      mounts,
      config: {
        ...config,
        nodeStateServerURL: `https://localhost:${port}`,
        nodeStateCAFile: "/etc/crik/ca.crt",
        nodeStateTokenFile: "/etc/crik/token",
      },
    });
    await using _bridge = await bridgeInto(box, { inside: port, host: portOf(secure) });
    await box.stdout.waitForLine(/^TICK \S+ \d+$/);
    box.signal("SIGTERM");
    expect((await box.exited).code).toBe(0);
    expect(decisions(box)).toEqual([expect.stringMatching(/not going away/)]);
  });
});

function portOf(manager: ManagerProcess): number {
  return Number(new URL(manager.url).port);
}
