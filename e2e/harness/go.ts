import { createHash } from "node:crypto";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../scripts/criu/command.ts";
import { cached } from "./cache.ts";
import { ensureGo } from "./go-toolchain.ts";

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
    const go = await ensureGo();
    await run([go.program, "build", "-trimpath", "-o", join(directory, place), source], {
      environment: { ...go.environment, GOFLAGS: "", GO111MODULE: "off" },
    });
    await chmod(directory, 0o755);
  });
}
