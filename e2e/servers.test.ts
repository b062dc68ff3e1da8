import { expect, it } from "vitest";
import type { CapabilityProfile } from "./harness/capabilities.ts";
import { capabilitiesOf } from "./harness/capabilities.ts";
import type { Container } from "./harness/container.ts";
import { checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import type { RootfsName } from "./harness/rootfs.ts";
import { makeVolume } from "./harness/volume.ts";

/** A server as Debian has it, and what it must still know in another container. */
interface Server {
  readonly name: string;
  readonly rootfs: RootfsName;
  readonly command: readonly [string, ...string[]];
  readonly capabilities: CapabilityProfile;
  /** Run once the server answers. */
  readonly before: string;
  /** Tells what is in its memory and who it is; the answer must be the same before and after. */
  readonly same: string;
  /** Must work after the restore. */
  readonly after: string;
}

const unprivileged = capabilitiesOf("default+cr");
const postgres = "/usr/lib/postgresql/17/bin";
const psql = `${postgres}/psql -h /tmp -U app -d postgres -tA -c`;
const request = "python3 -c \"import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080').status)\"";

const servers: readonly Server[] = [
  {
    name: "redis, with keys that are on no disk",
    rootfs: "redis",
    command: ["redis-server", "--save", "", "--dir", "/tmp"],
    capabilities: unprivileged,
    before: "redis-cli set greeting hello && redis-cli incr visits",
    same: "redis-cli mget greeting visits; redis-cli info server | grep run_id",
    after: 'test "$(redis-cli incr visits)" = 2',
  },
  {
    name: "nginx, with workers of another user",
    rootfs: "nginx",
    command: ["nginx", "-c", "/programs/nginx.conf", "-g", "daemon off;"],
    capabilities: [...unprivileged, "SYS_PTRACE"],
    before: request,
    same: `pgrep nginx; ${request}`,
    // The master reads its closed configuration again and replaces its workers.
    after: `nginx -c /programs/nginx.conf -s reload && ${request}`,
  },
  {
    name: "PostgreSQL, with its tables in the container's own layer",
    rootfs: "postgresql",
    command: [
      "python3",
      "/programs/as-user.py",
      "sh",
      "-c",
      `${postgres}/initdb -D /tmp/data --no-sync --locale=C >/dev/null && exec ${postgres}/postgres -D /tmp/data -k /tmp`,
    ],
    // Its System V shared memory is beyond CRIU without privileges.
    capabilities: "privileged",
    before: `${psql} "create table t as select generate_series(1, 1000) as n"`,
    same: `${psql} "select sum(n), pg_postmaster_start_time() from t"`,
    after: `${psql} "insert into t values (1001)" && ${psql} "checkpoint"`,
  },
];

describeContainers("a server goes on in another container:", () => {
  it.each(servers)("$name", async ({ rootfs, command, capabilities, before, same, after }) => {
    await using volume = await makeVolume();
    const options = { rootfs, command, capabilities, volume };
    await using first = await startCrik(options);
    await expect.poll(() => shell(first, before), { timeout: 20_000, interval: 200 }).toMatchObject({ code: 0 });
    const known = await shell(first, same);
    expect(known).toMatchObject({ code: 0 });
    await checkpoint(first);

    await using second = await startCrik(options);
    await second.stderr.waitForLine(/restored|afresh/, 60_000);
    expect(second.stderr.all.join("\n")).not.toMatch(/afresh/);
    await expect.poll(() => shell(second, same), { timeout: 20_000, interval: 200 }).toEqual(known);
    expect(await shell(second, after)).toMatchObject({ code: 0 });
    // It stops when it is told to, and so is still somebody's child.
    expect((await second.exec(["kill", "-TERM", "1"])).code).toBe(0);
    expect((await second.exited).code).toBe(143);
  });
});

async function shell(box: Container, script: string) {
  return box.exec(["sh", "-c", script]);
}
