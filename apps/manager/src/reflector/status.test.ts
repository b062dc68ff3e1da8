import { describe, expect, it } from "vitest";

import { errorOfStatus } from "./status.ts";

describe("an answer with an error", () => {
  it("of missing permission says which permission", () => {
    const message = 'nodes is forbidden: User "x" cannot list resource "nodes"';
    expect(errorOfStatus("the list", { status: 403, body: { reason: "Forbidden", message } })).toMatchObject({
      code: "ERR_API_HTTP",
      status: 403,
      message: `the list: ${message}`,
      hint: expect.stringContaining("get, list and watch"),
    });
  });

  it.each([
    [410, { reason: "Gone" }],
    [410, undefined],
    [500, { reason: "Expired" }],
  ])("%d %j means to list anew", (status, body) => {
    expect(errorOfStatus("the watch", { status, body }).code).toBe("ERR_API_EXPIRED");
  });

  it.each([
    ["3", undefined, 3000],
    [undefined, { details: { retryAfterSeconds: 2 } }, 2000],
    ["Wed, 25 Nov 2026 10:00:00 GMT", undefined, undefined],
    ["-1", undefined, undefined],
    [undefined, undefined, undefined],
  ])("asks for a pause: header %j, body %j -> %s ms", (retryAfter, body, retryAfterMs) => {
    expect(errorOfStatus("the list", { status: 429, body, retryAfter }).retryAfterMs).toBe(retryAfterMs);
  });
});
