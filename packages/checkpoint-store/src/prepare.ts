import { constants, type Stats } from "node:fs";
import { access, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readUntrusted, syncDirectory, writeDurably } from "./durable.ts";
import { StoreError } from "./error.ts";
import { parseGenerationName } from "./generation-name.ts";
import { objectOf, parseJson } from "./manifest/json.ts";
import { codeOf, readError, storeError } from "./system-error.ts";

/** Says that a directory is crik's, and in which format. */
const MarkerName = "crik-store.json";
const Format = 1;

/** How a directory is opened. */
export interface PrepareOptions {
  readonly claimant: string;
  readonly readOnly: boolean;
}

/**
 * Makes sure that the directory is one of ours, or can become one. Makes it when its parent exists.
 *
 * @throws StoreError `ERR_STORE_NOT_FOUND`, `ERR_STORE_NOT_A_DIRECTORY`, `ERR_STORE_READ_ONLY`, `ERR_STORE_FULL`, `ERR_STORE_FOREIGN`, `ERR_STORE_ORIGINAL_CRIK`,
 * `ERR_STORE_FORMAT`; nothing was changed
 */
export async function prepareDirectory(root: string, options: PrepareOptions): Promise<void> {
  await makeIfMissing(root, options);
  const names = await readdir(root).catch((error: unknown) => {
    throw readError(error, `reading the image directory ${root}`);
  });
  if (names.includes(MarkerName)) await checkMarker(root);
  else {
    checkForeign(root, names);
    if (!options.readOnly) await writeMarker(root, options.claimant);
  }
  if (options.readOnly) return;
  await access(root, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw storeError(error, `writing to the image directory ${root}`);
  });
}

async function makeIfMissing(root: string, { readOnly }: PrepareOptions): Promise<void> {
  const found = await lookAt(root);
  if (found === undefined) {
    const parent = await lookAt(dirname(root));
    if (readOnly || parent === undefined) {
      const what =
        parent === undefined
          ? `the image directory ${root} does not exist, and neither does ${dirname(root)}`
          : `the image directory ${root} does not exist`;
      throw new StoreError("ERR_STORE_NOT_FOUND", what, { hint: "mount a volume there" });
    }
    try {
      await mkdir(root);
      await syncDirectory(dirname(root));
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw storeError(error, `making the image directory ${root}`);
      // Another container was faster; or there is a link.
      if ((await lookAt(root)) !== undefined) return;
      throw new StoreError("ERR_STORE_NOT_FOUND", `the image directory ${root} is a link that leads nowhere`, {
        cause: error,
      });
    }
  } else if (!found.isDirectory())
    throw new StoreError("ERR_STORE_NOT_A_DIRECTORY", `the image directory ${root} is not a directory`);
}

/** The directory itself is the user's own word, not the checkpoint's: it may be a link. */
async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ENOTDIR")
      throw new StoreError("ERR_STORE_NOT_A_DIRECTORY", `${dirname(path)} is not a directory`, { cause: error });
    throw readError(error, `looking at the image directory ${path}`);
  }
}

async function checkMarker(root: string): Promise<void> {
  const path = join(root, MarkerName);
  const written = (await readUntrusted(path, 4096)).toString("utf8");
  const format = formatOf(written, path);
  if (format === Format) return;
  throw new StoreError(
    "ERR_STORE_FORMAT",
    `the image directory ${root} has format ${String(format)}, and this crik knows ${Format}`,
    {
      hint: "use the version of crik that made it, or another directory",
    },
  );
}

function formatOf(written: string, path: string): unknown {
  try {
    return objectOf<{ format: unknown }>({ format: (value) => value })(parseJson(written, path), path).format;
  } catch (error) {
    throw new StoreError("ERR_STORE_FORMAT", `${path} does not say what format the image directory has`, {
      cause: error,
    });
  }
}

/** Lets in what volumes and tools put everywhere: `lost+found`, `.snapshot`, `.Trash`. */
function checkForeign(root: string, names: readonly string[]): void {
  const foreign = names.filter(
    (name) => name !== "lost+found" && !name.startsWith(".") && parseGenerationName(name) === undefined,
  );
  if (foreign.length === 0) return;
  if (foreign.some((name) => name.endsWith(".img") || name === "configuration.yaml")) {
    throw new StoreError(
      "ERR_STORE_ORIGINAL_CRIK",
      `the image directory ${root} holds a checkpoint of the original crik`,
      {
        hint: "use another directory, or empty this one: its checkpoints cannot be restored by this crik",
      },
    );
  }
  const more = foreign.length > 3 ? ` and ${foreign.length - 3} more` : "";
  throw new StoreError(
    "ERR_STORE_FOREIGN",
    `the image directory ${root} holds files that are not crik's: ${foreign.slice(0, 3).join(", ")}${more}`,
    {
      hint: "give crik a directory of its own, such as one below it",
    },
  );
}

/** Two containers may do it at once: each writes its own and renames it, and both say the same. */
async function writeMarker(root: string, claimant: string): Promise<void> {
  const temporary = join(root, `.${MarkerName}.${claimant}`);
  try {
    await writeDurably(temporary, `{"format":${Format}}\n`);
    await rename(temporary, join(root, MarkerName));
    await syncDirectory(root);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw storeError(error, `writing to the image directory ${root}`);
  }
}
