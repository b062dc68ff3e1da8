import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isConfigError } from "./error.ts";
import { loadConfig } from "./load.ts";

describe("loading a file", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "crik-config-"));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });
  const put = async (name: string, content: string | Uint8Array): Promise<string> => {
    const file = join(directory, name);
    await writeFile(file, content);
    return file;
  };

  it("gives the configuration, its text and its warnings", async () => {
    const file = await put("good.yaml", "imageDir: /c\nnodeStateGrace: 2s\n");
    await expect(loadConfig({ file })).resolves.toMatchObject({
      file,
      text: "imageDir: /c\nnodeStateGrace: 2s\n",
      config: { imageDirectory: "/c" },
      warnings: [{ code: "conflict", pointer: "/nodeStateGrace" }],
    });
  });

  it("follows links, as a ConfigMap's files are", async () => {
    await put("target.yaml", "imageDir: /c");
    await symlink("target.yaml", join(directory, "link.yaml"));
    await expect(loadConfig({ file: join(directory, "link.yaml") })).resolves.toMatchObject({
      config: { imageDirectory: "/c" },
    });
  });

  it("goes on without a default file: crik then only supervises", async () => {
    const loaded = await loadConfig({ file: join(directory, "absent.yaml"), fileMayBeAbsent: true });
    expect(loaded).toMatchObject({ file: undefined, text: "", config: { imageDirectory: undefined } });
  });

  it("takes variables alone", async () => {
    const loaded = await loadConfig({ env: { CRIK_IMAGE_DIR: "/c", CRIK_TCP: "fail" } });
    expect(loaded.config).toMatchObject({ imageDirectory: "/c", tcp: "fail" });
    await expect(loadConfig({ env: { CRIK_CHECKPOINT_ON: "always" } })).rejects.toThrow("no image directory is");
  });

  it.each([
    ["a file that is not there", "ERR_CONFIG_NOT_FOUND", async () => join(directory, "absent.yaml")],
    ["a directory", "ERR_CONFIG_UNREADABLE", async () => directory],
    ["a file in a file", "ERR_CONFIG_NOT_FOUND", async () => join(await put("plain", ""), "config.yaml")],
    [
      "bytes that are no text",
      "ERR_CONFIG_UNREADABLE",
      async () => put("latin1.yaml", new Uint8Array([0x69, 0xe9, 0x0a])),
    ],
    ["a huge file", "ERR_CONFIG_UNREADABLE", async () => put("huge.yaml", "#".repeat(65_537))],
    ["an endless file", "ERR_CONFIG_UNREADABLE", async () => "/dev/zero"],
    ["an invalid file", "ERR_CONFIG_INVALID", async () => put("bad.yaml", "imgDir: /c\nfoo: 1\n")],
  ])("%s is %s", async (_name, code, make) => {
    const file = await make();
    const error: unknown = await loadConfig({ file }).catch((reason: unknown) => reason);
    expect(isConfigError(error)).toBe(true);
    expect(error).toMatchObject({ code, file });
    expect(JSON.stringify(error)).not.toContain("###");
  });

  it("names every issue in the error, and counts them in its message", async () => {
    const file = await put("two.yaml", "imgDir: /c\nfoo: 1\n");
    await expect(loadConfig({ file })).rejects.toMatchObject({
      message: `the configuration ${file} cannot be used: imgDir is not a key that crik knows (and 1 more)`,
      issues: [{ code: "unknown-key" }, { code: "unknown-key" }],
      text: "imgDir: /c\nfoo: 1\n",
    });
  });

  it("can be cancelled", async () => {
    const file = await put("good2.yaml", "imageDir: /c");
    await expect(loadConfig({ file, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_CONFIG_ABORTED",
    });
  });
});
