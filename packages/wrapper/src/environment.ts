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

/** Pure: `own`, the environment that the container gave, with what prevents trouble added. What the user had in `LD_PRELOAD` and `GODEBUG` is kept. */
export function taskEnvironment(own: Readonly<Record<string, string>>, prevention: Prevention): Record<string, string> {
  const environment = { ...own };
  if (prevention.noIoUringLibrary !== undefined) {
    environment["LD_PRELOAD"] = append(own["LD_PRELOAD"], ":", prevention.noIoUringLibrary);
  }
  const goDebug = own["GODEBUG"];
  if (prevention.noMultipathTcp && !/(^|,)multipathtcp=/.test(goDebug ?? "")) {
    environment["GODEBUG"] = append(goDebug, ",", "multipathtcp=0");
  }
  return environment;
}

function append(list: string | undefined, separator: string, item: string): string {
  return list === undefined || list === "" ? item : `${list}${separator}${item}`;
}
