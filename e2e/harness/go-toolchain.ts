import { join } from "node:path";
import { run } from "../../scripts/criu/command.ts";
import { cacheDirectory, cached } from "./cache.ts";
import { unpackDebian } from "./debian.ts";

/** A Go compiler, and what its environment must have for its caches to be below ours. */
export interface GoToolchain {
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The oldest Go that will do, of the 1.x: from 24 on servers listen with MPTCP, which a test is about, Kubernetes 1.34
 * needs 24, and containerd 2.2 needs 25.
 */
const oldestMinor = 25;

/** Gives the machine's Go when it is new enough, else Debian's, fetched at the first call. */
export async function ensureGo(): Promise<GoToolchain> {
  const environment = {
    CGO_ENABLED: "0",
    GOTOOLCHAIN: "local",
    GOCACHE: join(cacheDirectory, "go-build"),
    GOMODCACHE: join(cacheDirectory, "go-modules"),
    // Go makes its modules read-only; a cache must go away with `rm -r`.
    GOFLAGS: "-modcacherw",
  };
  const version = await run(["go", "env", "GOVERSION"]).catch(() => "");
  const [, minor = "0"] = /^go1\.(\d+)/.exec(version) ?? [];
  if (Number(minor) >= oldestMinor) return { program: "go", environment };
  const directory = await cached("toolchain", "go-1.26-1", (target) =>
    unpackDebian({ suite: "trixie-backports", packages: ["golang-1.26-go"] }, target),
  );
  const root = join(directory, "usr/lib/go-1.26");
  return { program: join(root, "bin/go"), environment: { ...environment, GOROOT: root } };
}
