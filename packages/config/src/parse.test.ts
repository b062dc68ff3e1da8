import { describe, expect, it } from "vitest";

import type { ConfigIssue } from "./issue.ts";
import { parseConfig } from "./parse.ts";

/** Every issue as `line:column code message → suggestion`, which is what a person sees of it. */
async function told(text: string, env: Record<string, string> = {}): Promise<string[]> {
  const result = await parseConfig(text, { env });
  return (result.ok ? result.warnings : result.issues).map(brief);
}

function brief({ source, severity, code, message, suggestion }: ConfigIssue): string {
  const place = source.kind === "file" ? `${source.start.line}:${source.start.column}` : source.name;
  return `${place} ${severity === "warning" ? "warning " : ""}${code}: ${message}${suggestion === undefined ? "" : ` → ${suggestion}`}`;
}

describe("a configuration text", () => {
  it("with an image directory alone has every default", async () => {
    expect(await parseConfig("imageDir: /checkpoint\n")).toMatchInlineSnapshot(`
      {
        "config": {
          "additionalPaths": [],
          "carry": {
            "exclude": [],
            "limitBytes": 1073741824,
            "writableLayer": true,
          },
          "checkpointOn": "always",
          "checkpointSignals": [
            "SIGTERM",
          ],
          "claimTimeoutMs": 40000,
          "criu": {
            "extraDumpArguments": [],
            "extraRestoreArguments": [],
            "ghostLimitBytes": 524288000,
            "mode": "auto",
            "path": undefined,
            "verbosity": 2,
          },
          "digest": "xxh3",
          "exitCodeAfterCheckpoint": 143,
          "gracePeriodMs": 30000,
          "ifClaimed": "start-fresh",
          "ifCommandChanged": "start-fresh",
          "ifNodeStateUnavailable": "checkpoint",
          "ifRestoreFails": "start-fresh",
          "imageDirectory": "/checkpoint",
          "inotifyIncompatiblePaths": [],
          "keep": {
            "bytes": undefined,
            "generations": 2,
          },
          "log": {
            "format": "text",
            "level": "info",
          },
          "nodeStateServer": undefined,
          "prevent": {
            "ioUring": true,
            "multipathTcp": true,
          },
          "restoreTimeoutMs": 120000,
          "stopReserveMs": 5000,
          "tcp": "close",
        },
        "ok": true,
        "warnings": [],
      }
    `);
  });

  it("may have the four keys of the original", async () => {
    const text = [
      "imageDir: /etc/checkpoint",
      "additionalPaths:",
      "  - /work",
      "inotifyIncompatiblePaths: [/usr/share/zoneinfo]",
      "nodeStateServerURL: http://node-state-server:9376",
    ].join("\n");
    const result = await parseConfig(text, { env: { KUBERNETES_NODE_NAME: "worker-1" } });
    expect(result).toMatchObject({
      ok: true,
      warnings: [],
      config: {
        imageDirectory: "/etc/checkpoint",
        additionalPaths: ["/work"],
        inotifyIncompatiblePaths: ["/usr/share/zoneinfo"],
        checkpointOn: "node-shutting-down",
        nodeStateServer: {
          url: "http://node-state-server:9376",
          node: "worker-1",
          timeoutMs: 3000,
          graceMs: 3000,
          watch: false,
        },
      },
    });
  });

  it("may leave a mapping empty, because everything in it is commented out", async () => {
    const result = await parseConfig("imageDir: /c\ncarry:\n  # limit: 2Gi\nlog:\n  level:\n");
    expect(result).toMatchObject({ ok: true, config: { carry: { limitBytes: 2 ** 30 }, log: { level: "info" } } });
  });

  it("may use anchors", async () => {
    const result = await parseConfig("imageDir: /c\nadditionalPaths: &p [/work]\ncarry: {exclude: *p}\n");
    expect(result).toMatchObject({ ok: true, config: { carry: { exclude: ["/work"] } } });
  });

  it("may begin with a byte order mark and have Windows line ends", async () => {
    expect(await told("\uFEFFimageDir: /c\r\ntcp: closed\r\n")).toEqual([
      '2:6 range: tcp must be one of close, established, fail, not "closed" → close',
    ]);
  });
});

describe("what is wrong is told all at once, in the order of the text", () => {
  it("across kinds of mistakes", async () => {
    const text = [
      "imgDir: /checkpoint",
      "additionalPaths: /work",
      "gracePeriod: 30",
      "stopReserve: 5 sec",
      "checkpointSignals: [TERM, SIGKILL]",
      "prevent: {ioUring: no}",
      "criu:",
      "  verbosty: 4",
      "  verbosity: 9",
      "  ghostLimit: 500MB",
      "verbosity: 3",
      "exitCodeAfterCheckpoint: '143'",
      "log: debug",
      "nodeName: 5",
      "keep: {generations: 0, bytes: -1}",
      "carry: {exclude: [relative]}",
    ].join("\n");
    expect(await told(text)).toMatchInlineSnapshot(`
      [
        "1:1 unknown-key: imgDir is not a key that crik knows → imageDir",
        "2:18 type: additionalPaths must be a list, not "/work" → ["/work"]",
        "3:14 type: gracePeriod must be a duration such as 30s, 2m, 1500ms or PT30S, not the number 30 → 30s",
        "4:14 format: stopReserve must be a duration such as 30s, 2m, 1500ms or PT30S, not "5 sec" → 5s",
        "5:21 range: checkpointSignals[0] must be one of SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, not "TERM" → SIGTERM",
        "5:27 range: checkpointSignals[1] must be one of SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, not "SIGKILL"",
        "6:20 type: prevent.ioUring must be true or false, not "no" → false",
        "8:3 unknown-key: criu.verbosty is not a key that crik knows → verbosity",
        "9:14 range: criu.verbosity must be a whole number from 0 to 4, not the number 9",
        "10:15 format: criu.ghostLimit must be a size such as 512Mi, 1Gi or 1G, not "500MB" → 500M",
        "11:1 unknown-key: verbosity is not a key that crik knows → criu.verbosity",
        "12:26 type: exitCodeAfterCheckpoint must be a whole number from 0 to 255, not "143" → 143",
        "13:6 type: log must be a mapping (indented \`key: value\` lines), not "debug"",
        "14:11 type: nodeName must be text such as worker-1, not the number 5 → "5"",
        "15:21 range: keep.generations must be a whole number from 1 to 1000, not the number 0",
        "15:31 range: keep.bytes must be a whole number of at least 0, not the number -1",
        "16:19 format: carry.exclude[0] must be an absolute path (it begins with /), not "relative"",
      ]
    `);
  });

  it("also what contradicts, in what the schema accepts", async () => {
    expect(
      await told("imageDir: /c\nfoo: 1\ngracePeriod: 4s\nadditionalPaths: [/c/work, /proc, /]\n"),
    ).toMatchInlineSnapshot(`
      [
        "2:1 unknown-key: foo is not a key that crik knows",
        "3:14 conflict: stopReserve (5s, the default) must be shorter than gracePeriod (4s), or there is no time for a checkpoint",
        "4:19 conflict: additionalPaths cannot hold /c/work: the checkpoint in imageDir would contain itself",
        "4:28 range: additionalPaths cannot hold /proc: its files belong to the kernel",
        "4:35 range: additionalPaths cannot hold /: carry.writableLayer carries what changed",
      ]
    `);
  });

  it("but a key that is wrong by itself causes no second sentence", async () => {
    expect(await told("imageDir: c\nstopReserve: 1m\ngracePeriod: 2 minutes\n")).toHaveLength(2);
    expect(await told("imgeDir: /c\n")).toHaveLength(1);
  });
});

describe("a text that is not a configuration is told so", () => {
  it.each([
    ["nothing", "", "1:1 missing-key: imageDir is missing"],
    ["comments alone", "# nothing\n", "1:1 missing-key: imageDir is missing"],
    ["a list", "- imageDir", "1:1 type: the configuration must be a mapping"],
    [
      "no space after the colon",
      "imageDir:/c",
      "1:1 type: the configuration must be a mapping (`key: value` lines), not a single value; is there",
    ],
    ["a tab", "imageDir: /c\nlog:\n\tlevel: info", "3:1 syntax: tabs are not allowed as indentation"],
    ["a second document", "imageDir: /c\n---\nimageDir: /d", "2:1 syntax: the file holds a second document"],
    ["a tag", "imageDir: !include other", "1:11 syntax: the tag !include has no meaning here"],
    ["binary data", "imageDir: !!binary aGk=", "1:20 syntax: the tag tag:yaml.org,2002:binary has no meaning here"],
    ["a key twice", "imageDir: /c\nimageDir: /d", "2:1 duplicate-key: imageDir is written twice, first in line 1"],
    [
      "a key twice, deeper",
      "imageDir: /c\nlog: {level: info, level: warn}",
      "2:20 duplicate-key: log.level is written twice, first in line 2",
    ],
    ["a number as key", "1: 2", "1:1 type: a key in the configuration must be a word"],
    ["an alias of nothing", "imageDir: *other", "1:11 syntax: there is no anchor &other before this alias"],
    ["a merge key", "imageDir: /c\n<<: {tcp: close}", "2:1 unknown-key: merge keys"],
    ["an open quote", 'imageDir: "/c', '1:14 syntax: missing closing "quote'],
    [
      "a prototype",
      "imageDir: /c\n__proto__: {tcp: fail}\n",
      "2:1 unknown-key: __proto__ is not a key that crik knows",
    ],
    [
      "an empty key that is unknown",
      "imageDir: /c\nconstructor:\n",
      "2:1 unknown-key: constructor is not a key that crik knows",
    ],
  ])("%s", async (_name, text, first) => {
    expect((await told(text))[0]).toContain(first);
  });

  it("an alias that grows without end, or contains itself, is stopped", async () => {
    const letters = "abcdefghi".split("");
    const bomb = letters.map(
      (name, index) => `${name}: &${name} [${Array(9).fill(index === 0 ? "x" : `*${letters[index - 1]}`)}]`,
    );
    expect((await told(bomb.join("\n"))).at(-1)).toContain("too large or too deep");
    expect((await told("a: &a [*a]"))[0]).toContain("too large or too deep");
  });

  it.each(["[", "{a: ", "- ", "? ", "a: ", '"', "k: &a *a\n", "- [\n", "'", "\t", "*a ", "!"])(
    "64 KiB of %j are answered in a moment",
    async (piece) => {
      const start = performance.now();
      const result = await parseConfig(piece.repeat(Math.floor((64 * 1024) / piece.length)));
      expect(result.ok).toBe(false);
      expect(performance.now() - start).toBeLessThan(5000);
    },
    20_000,
  );

  it("more than 64 KiB are not read", async () => {
    expect(await told("#".repeat(64 * 1024 + 1))).toEqual(["1:1 syntax: the configuration is larger than 64 KiB"]);
  });

  it("a thousand mistakes are cut off at a hundred, errors first", async () => {
    const text = Array.from({ length: 1000 }, (_, index) => `key${index}: 1`).join("\n");
    expect(await told(text, { CRIK_IMAGEDIR: "/c" })).toHaveLength(100);
  });
});
