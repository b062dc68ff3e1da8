import { expect, it } from "vitest";
import { environmentDifference } from "./environment-difference.ts";

const environ = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\0`)
    .join("");

it("a restored application's environment differs by what was added, taken away and changed since", () => {
  const there = { PATH: "/bin", LEVEL: "info", GONE: "1", EMPTY: "", LINES: "a\nb=c" };
  const here = { PATH: "/bin", LEVEL: "debug", NEW: "1", EMPTY: "", LINES: "a\nb=c" };
  expect(environmentDifference(environ(there), here)).toEqual(["GONE", "LEVEL", "NEW"]);
  expect(environmentDifference(environ(there), there)).toEqual([]);
  expect(environmentDifference("", {})).toEqual([]);
});

it("what Kubernetes sets in each pod by itself is no difference", () => {
  const there = { HOSTNAME: "web-abc", KUBERNETES_SERVICE_HOST: "10.0.0.1", DB_PORT: "tcp://10.0.0.2:5432" };
  const here = { HOSTNAME: "web-xyz", DB_SERVICE_PORT_HTTP: "80", DB_PORT_5432_TCP_ADDR: "10.0.0.3" };
  expect(environmentDifference(environ(there), here)).toEqual([]);
});
