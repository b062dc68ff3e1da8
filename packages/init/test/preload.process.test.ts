import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unpackDebian } from "../../../e2e/harness/debian.ts";
import { muslProbe, programs, run, start } from "./harness.ts";

const arm64 = process.arch === "arm64";
const { noIoUring, limits } = programs.preload;

/** Debian's musl, unpacked beside the other caches: its loader is its libc. */
async function musl(): Promise<string> {
  const folder = join(homedir(), ".cache/crik/musl");
  const loader = join(folder, `usr/lib/${arm64 ? "aarch64" : "x86_64"}-linux-musl/libc.so`);
  if ((await run(["test", "-x", loader])).code !== 0)
    await unpackDebian({ suite: "trixie", packages: ["musl"] }, folder);
  return loader;
}

describe("both libraries", () => {
  it.each([noIoUring, limits])("%s needs no other library", async (library) => {
    expect((await run(["ldd", library])).stdout).toContain("statically linked");
  });
});

describe("libcrik-nouring.so", () => {
  // What perl calls syscall is libc's.
  const script = `
    my $parameters = "\\0" x 120;
    print syscall(425, 4, $parameters), " $!\\n";
    print syscall(${arm64 ? 57 : 3}, -1), " $!\\n";
    print syscall(${arm64 ? 172 : 39}) == $$ ? "pid\\n" : "no\\n";
  `;

  it("hides io_uring under glibc and leaves other system calls as they are", async () => {
    const { stdout } = await run(["perl", "-e", script], { env: { LD_PRELOAD: noIoUring } });
    expect(stdout).toBe("-1 Function not implemented\n-1 Bad file descriptor\npid\n");
  });

  it("does so under musl", async () => {
    const { stdout } = await run([await musl(), await muslProbe()], { env: { LD_PRELOAD: noIoUring } });
    expect(stdout).toBe("io_uring_setup -1 Function not implemented\nclose -1 Bad file descriptor\nmmap 7\n");
  });

  it("keeps Node.js, and what it starts, from opening rings", async () => {
    const list = `
      const { readdirSync, readlinkSync } = require("node:fs");
      for (const fd of readdirSync("/proc/self/fd")) try { console.log(readlinkSync("/proc/self/fd/" + fd)); } catch {}
    `;
    const both = `${list}; if (!process.env.INNER) require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(list)}], { stdio: "inherit" })`;
    const { stdout, code } = await run([process.execPath, "-e", both], { env: { LD_PRELOAD: noIoUring } });
    expect(code).toBe(0);
    expect(stdout.match(/anon_inode:\[eventpoll\]/g)?.length).toBeGreaterThanOrEqual(2);
    expect(stdout).not.toContain("io_uring");
  });
});

describe("libcrik-limits.so", () => {
  const nobody = ["setpriv", "--reuid", "65534", "--clear-groups", "perl", "-e"] as const;
  // prlimit64(PID, 0..15, NULL, &limit)
  const script = `
    for my $resource (0 .. 15) {
      my $limit = "\\0" x 16;
      my $result = syscall(${arm64 ? 261 : 302}, $ARGV[0] + 0, $resource, 0, $limit);
      print $result ? "$!\\n" : join(" ", map { $_ == ~0 ? "unlimited" : $_ } unpack("QQ", $limit)), $result ? "" : "\\n";
    }
  `;

  it("reads the limits of a process of another user", async () => {
    const task = start(["sh", "-c", "ulimit -c 0; ulimit -n 321; ulimit -t 5000; exec sleep 20"]);
    const file = async (): Promise<string> => readFile(`/proc/${task.pid}/limits`, "utf8");
    while (!(await file()).includes("321"));
    const expected = (await file())
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(25).trim().split(/\s+/).slice(0, 2).join(" "));
    const refused = await run([...nobody, script, String(task.pid)]);
    expect(refused.stdout).toBe("Operation not permitted\n".repeat(16));
    const { stdout } = await run([...nobody, script, String(task.pid)], { env: { LD_PRELOAD: limits } });
    expect(stdout.trim().split("\n")).toEqual(expected);
    task.kill("SIGKILL");
    await task.outcome;
  });

  it("changes nothing else", async () => {
    const env = { LD_PRELOAD: limits };
    const gone = await run([...nobody, script, "4194303"], { env });
    expect(gone.stdout).toBe("No such process\n".repeat(16));
    // Setting the limit of a process of another user stays forbidden.
    const set = `my $limit = pack("QQ", 1, 1); print syscall(${arm64 ? 261 : 302}, ${process.pid}, 4, $limit, 0), " $!\\n";`;
    expect((await run([...nobody, set], { env })).stdout).toBe("-1 Operation not permitted\n");
    const own = await run(["sh", "-c", `ulimit -n 222; exec perl -e '${script}' 0`], { env });
    expect(own.stdout.split("\n")[7]).toBe("222 222");
  });
});
