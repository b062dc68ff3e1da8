import { describe, expect, it } from "vitest";
import { taskEnvironment } from "./environment.ts";

describe("the application's environment", () => {
  it("is the container's when nothing is to be prevented", () => {
    expect(taskEnvironment({ PATH: "/bin" }, { noIoUringLibrary: undefined, noMultipathTcp: false })).toEqual({
      PATH: "/bin",
    });
  });

  it("adds its preload library behind the user's", () => {
    const prevention = { noIoUringLibrary: "/opt/crik/lib/no.so", noMultipathTcp: false };
    expect(taskEnvironment({}, prevention)).toEqual({ LD_PRELOAD: "/opt/crik/lib/no.so" });
    expect(taskEnvironment({ LD_PRELOAD: "/a.so" }, prevention)).toEqual({ LD_PRELOAD: "/a.so:/opt/crik/lib/no.so" });
  });

  it("switches MPTCP off for Go unless the user has chosen", () => {
    const prevention = { noIoUringLibrary: undefined, noMultipathTcp: true };
    expect(taskEnvironment({}, prevention)).toEqual({ GODEBUG: "multipathtcp=0" });
    expect(taskEnvironment({ GODEBUG: "gctrace=1" }, prevention)).toEqual({ GODEBUG: "gctrace=1,multipathtcp=0" });
    expect(taskEnvironment({ GODEBUG: "multipathtcp=1" }, prevention)).toEqual({ GODEBUG: "multipathtcp=1" });
  });
});
