import { loadConfig } from "@crik/config";
import { expect, it } from "vitest";
import { createOutput } from "../output.ts";
import { preflight } from "./preflight.ts";

it.each([
  ["the bundle's own, without asking it", "4.2.1", "4.2.1"],
  ["the one that criu.path names", undefined, "4.3.2"],
])("the preflight knows which CRIU makes the checkpoints: %s", async (_name, bundled, expected) => {
  const { config } = await loadConfig({ file: "/nowhere.yaml", fileMayBeAbsent: true, env: {} });
  const silent = createOutput({ stdout: { write: () => {} }, stderr: { write: () => {} } });
  const criu = { version: async () => ({ major: 4, minor: 3, sublevel: 2 }) };
  expect(await preflight(config, criu, bundled, silent)).toMatchObject({ criuVersion: expected });
});

it("knows none where CRIU cannot be run", async () => {
  const { config } = await loadConfig({ file: "/nowhere.yaml", fileMayBeAbsent: true, env: {} });
  const silent = createOutput({ stdout: { write: () => {} }, stderr: { write: () => {} } });
  const criu = { version: () => Promise.reject(new Error("ENOENT")) };
  expect(await preflight(config, criu, undefined, silent)).toMatchObject({ capable: false, criuVersion: undefined });
});
