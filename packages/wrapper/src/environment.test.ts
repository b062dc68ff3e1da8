import { describe, expect, it } from "vitest";
import { taskEnvironment } from "./environment.ts";

const nothing = { noIoUringLibrary: undefined, noMultipathTcp: false };

describe("the application's environment", () => {
  it("gives back what the launcher has put aside, and keeps crik's own variables to itself", () => {
    const own = { PATH: "/bin", CRIK_HOME: "/opt/crik", CRIK_SAVED_NODE_OPTIONS: "--inspect", BUN_JSC_useJIT: "0" };
    expect(taskEnvironment(own, nothing)).toEqual({ PATH: "/bin", NODE_OPTIONS: "--inspect" });
  });

  it("leaves a runtime's variables alone when crik was not started by its launcher", () => {
    expect(taskEnvironment({ BUN_JSC_useJIT: "0" }, nothing)).toEqual({ BUN_JSC_useJIT: "0" });
  });

  it("adds its preload library behind the user's", () => {
    const prevention = { noIoUringLibrary: "/opt/crik/lib/no.so", noMultipathTcp: false };
    expect(taskEnvironment({}, prevention)).toEqual({ LD_PRELOAD: "/opt/crik/lib/no.so" });
    expect(taskEnvironment({ CRIK_SAVED_LD_PRELOAD: "/a.so" }, prevention)).toEqual({ LD_PRELOAD: "/a.so:/opt/crik/lib/no.so" });
  });

  it("switches MPTCP off for Go unless the user has chosen", () => {
    const prevention = { noIoUringLibrary: undefined, noMultipathTcp: true };
    expect(taskEnvironment({}, prevention)).toEqual({ GODEBUG: "multipathtcp=0" });
    expect(taskEnvironment({ GODEBUG: "gctrace=1" }, prevention)).toEqual({ GODEBUG: "gctrace=1,multipathtcp=0" });
    expect(taskEnvironment({ GODEBUG: "multipathtcp=1" }, prevention)).toEqual({ GODEBUG: "multipathtcp=1" });
  });
});
