import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Criu } from "@crik/criu-driver";
import { nativePrograms } from "@crik/init";
import { onTestFinished } from "vitest";
import { createWrapper, defaultPolicy, type Wrapper, type WrapperOptions, type WrapperState } from "../src/index.ts";

/** A wrapper around a real process, with signals that only this test sends. */
export interface WrapperUnderTest {
  readonly wrapper: Wrapper;
  readonly signals: EventEmitter;
  readonly log: readonly string[];
  /** Resolves when the machine is in this state; rejects when it comes to its end without. */
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
    new Promise((resolve, reject) => {
      const look = (at: WrapperState): void => {
        if (at.name === state) resolve();
        else if (at.name === "exited") reject(new Error(`ended before it was ${state}: ${inspect(at.outcome)}`));
      };
      look(wrapper.state);
      wrapper.on("transition", (_from, to) => look(to));
    });
  return { wrapper, signals, log, reached };
}

/** A CRIU that has the commit made, and dies then, so that the checkpoint counts; and that restores nothing. */
export function criuThatDiesAfterTheCommit(
  options: { readonly whileItStarts?: (() => Promise<void>) | undefined } = {},
): Pick<Criu, "dump" | "restore"> {
  return {
    dump: async ({ pid, imageDirectory, whenFrozen }) => {
      await options.whileItStarts?.();
      writeFileSync(join(imageDirectory, `core-${pid}.img`), "");
      await whenFrozen?.({ imageDirectory, signal: new AbortController().signal });
      throw new Error("CRIU died after the commit");
    },
    restore: () => Promise.reject(new Error("nothing to restore")),
  };
}
