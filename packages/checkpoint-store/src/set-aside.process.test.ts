import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFiles, scratch } from "../test/harness.ts";
import { setAside } from "./index.ts";

describe("paths that are set aside", () => {
  it("are gone, and come back as they were", async () => {
    const root = scratch();
    const folder = join(scratch(), "aside");
    await makeFiles(root, { "watched/a": "a", "watched/b/c": "c", file: "f", other: "o" });
    chmodSync(join(root, "watched/a"), 0o640);
    symlinkSync("a", join(root, "watched/link"));
    const aside = await setAside([join(root, "watched"), join(root, "file"), join(root, "nowhere")], { folder });
    expect(readdirSync(root)).toEqual(["other"]);
    await aside.restore();
    expect(readdirSync(root).sort()).toEqual(["file", "other", "watched"]);
    expect(readFileSync(join(root, "watched/link"), "utf8")).toBe("a");
    expect(statSync(join(root, "watched/a")).mode & 0o777).toBe(0o640);
    expect(existsSync(folder)).toBe(false);
  });

  it("end the watches on them", async () => {
    const root = scratch();
    await makeFiles(root, { "watched/a": "a" });
    const watcher = watch(join(root, "watched"));
    onTestFinished(() => watcher.close());
    const ended = new Promise((resolve) => watcher.on("change", (event) => event === "rename" && resolve(true)));
    const aside = await setAside([join(root, "watched")], { folder: join(scratch(), "aside") });
    expect(await ended).toBe(true);
    expect(readdirSync(root)).toEqual([]);
    await aside.restore();
  });

  it("stay when they could not be put back, and nothing is removed before everything is copied", async () => {
    const root = scratch();
    const folder = join(scratch(), "aside");
    await makeFiles(root, { "first/a": "a" });
    const server = createServer().listen(join(root, "socket"));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    await expect(setAside([join(root, "first"), join(root, "socket")], { folder })).rejects.toMatchObject({
      code: "ERR_STORE_UNSUPPORTED_FILE",
      message: expect.stringContaining("socket"),
    });
    expect(readdirSync(root).sort()).toEqual(["first", "socket"]);
    expect(existsSync(folder)).toBe(false);
  });

  it("keep their copies when they cannot be put back, and can be tried again", async () => {
    const root = scratch();
    const folder = join(scratch(), "aside");
    await makeFiles(root, { "place/a": "a" });
    const aside = await setAside([join(root, "place")], { folder });
    writeFileSync(join(root, "..", "x"), "");
    const parent = join(root, "place");
    symlinkSync("/nowhere", parent);
    // What stands there now is replaced, since it was asked for itself.
    await aside.restore();
    expect(readFileSync(join(parent, "a"), "utf8")).toBe("a");
  });
});
