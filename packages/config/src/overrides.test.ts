import { describe, expect, it } from "vitest";

import { formatIssue } from "./format-issue.ts";
import { readOverrides, variableName } from "./overrides.ts";
import { parseConfig } from "./parse.ts";
import { configSchema } from "./schema.ts";
import { leaves } from "./schema-node.ts";

async function told(text: string, options: Parameters<typeof parseConfig>[1]): Promise<string[]> {
  const result = await parseConfig(text, options);
  return (result.ok ? result.warnings : result.issues).map((issue) => formatIssue(issue, text).split("\n")[0] ?? "");
}

describe("a variable", () => {
  it.each([
    [["imageDir"], "CRIK_IMAGE_DIR"],
    [["nodeStateServerURL"], "CRIK_NODE_STATE_SERVER_URL"],
    [["nodeStateCAFile"], "CRIK_NODE_STATE_CA_FILE"],
    [["prevent", "ioUring"], "CRIK_PREVENT_IO_URING"],
    [["carry", "writableLayer"], "CRIK_CARRY_WRITABLE_LAYER"],
  ])("for %j is %s", (path, name) => {
    expect(variableName(path)).toBe(name);
  });

  it("is there for every key, and none looks like one that Kubernetes makes for a service", () => {
    const names = leaves(configSchema).map((leaf) => variableName(leaf.path));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).not.toMatch(/_SERVICE_(HOST|PORT)|_PORT(_|$)/u);
  });

  it("overrides the file, and a flag overrides both", async () => {
    const text = "imageDir: /file\nlog: {level: error, format: json}\n";
    const env = { CRIK_IMAGE_DIR: "/variable", CRIK_LOG_LEVEL: "warn" };
    const flags = [{ flag: "--debug", key: "log.level", value: "debug" }];
    expect(await parseConfig(text, { env, flags })).toMatchObject({
      config: { imageDirectory: "/variable", log: { level: "debug", format: "json" } },
    });
  });

  it("is read as the type of its key", () => {
    const { value } = readOverrides(
      {
        CRIK_ADDITIONAL_PATHS: "/a, /b,",
        CRIK_CARRY_EXCLUDE: '["/a,b"]',
        CRIK_INOTIFY_INCOMPATIBLE_PATHS: "[]",
        CRIK_CRIU_VERBOSITY: "4",
        CRIK_CARRY_WRITABLE_LAYER: "0",
        CRIK_PREVENT_IO_URING: "TRUE",
        CRIK_KEEP_BYTES: "1Gi",
      },
      [],
    );
    expect(value).toEqual({
      additionalPaths: ["/a", "/b"],
      carry: { exclude: ["/a,b"], writableLayer: false },
      inotifyIncompatiblePaths: [],
      criu: { verbosity: 4 },
      prevent: { ioUring: true },
      keep: { bytes: "1Gi" },
    });
  });

  it("that is empty counts as not set", async () => {
    expect(await parseConfig("imageDir: /c", { env: { CRIK_TCP: "", KUBERNETES_NODE_NAME: "" } })).toMatchObject({
      ok: true,
      warnings: [],
    });
  });

  it("that is wrong is named, and does not hide what is wrong in the file", async () => {
    const env = {
      CRIK_TCP: "close",
      CRIK_CRIU_VERBOSITY: "high",
      CRIK_GRACE_PERIOD: "30",
      CRIK_CARRY_EXCLUDE: "[oops",
    };
    const flags = [{ flag: "--image-dir", key: "imageDir", value: "relative" }];
    expect(await told("tcp: closed\n", { file: "f.yaml", env, flags })).toMatchInlineSnapshot(`
      [
        "f.yaml:1:6 error tcp must be one of close, established, fail, not "closed"; did you mean close?",
        "--image-dir error imageDir must be an absolute path (it begins with /), not "relative"",
        "CRIK_GRACE_PERIOD error gracePeriod must be a duration such as 30s, 2m, 1500ms or PT30S, not "30"; did you mean 30s?",
        "CRIK_CARRY_EXCLUDE error carry.exclude must be a list, not "[oops"",
        "CRIK_CRIU_VERBOSITY error criu.verbosity must be a whole number from 0 to 4, not "high"",
      ]
    `);
  });

  it("whose combination with the file is wrong is named", async () => {
    expect(
      await told("imageDir: /c\ngracePeriod: 10s\n", { env: { CRIK_STOP_RESERVE: "20s" } }),
    ).toMatchInlineSnapshot(`
      [
        "CRIK_STOP_RESERVE error stopReserve (20s) must be shorter than gracePeriod (10s), or there is no time for a checkpoint",
      ]
    `);
  });

  it("that is misspelt is a warning; one that is somebody else's is not", async () => {
    const env = {
      CRIK_IMAGEDIR: "/c",
      CRIK_GRACE_PEROID: "10s",
      CRIK_HOME: "/opt/crik",
      CRIK_HOOK_SOCKET: "/run/s",
      CRIK_SAVED_LD_PRELOAD: "/x.so",
      CRIK_CONFIG: "/etc/crik.yaml",
      CRIK_NODE_STATE_SERVER_SERVICE_HOST: "10.0.0.1",
      CRIK_NODE_STATE_SERVER_PORT: "tcp://10.0.0.1:9376",
      CRIK_NODE_STATE_SERVER_PORT_9376_TCP_ADDR: "10.0.0.1",
      CRIK_SERVICE_PORT_HTTP: "9376",
      CRIK_LETS_GO_SOMEWHERE: "1",
      PATH: "/bin",
    };
    expect(await told("imageDir: /c", { env })).toEqual([
      "CRIK_IMAGEDIR warning the variable CRIK_IMAGEDIR is not one that crik knows, and is ignored; did you mean CRIK_IMAGE_DIR?",
      "CRIK_GRACE_PEROID warning the variable CRIK_GRACE_PEROID is not one that crik knows, and is ignored; did you mean CRIK_GRACE_PERIOD?",
    ]);
  });
});
