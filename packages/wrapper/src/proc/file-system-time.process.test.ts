import { lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { markChanges } from "./file-system-time.ts";

it("counts a file as changed that was written right after the mark, in the same tick of the clock", () => {
  const folder = mkdtempSync(join(tmpdir(), "crik-mark-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const mark = markChanges(folder);
  writeFileSync(join(folder, "file"), "");
  const { ctimeNs } = lstatSync(join(folder, "file"), { bigint: true });
  expect(ctimeNs).toBeGreaterThanOrEqual(mark.sinceNs());
});

it("goes back with a clock that is set back, and not forth with one that is set forth", () => {
  let wallMs = 5_000;
  const mark = markChanges(tmpdir(), () => ({ wallMs, steadyMs: 100 }));
  const before = mark.sinceNs();
  wallMs -= 3_000;
  expect(before - mark.sinceNs()).toBe(3_000_000_000n);
  wallMs += 9_000;
  expect(mark.sinceNs()).toBe(before);
});
