import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeTerminationMessage } from "./termination-message.ts";

describe("the file of the termination message", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "crik-termination-"));
    file = join(folder, "termination-log");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gets the message when it is empty, as the kubelet makes it", () => {
    writeFileSync(file, "");
    writeTerminationMessage(file, "crik: done");
    expect(readFileSync(file, "utf8")).toBe("crik: done");
  });

  it("keeps what the application has written", () => {
    writeFileSync(file, "the application's own");
    writeTerminationMessage(file, "crik: done");
    expect(readFileSync(file, "utf8")).toBe("the application's own");
  });

  it("is not made where it is not, and a folder in its place does no harm", () => {
    writeTerminationMessage(file, "crik: done");
    expect(existsSync(file)).toBe(false);
    expect(() => writeTerminationMessage(folder, "crik: done")).not.toThrow();
  });
});
