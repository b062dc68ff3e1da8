import { describe, expect, it } from "vitest";

import { ApiError } from "../api-error.ts";
import { LongestPauseMs, LongestRetryAfterMs, recoveryFrom } from "./backoff.ts";

/** A try after so many that have failed, which began with a list. */
const tried = (failures: number) => ({ failures, resumed: false });

const unreachable = new ApiError("ERR_API_UNREACHABLE", "no");

describe("the pause after a failure", () => {
  it("doubles from 200 ms to 3 s", () => {
    const pauses = [0, 1, 2, 3, 4, 5, 1000].map((failures) => recoveryFrom(unreachable, tried(failures), 1).delayMs);
    expect(pauses).toEqual([200, 400, 800, 1600, 3000, 3000, 3000]);
  });

  it("is between half and all of that, by chance", () => {
    expect(recoveryFrom(unreachable, tried(0), 0).delayMs).toBe(100);
    expect(recoveryFrom(unreachable, tried(9), 0).delayMs).toBe(LongestPauseMs / 2);
  });

  it("is as long as the server asks, up to a limit", () => {
    const asks = (retryAfterMs: number) =>
      recoveryFrom(new ApiError("ERR_API_HTTP", "no", { status: 429, retryAfterMs }), tried(0), 1).delayMs;
    expect(asks(1000)).toBe(1000);
    expect(asks(60_000)).toBe(LongestRetryAfterMs);
    expect(asks(0)).toBe(200);
  });

  it("is none after a first 401, because there may be a new token, and one after the next", () => {
    const unauthorized = new ApiError("ERR_API_HTTP", "no", { status: 401 });
    expect(recoveryFrom(unauthorized, tried(0), 1).delayMs).toBe(0);
    expect(recoveryFrom(unauthorized, tried(1), 1).delayMs).toBe(400);
  });

  it("is none before the first new list, and one before the next", () => {
    const expired = new ApiError("ERR_API_EXPIRED", "gone");
    expect(recoveryFrom(expired, tried(0), 1)).toEqual({ relist: true, delayMs: 0 });
    expect(recoveryFrom(expired, tried(1), 1)).toEqual({ relist: true, delayMs: 400 });
  });

  it("is none when a server that was away no longer has the past: that is an answer, and the list is due", () => {
    const expired = new ApiError("ERR_API_EXPIRED", "gone");
    expect(recoveryFrom(expired, { failures: 9, resumed: true }, 1)).toEqual({ relist: true, delayMs: 0 });
    expect(recoveryFrom(unreachable, { failures: 9, resumed: true }, 1)).toEqual({ relist: false, delayMs: 3000 });
  });
});

describe("the list is read again", () => {
  it.each([
    ["ERR_API_EXPIRED", true],
    ["ERR_API_WENT_BACK", true],
    ["ERR_API_PROTOCOL", true],
    ["ERR_API_HTTP", false],
    ["ERR_API_CREDENTIALS", false],
    ["ERR_API_UNREACHABLE", false],
    ["ERR_API_TIMEOUT", false],
    ["ERR_API_NO_HTTP2", false],
  ] as const)("after %s: %s", (code, relist) => {
    expect(recoveryFrom(new ApiError(code, "no"), tried(3), 0).relist).toBe(relist);
  });

  it("after a mistake of our own", () => {
    expect(recoveryFrom(new TypeError("x is not a function"), tried(0), 0).relist).toBe(true);
  });
});
