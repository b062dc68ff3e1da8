import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Criu, createCriu } from "../src/criu.ts";
import type { Command, CriuOptions } from "../src/options.ts";

/** A step of the fake CRIU; see `fake-criu.mjs`. */
type Step = Readonly<Record<string, string | number>>;

/** A folder with an image and a work directory, and a driver over the fake CRIU. */
export interface Sandbox extends Disposable {
  readonly images: string;
  readonly work: string;
  /** Private folders of operations; empty when none is under way. */
  readonly run: string;
  /** A driver whose CRIU plays these steps. */
  criu(steps: readonly Step[], options?: CriuOptions): Criu;
  /** What the fake CRIU wrote for a step `argvTo`. */
  readArgv(): { readonly argv: readonly string[]; readonly environment: Readonly<Record<string, string>> };
  readonly argvFile: string;
}

/** Paths of the stand-ins. */
export const fakes: { readonly criu: Command; readonly keeper: Command; readonly hook: string } = {
  criu: [process.execPath, fileURLToPath(new URL("./fake-criu.mjs", import.meta.url))],
  keeper: [process.execPath, fileURLToPath(new URL("./fake-keeper.mjs", import.meta.url))],
  hook: fileURLToPath(new URL("./fake-hook.mjs", import.meta.url)),
};

/** Makes a sandbox. */
export function createSandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), "criu-test-"));
  const [images, work, run] = [join(folder, "images"), join(folder, "work"), join(folder, "run")];
  for (const path of [images, work, run]) mkdirSync(path);
  const argvFile = join(folder, "argv");
  return {
    images,
    work,
    run,
    argvFile,
    criu: (steps, options = {}) =>
      createCriu({
        command: fakes.criu,
        runDirectory: run,
        ...options,
        env: { FAKE_CRIU: JSON.stringify(steps), ...options.env },
      }),
    readArgv: () => JSON.parse(readFileSync(argvFile, "utf8")),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
