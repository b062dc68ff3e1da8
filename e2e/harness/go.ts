import { createHash } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../scripts/criu/command.ts";
import { cacheDirectory, cached } from "./cache.ts";
import { unpackDebian } from "./debian.ts";

/**
 * Builds one of `e2e/programs/go` as a static program and gives a layer that holds it alone.
 *
 * @param place - where in the layer, without a leading slash
 */
export async function goProgram(name: "counter" | "server", place: string): Promise<string> {
  const source = fileURLToPath(new URL(`../programs/go/${name}.go`, import.meta.url));
  const digest = createHash("sha256")
    .update(place)
    .update(await readFile(source))
    .digest("hex")
    .slice(0, 12);
  return cached("rootfs", `go-${name}-${digest}`, async (directory) => {
    await mkdir(dirname(join(directory, place)), { recursive: true });
    const go = await goCommand();
    await run([go.program, "build", "-trimpath", "-o", join(directory, place), source], {
      environment: {
        ...go.environment,
        CGO_ENABLED: "0",
        GOTOOLCHAIN: "local",
        GOFLAGS: "",
        GO111MODULE: "off",
        GOCACHE: join(cacheDirectory, "go-build"),
      },
    });
    await chmod(directory, 0o755);
  });
}

/** The machine's Go when it is new enough to listen with MPTCP (from 1.24 on), else Debian's. */
async function goCommand(): Promise<{ program: string; environment: Record<string, string> }> {
  const version = await run(["go", "env", "GOVERSION"]).catch(() => "");
  const [, minor = "0"] = /^go1\.(\d+)/.exec(version) ?? [];
  if (Number(minor) >= 24) return { program: "go", environment: {} };
  const directory = await cached("toolchain", "go-trixie-1", (target) =>
    unpackDebian({ suite: "trixie", packages: ["golang-1.24-go"] }, target),
  );
  const root = join(directory, "usr/lib/go-1.24");
  return { program: join(root, "bin/go"), environment: { GOROOT: root } };
}
