import { accessSync, constants } from "node:fs";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CriuError } from "./error.ts";

/** A folder for one operation's socket, pid file and output, mode 0700. */
export interface PrivateFolder extends AsyncDisposable {
  readonly path: string;
}

/** Longest path whose sockets still fit: a unix socket's path has at most 107 bytes, and mkdtemp and the file's name come on top. */
const LongestBase = 70;

/**
 * Makes a private folder.
 *
 * @param options - `base`: where, if the caller has a wish; `executable`: programs in it must be able to run
 * @throws CriuError `ERR_CRIU_INVALID_OPTION` when it cannot be made, or would be too long for a socket in it
 */
export async function makePrivateFolder(options: {
  readonly base?: string | undefined;
  readonly executable?: boolean | undefined;
}): Promise<PrivateFolder> {
  const candidates = options.base === undefined ? defaultBases() : [resolve(options.base)];
  let problem: unknown;
  for (const base of candidates) {
    try {
      return await makeIn(base, options.executable === true);
    } catch (error) {
      problem = error;
    }
  }
  throw new CriuError("ERR_CRIU_INVALID_OPTION", `no private folder can be made in ${candidates.join(" or ")}`, {
    cause: problem,
    hint: "give a runDirectory that is writable, short, local, and without a program for `hook` not mounted noexec",
  });
}

async function makeIn(base: string, executable: boolean): Promise<PrivateFolder> {
  if (Buffer.byteLength(base) > LongestBase)
    throw new Error(`${base} is longer than ${LongestBase} bytes, too long for a socket in it`);
  const path = await mkdtemp(join(base, "criu-driver-"));
  const folder = { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  try {
    if (executable) await probeExecutable(join(path, "probe"));
    return folder;
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/** `access(2)` says no for any file of a file system that is mounted noexec, as container runtimes mount /dev/shm. */
async function probeExecutable(file: string): Promise<void> {
  await writeFile(file, "", { mode: 0o700 });
  await access(file, constants.X_OK);
  await rm(file);
}

/** `/dev/shm` is there and writable in a container even when the root is read-only. */
function defaultBases(): readonly string[] {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return ["/dev/shm", tmpdir()];
  } catch {
    return [tmpdir()];
  }
}
