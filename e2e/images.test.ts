import { expect, it } from "vitest";
import { proveContinuity } from "./harness/continuity.ts";
import { type CrikOptions, checkpoint, startCrik } from "./harness/crik.ts";
import { describeContainers } from "./harness/platform.ts";
import { makeVolume } from "./harness/volume.ts";

/** Container images that crik is copied into, and ways to have it there. */
const images: readonly (Pick<CrikOptions, "rootfs" | "command" | "runtime" | "home" | "capabilities"> & {
  readonly name: string;
})[] = [
  { name: "Debian", rootfs: "debian", command: ["/programs/counter.sh"] },
  { name: "nothing but a static busybox", rootfs: "busybox", command: ["/programs/counter.sh"] },
  { name: "only musl", rootfs: "musl", command: ["musl-counter"] },
  { name: "nothing but a static application", rootfs: "empty", command: ["/app"] },
  {
    name: "nothing but a static application, privileged",
    rootfs: "empty",
    command: ["/app"],
    capabilities: "privileged",
  },
  { name: "Debian, under crun", rootfs: "debian", command: ["/programs/counter.sh"], runtime: "crun" },
  {
    name: "nothing but a static application, crik at another place",
    rootfs: "empty",
    command: ["/app"],
    home: "/mnt/some where/crik",
  },
];

describeContainers("an image with", () => {
  it.each(images)("$name", async ({ name: _, ...image }) => {
    await using volume = await makeVolume();
    const options = { capabilities: "default+cr", ...image, volume } as const;
    await using first = await startCrik(options);
    await first.stdout.waitForLine(/^TICK \S+ 4$/);
    await checkpoint(first);
    await using second = await startCrik(options);
    await proveContinuity(first.stdout, second.stdout);
    await second.stdout.waitForLineAfter(6, /^TICK /);
    // Of a program of musl's: crik's preload library suits its loader, and keeps io_uring from it.
    const ring = first.stdout.all.find((line) => line.startsWith("IO_URING"));
    expect([undefined, "IO_URING 38"]).toContain(ring);
  });
});

describeContainers("the environment", () => {
  it("of the container reaches the application and not crik's own runtime", async () => {
    await using volume = await makeVolume();
    const environment = {
      NODE_OPTIONS: "--require=/no/such/file.js",
      BUN_OPTIONS: "--no-such-option",
      BUN_BE_BUN: "1",
      NODE_EXTRA_CA_CERTS: "/no/such/ca.pem",
      LD_LIBRARY_PATH: "/no/such/folder",
      GLIBC_TUNABLES: "glibc.malloc.tcache_count=7",
      UV_THREADPOOL_SIZE: "1",
      GOMAXPROCS: "1",
      GODEBUG: "http2debug=1",
      LANG: "C.UTF-8",
      EMPTY: "",
    };
    const command = ["sh", "-c", "env; echo START $$; echo END; exec /programs/counter.sh"] as const;
    await using box = await startCrik({ rootfs: "busybox", command, volume, environment });
    await box.stdout.waitForLine(/^END$/);
    const seen = Object.fromEntries(box.stdout.all.filter((line) => line.includes("=")).map((line) => splitOnce(line)));
    expect(seen).toMatchObject({ ...environment, GODEBUG: expect.stringContaining("http2debug=1") });
    expect(Object.keys(seen).filter((name) => name.startsWith("CRIK_"))).toEqual([]);
    expect(seen["BUN_JSC_useJIT"]).toBeUndefined();
    await box.stdout.waitForLine(/^TICK \S+ 3$/);
    await checkpoint(box);
  });
});

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}
