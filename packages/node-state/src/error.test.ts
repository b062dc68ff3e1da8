import { describe, expect, it } from "vitest";
import { isNodeStateError, NodeStateError } from "./error.ts";

describe("an error of this package", () => {
  it("is recognised by its brand, also that of another copy of the package", () => {
    const error = new NodeStateError("ERR_NODE_STATE_HTTP", "no", { status: 401, hint: "token?", cause: 1 });
    expect(isNodeStateError(error)).toBe(true);
    expect(isNodeStateError(new Error("no"))).toBe(false);
    const foreign = new Error("no");
    Object.defineProperty(foreign, Symbol.for("@crik/node-state.NodeStateError"), { value: true });
    expect(isNodeStateError(foreign)).toBe(true);
    expect(error).toMatchObject({
      name: "NodeStateError",
      code: "ERR_NODE_STATE_HTTP",
      status: 401,
      hint: "token?",
      cause: 1,
    });
  });

  it("has no property that it knows nothing for", () => {
    const error = new NodeStateError("ERR_NODE_STATE_TIMEOUT", "no");
    for (const property of ["hint", "status", "cause"]) expect(error).not.toHaveProperty(property);
  });
});
