/** A JSON Pointer (RFC 6901) from keys and indexes. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The keys and indexes of a JSON Pointer. */
export function pathOf(pointer: string): readonly string[] {
  return pointer === ""
    ? []
    : pointer
        .slice(1)
        .split("/")
        .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A path as people say it: `criu.verbosity`, `additionalPaths[1]`; the document itself is `the configuration`. */
export function spoken(path: readonly string[]): string {
  const [first, ...rest] = path;
  if (first === undefined) return "the configuration";
  return first + rest.map((segment) => (/^\d+$/u.test(segment) ? `[${segment}]` : `.${segment}`)).join("");
}
