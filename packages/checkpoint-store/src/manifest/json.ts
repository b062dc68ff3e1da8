import { StoreError } from "../error.ts";

/** Reads one JSON value that somebody else may have written; `at` names it in the message. */
export type Reader<T> = (value: unknown, at: string) => T;

/** Pure. @throws StoreError `ERR_STORE_MANIFEST` */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StoreError("ERR_STORE_MANIFEST", `${what} is not JSON`, { cause: error });
  }
}

/** A string of at most `limit` UTF-16 units. */
export function text(limit: number): Reader<string> {
  return (value, at) =>
    typeof value === "string" && value.length <= limit ? value : bad(at, `a text of at most ${limit}`);
}

/** A string that matches. */
export function matching(pattern: RegExp, limit: number): Reader<string> {
  return (value, at) =>
    typeof value === "string" && value.length <= limit && pattern.test(value)
      ? value
      : bad(at, `like ${pattern.source}`);
}

/** An integer from `from` to `to`. */
export function integer(from: number, to: number = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value, at) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to
      ? value
      : bad(at, `an integer from ${from} to ${to}`);
}

/** A finite number. */
export const finite: Reader<number> = (value, at) =>
  typeof value === "number" && Number.isFinite(value) ? value : bad(at, "a number");

/** One of the words. */
export function oneOf<T extends string>(...words: readonly T[]): Reader<T> {
  return (value, at) => words.find((word) => word === value) ?? bad(at, `one of ${words.join(", ")}`);
}

/** A list of at most `limit` items. */
export function listOf<T>(item: Reader<T>, limit: number): Reader<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > limit) return bad(at, `a list of at most ${limit}`);
    return value.map((one: unknown, index) => item(one, `${at}[${index}]`));
  };
}

/** An object with the members that the readers name; others are dropped: a newer crik may have added them. */
export function objectOf<T extends object>(members: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const names = Object.keys(members) as (keyof T & string)[];
  return (value, at) => {
    const source = recordAt(value, at);
    const result: Partial<T> = {};
    for (const name of names) {
      const read = members[name](Object.hasOwn(source, name) ? source[name] : undefined, `${at}.${name}`);
      if (read !== undefined) result[name] = read;
    }
    return result as T;
  };
}

/** An object of any names that match, at most `limit` of them. */
export function recordOf<T>(name: Reader<string>, item: Reader<T>, limit: number): Reader<Readonly<Record<string, T>>> {
  return (value, at) => {
    const entries = Object.entries(recordAt(value, at));
    if (entries.length > limit) return bad(at, `an object of at most ${limit}`);
    return Object.fromEntries(entries.map(([key, one]) => [name(key, `a name in ${at}`), item(one, `${at}.${key}`)]));
  };
}

/** What may be absent. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, at) => (value === undefined ? undefined : reader(value, at));
}

function recordAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : bad(at, "an object");
}

function bad(at: string, wanted: string): never {
  throw new StoreError("ERR_STORE_MANIFEST", `${at} is not ${wanted}`);
}
