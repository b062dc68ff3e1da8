import { describe, expect, it } from "vitest";
import { NodeStateError, type NodeStateErrorCode } from "../error.ts";
import { attemptFailure, mayGetBetter, noAnswerWithin } from "./failure.ts";

const failure = (error: unknown): NodeStateError =>
  attemptFailure(error, new AbortController().signal, undefined, "over");

/** An error of the runtime's. */
function systemError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

describe("a failed attempt", () => {
  it("says each reason when a host has several addresses", () => {
    // What Node.js gives for `localhost`: an error without a message of its own.
    const refused = [systemError("ECONNREFUSED", "connect ECONNREFUSED ::1:1"), systemError("ECONNREFUSED", "")];
    const error = failure(Object.assign(new AggregateError(refused), { code: "ECONNREFUSED" }));
    expect(error.message).toBe("connect ECONNREFUSED ::1:1; ECONNREFUSED");
    expect(error.code).toBe("ERR_NODE_STATE_UNREACHABLE");
  });

  it.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", "in the CA file"],
    ["CERT_HAS_EXPIRED", "clock"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "another host"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "not https"],
    ["ENOTFOUND", "namespace"],
  ])("has a hint for %s", (code, hint) => {
    const error = systemError(code);
    expect(failure(error)).toMatchObject({
      code: "ERR_NODE_STATE_UNREACHABLE",
      cause: error,
      hint: expect.stringContaining(hint),
    });
  });

  it("is what it is when it is one of ours, and something when it is nothing", () => {
    const ours = new NodeStateError("ERR_NODE_STATE_FILE", "no");
    expect(failure(ours)).toBe(ours);
    expect(failure("odd").message).toBe("odd");
    expect(failure(new Error("")).message).toBe("Error");
  });

  it("is the caller's abort before anything else, then the time", () => {
    const caller = AbortSignal.abort("mine");
    const over = AbortSignal.abort();
    expect(attemptFailure(systemError("ECONNRESET"), over, caller, "over")).toMatchObject({
      code: "ERR_NODE_STATE_ABORTED",
      cause: "mine",
    });
    expect(attemptFailure(systemError("ECONNRESET"), over, undefined, noAnswerWithin(999.6))).toMatchObject({
      code: "ERR_NODE_STATE_TIMEOUT",
      message: "no answer within 1000 ms",
    });
  });

  it.each<[NodeStateErrorCode, number | undefined, boolean]>([
    ["ERR_NODE_STATE_UNREACHABLE", undefined, true],
    ["ERR_NODE_STATE_TIMEOUT", undefined, true],
    ["ERR_NODE_STATE_FILE", undefined, true],
    ["ERR_NODE_STATE_HTTP", 503, true],
    ["ERR_NODE_STATE_HTTP", 500, true],
    ["ERR_NODE_STATE_HTTP", 429, true],
    ["ERR_NODE_STATE_HTTP", 401, false],
    ["ERR_NODE_STATE_HTTP", 404, false],
    ["ERR_NODE_STATE_HTTP", 302, false],
    ["ERR_NODE_STATE_PROTOCOL", undefined, false],
    ["ERR_NODE_STATE_INVALID_OPTION", undefined, false],
    ["ERR_NODE_STATE_ABORTED", undefined, false],
  ])("of code %s and status %s may get better: %s", (code, status, better) => {
    expect(mayGetBetter(new NodeStateError(code, "", { status }))).toBe(better);
  });
});
