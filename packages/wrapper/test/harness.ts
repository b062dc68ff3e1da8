import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativePrograms } from "@crik/init";
import { onTestFinished } from "vitest";
import { createWrapper, defaultPolicy, type Wrapper, type WrapperOptions } from "../src/index.ts";

/** A wrapper around a real process, with signals that only this test sends. */
export interface WrapperUnderTest {
  readonly wrapper: Wrapper;
  readonly signals: EventEmitter;
  readonly log: readonly string[];
  /** Resolves when the machine is in this state. */
  reached(state: string): Promise<void>;
}

/** Real crik-init, real child processes; CRIU and the store as the test gives them. */
export function wrapperFor(options: Partial<WrapperOptions> & Pick<WrapperOptions, "command">): WrapperUnderTest {
  const signals = new EventEmitter();
  const log: string[] = [];
  const write = (_fields: object, message: string): void => void log.push(message);
  const runDirectory = mkdtempSync(join(tmpdir(), "crik-wrapper-test-"));
  onTestFinished(() => rmSync(runDirectory, { recursive: true, force: true }));
  const wrapper = createWrapper({
    environment: { PATH: process.env["PATH"] ?? "" },
    policy: defaultPolicy,
    store: undefined,
    criu: {
      dump: () => Promise.reject(new Error("no dump here")),
      restore: () => Promise.reject(new Error("no restore here")),
    },
    mode: "privileged",
    init: nativePrograms().init,
    runDirectory,
    versions: { crik: "0.0.0", criu: "4.2.1" },
    signals,
    log: { info: write, warn: write, error: write },
    ...options,
  });
  const reached = (state: string): Promise<void> =>
    new Promise((resolve) => {
      if (wrapper.state.name === state) return resolve();
      wrapper.on("transition", (_from, to) => {
        if (to.name === state) resolve();
      });
    });
  return { wrapper, signals, log, reached };
}
