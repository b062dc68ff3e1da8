import { describe, expect, it } from "vitest";
import { movedCgroupFiles } from "./cgroup-files.ts";

const there = ["4:memory:/kubepods/pod1/abc", "3:cpu,cpuacct:/kubepods/pod1/abc", "0::/"];
const here = ["4:memory:/kubepods/pod2/def", "3:cpu,cpuacct:/kubepods/pod2/xyz", "0::/"];

describe("files of a cgroup", () => {
  it("are found in the cgroup of the new container, on cgroup v1", () => {
    const replaces = "/sys/fs/cgroup/memory/kubepods/pod1/abc/memory.limit_in_bytes";
    const path = "/sys/fs/cgroup/memory/kubepods/pod2/def/memory.limit_in_bytes";
    expect(movedCgroupFiles([replaces], there, here)).toEqual([{ path, replaces }]);
  });

  it("are found on cgroup v2", () => {
    const slice = "/kubepods.slice/kubepods-pod1.slice/cri-containerd-abc.scope";
    const replaces = `/sys/fs/cgroup${slice}/memory.max`;
    expect(movedCgroupFiles([replaces], [`0::${slice}`], ["0::/kubepods.slice/other.scope"])).toEqual([
      { path: "/sys/fs/cgroup/kubepods.slice/other.scope/memory.max", replaces },
    ]);
  });

  it("stay where they are when the path does not hold the cgroup's, as in a cgroup namespace", () => {
    expect(movedCgroupFiles(["/sys/fs/cgroup/memory.max"], ["0::/"], ["0::/"])).toEqual([]);
    expect(movedCgroupFiles(["/sys/fs/cgroup/memory/other/memory.stat"], there, here)).toEqual([]);
    expect(movedCgroupFiles(["/sys/fs/cgroup/memory/kubepods/pod1/abcdef/x"], there, here)).toEqual([]);
  });
});
