import { afterAll, beforeAll, expect, it } from "vitest";

import { type ApiServer, startApiServer } from "./harness/api-server.ts";
import { createNodes, setUnschedulable } from "./harness/nodes.ts";
import { describeApiServer } from "./harness/platform.ts";
import { startManagerProcess, until } from "./manager/manager-process.ts";
import { createManagerAccount, type ManagerAccount } from "./manager/service-account.ts";
import { startWitness } from "./manager/witness.ts";

const count = 5000;

describeApiServer(`the manager with ${count} nodes of 50 images each`, () => {
  let server: ApiServer;
  let account: ManagerAccount;

  beforeAll(async () => {
    server = await startApiServer();
    account = await createManagerAccount(server);
    await createNodes(
      server,
      Array.from({ length: count }, (_, index) => `node-${index}`),
    );
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it("knows all of them within 20 s, in less than 130 MB, and is right again within 10 s of an outage", async () => {
    const started = performance.now();
    await using manager = await startManagerProcess(server, { token: await account.token() });
    await manager.untilReady(20_000);
    const syncMs = performance.now() - started;
    const megabytes = await manager.residentMegabytes();
    process.stderr.write(`    ${count} nodes: ${Math.round(syncMs)} ms, ${Math.round(megabytes)} MB\n`);
    expect(megabytes).toBeLessThan(130);
    const { nodes } = JSON.parse((await manager.get(`${manager.url}/v1/nodes`)).body) as { nodes: unknown[] };
    expect(nodes).toHaveLength(count);

    await using witness = startWitness(manager, "node-4711", "ready");
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 16_000));
    await server.restart();
    await setUnschedulable(server, "node-4711", true);
    witness.changedTo("shutting-down");
    const rightMs = await witness.untilRight();
    process.stderr.write(`    right again after ${Math.round(rightMs)} ms\n`);
    expect(witness.lies()).toEqual([]);
    await until(async () => manager.log.filter(({ msg }) => msg === "listed").length === 2, 1000);
  });
});
