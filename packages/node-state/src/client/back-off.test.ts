import { describe, expect, it } from "vitest";
import { pauseBeforeAttempt, pauseBeforeReconnect } from "./back-off.ts";

describe("the pauses of a client", () => {
  const failures = [1, 2, 3, 4, 5, 6, 2000];

  it("are short between the attempts of a read", () => {
    expect(failures.map((count) => pauseBeforeAttempt(count, 1))).toEqual([50, 100, 200, 400, 400, 400, 400]);
  });

  it("are 5 seconds at the most between the connections of a watch", () => {
    expect(failures.map((count) => pauseBeforeReconnect(count, 1))).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000]);
  });

  it("have a random half", () => {
    expect([0, 0.5, 1].map((random) => pauseBeforeReconnect(1, random))).toEqual([250, 375, 500]);
  });
});
