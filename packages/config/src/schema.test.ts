import { describe, expect, it } from "vitest";

import type { WrittenConfig } from "./config.ts";
import { parseConfig } from "./parse.ts";
import { configSchema } from "./schema.ts";
import { leaves } from "./schema-node.ts";

type Complete<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]-?: Complete<NonNullable<T[K]>> }
    : T;

/** TypeScript refuses this when the interface has a key more, and the test when the schema has one. */
const everything: Complete<WrittenConfig> = {
  imageDir: "/c",
  additionalPaths: ["/a"],
  inotifyIncompatiblePaths: ["/b"],
  nodeStateServerURL: "https://s",
  nodeName: "n",
  nodeStateTimeout: "3s",
  nodeStateGrace: "1s",
  nodeStateWatch: true,
  nodeStateCAFile: "/ca.crt",
  nodeStateTokenFile: "/token",
  ifNodeStateUnavailable: "stop",
  checkpointOn: "node-shutting-down",
  checkpointSignals: ["SIGQUIT"],
  exitCodeAfterCheckpoint: 0,
  gracePeriod: "1m",
  stopReserve: "5s",
  restoreTimeout: "1m",
  ifRestoreFails: "previous",
  ifClaimed: "fail",
  claimTimeout: "0s",
  ifCommandChanged: "fail",
  carry: { writableLayer: false, limit: "2Gi", exclude: [] },
  keep: { generations: 3, bytes: "10Gi" },
  digest: "sha256",
  tcp: "established",
  prevent: { ioUring: false, multipathTcp: false },
  criu: {
    path: "criu",
    mode: "privileged",
    verbosity: 4,
    ghostLimit: 0,
    extraDumpArguments: [],
    extraRestoreArguments: [],
  },
  log: { level: "debug", format: "json" },
};

describe("the schema", () => {
  it("knows exactly the keys of WrittenConfig", () => {
    const keys = Object.entries(everything).flatMap(([key, value]) =>
      typeof value === "object" && !Array.isArray(value) ? Object.keys(value).map((child) => `${key}.${child}`) : [key],
    );
    expect(
      leaves(configSchema)
        .map((leaf) => leaf.path.join("."))
        .toSorted(),
    ).toEqual(keys.toSorted());
  });

  it("accepts every key at once", async () => {
    expect(await parseConfig(JSON.stringify(everything))).toMatchObject({ ok: true, warnings: [] });
  });

  it("has defaults that it accepts itself", async () => {
    const defaults = Object.fromEntries(
      Object.entries(configSchema.properties ?? {}).flatMap(([key, node]) => {
        const children = Object.entries(node.properties ?? {}).filter(([, child]) => child.default !== undefined);
        if (node.default !== undefined) return [[key, node.default]];
        return children.length === 0
          ? []
          : [[key, Object.fromEntries(children.map(([name, child]) => [name, child.default]))]];
      }),
    );
    const spelled = await parseConfig(JSON.stringify({ imageDir: "/c", ...defaults }));
    const bare = await parseConfig("imageDir: /c");
    expect(spelled.ok && spelled.config).toEqual(bare.ok && bare.config);
  });

  it.each(leaves(configSchema).map(({ path, node }) => [path.join("."), node] as const))(
    "explains %s, and by its symptom",
    (_key, node) => {
      expect(node.description).toMatch(/\.$/u);
      expect(node["x-symptom"]).toMatch(/\S/u);
      expect(node.default !== undefined || node["x-default"] !== undefined || node.examples !== undefined).toBe(true);
    },
  );
});
