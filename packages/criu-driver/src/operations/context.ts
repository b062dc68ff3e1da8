import type { HookDecision } from "../hook/decision.ts";
import type { HookChannel } from "../hook/request.ts";
import { openScriptChannel } from "../hook/script-channel.ts";
import { openSocketChannel } from "../hook/socket-channel.ts";
import type { Command, CriuOptions, SharedOptions } from "../options.ts";

/** The options of one operation, over the defaults of the driver. */
export function withDefaults<Options extends SharedOptions>(driver: CriuOptions, options: Options): Options {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...driver.defaults, ...options, ...given };
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
