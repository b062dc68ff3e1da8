import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliError } from "../error.ts";
import { installBundle } from "./install-bundle.ts";

let scratch = "";
let home = "";
let target = "";

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "crik-install-test-"));
  home = join(scratch, "bundle");
  target = join(scratch, "volume");
  await makeBundle("1.0.0", { "bin/crik": "launcher", "lib/a.so": "library", "share/doc/x/copyright": "text" });
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/** As scripts/bundle makes it. */
async function makeBundle(crik: string, contents: Readonly<Record<string, string>>): Promise<void> {
  await rm(home, { recursive: true, force: true });
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(join(home, dirname(path)), { recursive: true });
    await writeFile(join(home, path), text);
    await chmod(join(home, path), path.startsWith("share") ? 0o644 : 0o755);
  }
  const files = Object.entries(contents).map(([path, text]) => ({
    path,
    bytes: text.length,
    sha256: createHash("sha256").update(text).digest("hex"),
  }));
  await writeFile(join(home, "BUNDLE.json"), JSON.stringify({ crik, files }));
}

/** Every path below the volume, files with their text. */
async function contentOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async (path) => [path.slice(directory.length + 1), await readFile(path, "utf8")]),
  );
  return Object.fromEntries(texts);
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof CliError ? error.code : String(error)),
  );
}

describe("an installation", () => {
  it("makes the folder, and is the bundle byte by byte", async () => {
    expect(await installBundle(home, target)).toEqual({ crik: "1.0.0", bytes: 19, wasThere: false });
    expect(await contentOf(target)).toEqual(await contentOf(home));
  });

  it("can be used by everybody, whatever the umask is", async () => {
    await mkdir(target);
    const umask = process.umask(0o077);
    try {
      await installBundle(home, target);
    } finally {
      process.umask(umask);
    }
    const modes = await Promise.all(
      ["bin", "bin/crik", "share/doc/x", "share/doc/x/copyright", "BUNDLE.json"].map(
        async (path) => (await stat(join(target, path))).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o755, 0o755, 0o755, 0o644, 0o644]);
  });

  it("leaves the same bundle alone, since processes may run from it", async () => {
    await installBundle(home, target);
    const { ino } = await stat(join(target, "bin/crik"));
    expect(await installBundle(home, target)).toMatchObject({ wasThere: true });
    expect((await stat(join(target, "bin/crik"))).ino).toBe(ino);
  });

  it.each([
    ["shorter", "libr"],
    ["of another content", "LIBRARY"],
  ])("is made anew when a file is %s than the record says", async (_name, text) => {
    await installBundle(home, target);
    await writeFile(join(target, "lib/a.so"), text);
    expect(await installBundle(home, target)).toMatchObject({ wasThere: false });
    expect(await contentOf(target)).toEqual(await contentOf(home));
  });

  it("replaces another version, and leaves nothing of it", async () => {
    await installBundle(home, target);
    await makeBundle("2.0.0", { "bin/crik": "new launcher", "libexec/criu": "criu" });
    expect(await installBundle(home, target)).toMatchObject({ crik: "2.0.0", wasThere: false });
    expect(await contentOf(target)).toEqual(await contentOf(home));
    expect((await readdir(target)).sort()).toEqual(["BUNDLE.json", "bin", "libexec"]);
  });

  it("goes on after one that was killed at any moment", async () => {
    await installBundle(home, target);
    // Killed while it copied; between two renames, with the old library away; and before the entrance was there.
    await mkdir(join(target, ".crik-install-killed/lib"), { recursive: true });
    await mkdir(join(target, ".crik-install-away"));
    await rename(join(target, "lib"), join(target, ".crik-install-away/lib"));
    await rm(join(target, "bin"), { recursive: true });
    await installBundle(home, target);
    expect(await contentOf(target)).toEqual(await contentOf(home));
    expect((await readdir(target)).sort()).toEqual(["BUNDLE.json", "bin", "lib", "share"]);
  });

  it("has no entrance, and no leftover, when it fails in the middle", async () => {
    await rm(join(home, "share/doc/x/copyright"));
    expect(await codeOf(installBundle(home, target))).toBe("ERR_CLI_INSTALL");
    expect(await readdir(target)).toEqual([]);
  });

  it("refuses a folder with something of somebody else in it, and touches nothing", async () => {
    await mkdir(join(target, "bin"), { recursive: true });
    await writeFile(join(target, "bin/sh"), "a shell");
    expect(await codeOf(installBundle(home, target))).toBe("ERR_CLI_NOT_EMPTY");
    expect(await contentOf(target)).toEqual({ "bin/sh": "a shell" });
  });

  it("takes the top of a file system", async () => {
    await mkdir(join(target, "lost+found"), { recursive: true });
    expect(await installBundle(home, target)).toMatchObject({ wasThere: false });
  });

  it("says that there is no bundle where there is none, and that a path cannot be used", async () => {
    expect(await codeOf(installBundle(join(scratch, "nothing"), target))).toBe("ERR_CLI_NO_BUNDLE");
    expect(await codeOf(installBundle(home, join(home, "bin/crik/x")))).toBe("ERR_CLI_INSTALL");
  });
});
