import { rm } from "node:fs/promises";
import { CriuError } from "../error.ts";
import type { HookDecision } from "../hook/decision.ts";
import type { HookChannel } from "../hook/request.ts";
import { openScriptChannel } from "../hook/script-channel.ts";
import { openSocketChannel } from "../hook/socket-channel.ts";
import type { Command, CriuOptions, SharedOptions } from "../options.ts";

/**
 * The options of one operation, over the defaults of the driver.
 *
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` for times that are none
 */
export function withDefaults<Options extends SharedOptions & { readonly killAfterMs?: number | undefined }>(
  driver: CriuOptions,
  options: Options,
): Options {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const all = { ...driver.defaults, ...options, ...given };
  for (const name of ["timeoutMs", "killAfterMs"] as const) {
    const value = all[name];
    if (value !== undefined && !(value >= 0)) {
      throw new CriuError("ERR_CRIU_INVALID_OPTION", `${name} must not be ${value}`);
    }
  }
  return all;
}

/** Removes the log of an earlier run: a CRIU that fails before it has a log would else be explained by that one. */
export async function removeOldLog(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {});
}

/** Pure: the program that runs an operation. */
export function commandOf(driver: CriuOptions, options: SharedOptions, direction: "dump" | "restore"): Command {
  const usual = driver.command ?? ["criu"];
  return options.command ?? (direction === "dump" ? (driver.dumpCommand ?? usual) : usual);
}

/** What CRIU's environment gets beside this process's. */
export function environmentOf(driver: CriuOptions, channel?: HookChannel): Record<string, string | undefined> {
  // CRIU reads the file that this variable names in spite of `--no-default-config`.
  const shielded = driver.configurationFiles === true ? {} : { CRIU_CONFIG_FILE: undefined };
  return { ...shielded, ...driver.env, ...channel?.env };
}

/** Opens the way for CRIU's hook: the driver's hook program, else a shell script. */
export function openHook(driver: CriuOptions, folder: string, decision: HookDecision): Promise<HookChannel> {
  const { answer } = decision;
  return driver.hook === undefined
    ? openScriptChannel({ folder, answer })
    : openSocketChannel({ program: driver.hook, folder, answer });
}
