import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { nativePrograms } from "@crik/init";
import { CliError } from "../error.ts";
import { type BundleRecord, partsOf, RecordName, readBundleRecord } from "./bundle-record.ts";

/** Where a copy is made before it is moved to its place. */
const StagingPrefix = ".crik-install-";

/** The part without which nobody starts crik: the last to come and the first to go. */
const Entrance = "bin";

/** What came of an installation. */
export interface Installation {
  /** Version of crik. */
  readonly crik: string;
  /** What the files take, in bytes. */
  readonly bytes: number;
  /** The very same bundle was there already, whole. */
  readonly wasThere: boolean;
}

/** How to install. */
export interface InstallOptions {
  /** Whether the launcher's file shall give the capabilities that crik needs to another user than root. @defaultValue false */
  readonly fileCapabilities?: boolean | undefined;
}

/**
 * Copies a bundle into a folder, usually an emptyDir: into it, because the folder is a mount point, which nothing can be renamed to.
 *
 * Nobody starts a half copy: it is made aside, and `bin` is moved to its place last, and away first when another version is replaced. What a killed installation has left is
 * removed by the next one. One at a time in a folder; two of the same version do no harm.
 *
 * @param home - the bundle's folder
 * @throws {@link CliError} `ERR_CLI_NO_BUNDLE`, nothing was touched; `ERR_CLI_NOT_EMPTY`, nothing was touched; `ERR_CLI_INSTALL`; `ERR_CLI_FILE_CAPABILITIES`
 */
export async function installBundle(
  home: string,
  directory: string,
  { fileCapabilities = false }: InstallOptions = {},
): Promise<Installation> {
  const record = await readBundleRecord(home);
  if (record === undefined) throw new CliError(`${home} is not a bundle of crik`, { code: "ERR_CLI_NO_BUNDLE" });
  const bytes = record.files.reduce((sum, file) => sum + file.bytes, 0);
  try {
    await mkdir(directory, { recursive: true });
    const old = await requireRoomFor(record, directory);
    if (old?.text === record.text && (await isWhole(record, directory))) {
      if (fileCapabilities) await giveCapabilities(directory);
      return { crik: record.crik, bytes, wasThere: true };
    }
    const staging = await mkdtemp(join(directory, StagingPrefix));
    try {
      await copyFiles(record, home, staging);
      if (fileCapabilities) await giveCapabilities(staging);
      await moveIntoPlace(staging, directory, record, old);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
    return { crik: record.crik, bytes, wasThere: false };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`crik could not be installed into ${directory}`, {
      code: "ERR_CLI_INSTALL",
      hint: hintFor(error, bytes),
      cause: error,
    });
  }
}

/** What is not crik's is never removed: somebody might say `crik install /usr`. */
async function requireRoomFor(record: BundleRecord, directory: string): Promise<BundleRecord | undefined> {
  const old = await readBundleRecord(directory);
  const names = await readdir(directory);
  const ours = new Set([RecordName, ...partsOf(record), ...(old === undefined ? [] : partsOf(old))]);
  for (const name of names) {
    if (name.startsWith(StagingPrefix)) await rm(join(directory, name), { recursive: true, force: true });
    // At the top of many a file system.
    else if (name !== "lost+found" && (old === undefined || !ours.has(name))) {
      throw new CliError(`${directory} has ${name} in it, which is not crik's`, {
        code: "ERR_CLI_NOT_EMPTY",
        hint: "Give a folder for crik alone, such as an emptyDir of its own.",
      });
    }
  }
  return old;
}

async function isWhole({ files }: BundleRecord, directory: string): Promise<boolean> {
  for (const { path, bytes, sha256 } of files) {
    const found = await stat(join(directory, path)).catch(() => undefined);
    if (found?.size !== bytes || (await digestOf(join(directory, path))) !== sha256) return false;
  }
  return true;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

async function copyFiles({ files, text }: BundleRecord, home: string, staging: string): Promise<void> {
  // mkdtemp makes it private, and the application may be another user than we are.
  await chmod(staging, 0o755);
  for (const { path } of files) {
    const target = join(staging, path);
    await makeFolders(staging, dirname(path));
    await copyFile(join(home, path), target);
    await chmod(target, (await stat(join(home, path))).mode & 0o777);
  }
  await writeFile(join(staging, RecordName), text);
  await chmod(join(staging, RecordName), 0o644);
}

/** Neither Node.js nor Bun can set such an attribute. */
async function giveCapabilities(home: string): Promise<void> {
  const { init } = nativePrograms({ directory: join(home, "libexec") });
  try {
    await promisify(execFile)(init, ["setcap", join(home, Entrance, "crik")]);
  } catch (cause) {
    throw new CliError("the launcher could not be given file capabilities", {
      code: "ERR_CLI_FILE_CAPABILITIES",
      hint: "This container needs capabilities: { add: [SETFCAP] }, and a volume whose file system has extended attributes.",
      cause,
    });
  }
}

/** Open to everyone, whatever the umask is. */
async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const name of path.split("/")) {
    folder = join(folder, name);
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
  }
}

/**
 * The record goes first, as the mark that what comes after it is crik's: a next installation may then remove it. A record without all of its files is no harm, because
 * they are compared with it.
 */
async function moveIntoPlace(
  staging: string,
  directory: string,
  record: BundleRecord,
  old: BundleRecord | undefined,
): Promise<void> {
  const away = await mkdtemp(join(directory, StagingPrefix));
  const moveAway = (name: string): Promise<void> =>
    rename(join(directory, name), join(away, name)).catch(ignoreMissing);
  try {
    await moveAway(Entrance);
    await rename(join(staging, RecordName), join(directory, RecordName));
    const parts = partsOf(record);
    for (const name of old === undefined ? [] : partsOf(old)) if (!parts.includes(name)) await moveAway(name);
    for (const name of [...parts.filter((part) => part !== Entrance), Entrance]) {
      await moveAway(name);
      await rename(join(staging, name), join(directory, name));
    }
  } finally {
    await rm(away, { recursive: true, force: true });
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}

function hintFor(error: unknown, bytes: number): string | undefined {
  switch (codeOf(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return `The folder needs room for ${Math.ceil(bytes / 1e6)} MB: look at the volume's size, and at an emptyDir's sizeLimit.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "Mount a volume there that this container's user can write to.";
    default:
      return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
