import { describe, expect, it } from "vitest";
import { applicationEnvironment } from "./application-environment.ts";

describe("applicationEnvironment", () => {
  it("gives back what the launcher has put aside, and takes away what it has added", () => {
    const launched = {
      CRIK_HOME: "/opt/crik",
      BUN_JSC_useJIT: "0",
      UV_THREADPOOL_SIZE: "6",
      CRIK_SAVED_BUN_JSC_useJIT: "1",
      CRIK_SAVED_LD_PRELOAD: "libuser.so",
      PATH: "/bin",
    };
    expect(applicationEnvironment(launched)).toEqual({ BUN_JSC_useJIT: "1", LD_PRELOAD: "libuser.so", PATH: "/bin" });
  });

  it("gives back the variable that it takes away, even an empty one", () => {
    const launched = { CRIK_HOME: "/opt/crik", UV_THREADPOOL_SIZE: "6", CRIK_SAVED_UV_THREADPOOL_SIZE: "" };
    expect(applicationEnvironment(launched)).toEqual({ UV_THREADPOOL_SIZE: "" });
  });

  it("changes nothing where there was no launcher", () => {
    const own = { BUN_JSC_useJIT: "0", UV_THREADPOOL_SIZE: "1", CRIK_SAVED_X: "y", PATH: "/bin" };
    expect(applicationEnvironment({ ...own, UNSET: undefined })).toEqual(own);
  });
});
