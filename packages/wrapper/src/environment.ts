/** What of the application's environment crik changes, and why; each can be switched off. */
export interface Prevention {
  /**
   * Path of the preload library that hides io_uring from the application: libuv from 1.50 opens rings always, and CRIU cannot dump one
   * (`anon_inode:[io_uring]`). `undefined`: leave io_uring alone.
   */
  readonly noIoUringLibrary: string | undefined;
  /** Keep Go from listening with MPTCP, which CRIU cannot dump (`inet: Unsupported proto 262`). */
  readonly noMultipathTcp: boolean;
}

const Saved = "CRIK_SAVED_";

/**
 * Pure: the environment for the application, made of crik's own.
 *
 * The launcher has moved what would reach crik's runtime (`NODE_OPTIONS`, `LD_PRELOAD`, …) out of the way under `CRIK_SAVED_…`; here it goes
 * back to the application, and what the launcher set for itself goes away. What the user had in `LD_PRELOAD` and `GODEBUG` is kept in front.
 */
export function taskEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  prevention: Prevention,
): Record<string, string> {
  const environment: Record<string, string> = {};
  const launched = own["CRIK_HOME"] !== undefined;
  for (const [name, value] of Object.entries(own)) {
    const ours = name === "CRIK_HOME" || name.startsWith(Saved) || (launched && name === "BUN_JSC_useJIT");
    if (value !== undefined && !ours) environment[name] = value;
  }
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && name.startsWith(Saved)) environment[name.slice(Saved.length)] = value;
  }
  if (prevention.noIoUringLibrary !== undefined) {
    environment["LD_PRELOAD"] = append(environment["LD_PRELOAD"], ":", prevention.noIoUringLibrary);
  }
  const goDebug = environment["GODEBUG"];
  if (prevention.noMultipathTcp && !/(^|,)multipathtcp=/.test(goDebug ?? "")) {
    environment["GODEBUG"] = append(goDebug, ",", "multipathtcp=0");
  }
  return environment;
}

function append(list: string | undefined, separator: string, item: string): string {
  return list === undefined || list === "" ? item : `${list}${separator}${item}`;
}
