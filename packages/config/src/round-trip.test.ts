import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";

import {
  CheckpointOnChoices,
  DigestChoices,
  LogFormatChoices,
  LogLevelChoices,
  RestoreFallbackChoices,
  StopSignalChoices,
  TcpChoices,
} from "./choices.ts";
import type { WrittenConfig } from "./config.ts";
import { parseConfig } from "./parse.ts";
import { printConfig } from "./print.ts";

const duration = fc.oneof(
  fc.integer({ min: 0, max: 86_400_000 }).map((ms) => `${ms}ms`),
  fc.integer({ min: 0, max: 500 }).map((hours) => `${hours}h`),
  fc.tuple(fc.nat(59), fc.nat(59)).map(([minutes, seconds]) => `PT${minutes}M${seconds}S`),
);
const size = fc.oneof(
  fc.nat(),
  fc
    .tuple(fc.nat(999), fc.constantFrom("", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"))
    .map(([n, unit]) => `${n}${unit}`),
);
const word = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => /\S/u.test(text) && text.isWellFormed());
const path = word.filter((text) => !text.includes("\0")).map((text) => `/p${text}`);
const paths = fc.array(path, { maxLength: 4 });
const url = fc.constantFrom("http://server:9376", "https://server/base/", "http://[::1]:80");

/** Everything that a person may write and that does not contradict itself. */
const written: fc.Arbitrary<WrittenConfig> = fc.record(
  {
    imageDir: path.map((text) => `/images${text}`),
    additionalPaths: paths,
    inotifyIncompatiblePaths: paths,
    nodeName: fc.constantFrom("worker-1", "a"),
    nodeStateServerURL: url,
    nodeStateTimeout: fc.constantFrom("1s", "500ms"),
    nodeStateGrace: fc.constantFrom("2s", "0s"),
    nodeStateWatch: fc.boolean(),
    nodeStateCAFile: path,
    nodeStateTokenFile: path,
    ifNodeStateUnavailable: fc.constantFrom("checkpoint", "stop"),
    checkpointSignals: fc.uniqueArray(fc.constantFrom(...StopSignalChoices), { minLength: 1 }),
    exitCodeAfterCheckpoint: fc.nat(255),
    gracePeriod: fc.constantFrom("PT1M", "90s"),
    stopReserve: fc.integer({ min: 0, max: 25_000 }).map((ms) => `${ms}ms`),
    restoreTimeout: duration,
    ifRestoreFails: fc.constantFrom(...RestoreFallbackChoices),
    ifClaimed: fc.constantFrom("start-fresh", "fail"),
    claimTimeout: duration,
    ifCommandChanged: fc.constantFrom("restore", "start-fresh", "fail"),
    carry: fc.record({ writableLayer: fc.boolean(), limit: size, exclude: paths }, { requiredKeys: [] }),
    keep: fc.record({ generations: fc.integer({ min: 1, max: 1000 }), bytes: size }, { requiredKeys: [] }),
    digest: fc.constantFrom(...DigestChoices),
    tcp: fc.constantFrom(...TcpChoices),
    prevent: fc.record({ ioUring: fc.boolean(), multipathTcp: fc.boolean() }, { requiredKeys: [] }),
    criu: fc.record(
      {
        path: word,
        mode: fc.constantFrom("auto", "privileged", "unprivileged"),
        verbosity: fc.constantFrom(0, 1, 2, 3, 4),
        ghostLimit: size,
        extraDumpArguments: fc.array(word.map((text) => `--external=${text}`)),
        extraRestoreArguments: fc.array(word.map((text) => `--external=${text}`)),
      },
      { requiredKeys: [] },
    ),
    log: fc.record(
      { level: fc.constantFrom(...LogLevelChoices), format: fc.constantFrom(...LogFormatChoices) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["imageDir", "nodeName"] },
);
const policy = fc.option(fc.constantFrom(...CheckpointOnChoices), { nil: undefined });

describe("parse and print", () => {
  it("a configuration that was printed is read back the same", async () => {
    await fc.assert(
      fc.asyncProperty(written, policy, async (config, checkpointOn) => {
        fc.pre(checkpointOn !== "node-shutting-down" || config.nodeStateServerURL !== undefined);
        const text = stringify(checkpointOn === undefined ? config : { ...config, checkpointOn });
        const first = await parseConfig(text);
        if (!first.ok) throw new Error(`${first.issues[0].message}\n${text}`);
        const again = await parseConfig(await printConfig(first.config));
        expect(again).toMatchObject({ ok: true, config: expect.anything() });
        if (again.ok) expect(again.config).toStrictEqual(first.config);
      }),
      { numRuns: 300 },
    );
  });

  it("any text at all has an answer, and every issue a place inside the text", async () => {
    const piece = fc.constantFrom(
      "imageDir",
      ": ",
      "\n",
      "  ",
      "- ",
      "/c",
      "[",
      "]",
      "{",
      "}",
      ",",
      "&a",
      "*a",
      '"',
      "'",
      "|",
      "#",
      "!t",
      "---",
      "%",
      "null",
      "tcp",
      "\t",
      "? ",
      "\uFEFF",
      "😀",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (document) => {
        const result = await parseConfig(document);
        const lines = document.split(/\r\n|\n|\r/u).length + 1;
        for (const { source } of result.ok ? result.warnings : result.issues) {
          if (source.kind !== "file") throw new Error("nothing but the text was given");
          expect(source.start.line).toBeGreaterThanOrEqual(1);
          expect(source.start.line).toBeLessThanOrEqual(lines);
          expect(source.start.column).toBeGreaterThanOrEqual(1);
          expect(source.end.offset).toBeGreaterThanOrEqual(source.start.offset);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
