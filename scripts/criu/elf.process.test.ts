import { expect, test } from "vitest";
import { readElfNeeds } from "./elf.ts";

test("a dynamic program names its libraries and its loader", async () => {
  const needs = await readElfNeeds(process.execPath);
  expect(needs.needed).toContain("libc.so.6");
  expect(needs.interpreter).toMatch(/\/ld-linux.*\.so\.\d$/);
});

test("a file of another kind is refused by name", async () => {
  await expect(readElfNeeds(import.meta.filename)).rejects.toThrow("elf.process.test.ts is not a 64-bit");
});
