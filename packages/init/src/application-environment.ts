const saved = "CRIK_SAVED_";

/** Whether a variable that a launched process sees was added by the launcher. */
function isAdded(name: string): boolean {
  return name === "CRIK_HOME" || name === "UV_THREADPOOL_SIZE" || name.startsWith("BUN_") || name.startsWith(saved);
}

/**
 * The environment that the container gave, from the one that the launcher made of it.
 *
 * The launcher moves every variable that the loader or the JavaScript runtime would obey (`LD_*`, `NODE_*`, `BUN_*`, `MALLOC_*`, `MIMALLOC_*`,
 * `GLIBC_TUNABLES`, `GCONV_PATH`, `LOCPATH`, `UV_THREADPOOL_SIZE`, `GOMAXPROCS`, `WTF_*`) to `CRIK_SAVED_<NAME>` and adds `CRIK_HOME`, `UV_THREADPOOL_SIZE` and
 * some `BUN_JSC_*`. An application must see none of this.
 *
 * @param environment - what the launched process sees, usually `process.env`; not changed. Without `CRIK_HOME` there was no launcher, and it is returned as it is.
 */
export function applicationEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const launched = environment["CRIK_HOME"] !== undefined;
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !(launched && isAdded(name))) own[name] = value;
  }
  if (!launched) return own;
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && name.startsWith(saved)) own[name.slice(saved.length)] = value;
  }
  return own;
}
