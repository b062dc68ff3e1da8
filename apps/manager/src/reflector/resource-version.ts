/**
 * Whether one resource version is older than another. They are decimal numbers without a bound (comparable since KEP-5504; etcd's revisions before that).
 * What is no such number is older than nothing.
 */
export function isOlder(one: string, other: string): boolean {
  const decimal = /^\d+$/u;
  if (!decimal.test(one) || !decimal.test(other)) return false;
  return one.length === other.length ? one < other : one.length < other.length;
}
