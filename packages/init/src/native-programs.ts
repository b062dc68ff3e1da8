import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InitError } from "./error.ts";

/** The architectures that the programs are compiled for. */
export type NativeArchitecture = "x64" | "arm64";

/** What {@link nativePrograms} may be told. */
export interface NativeProgramsOptions {
  /**
   * The folder that holds the programs, when they do not lie in this package: as in crik's bundle, or beside a program that was bundled into one file.
   * @defaultValue `dist/linux-<architecture>` of this package
   */
  readonly directory?: string | undefined;
  /** Which programs of this package; means nothing when `directory` is given. @defaultValue that of this process */
  readonly architecture?: NativeArchitecture | undefined;
}

/** Absolute paths of the programs, all of them made by one build. */
export interface NativePrograms {
  /** `crik-init`: its first argument says what it is: `init`, `keep`, `pids`, `exec`, `mkfifo`. */
  readonly init: string;
  /** `crik-hook`, for CRIU's `--action-script`: asks the unix socket in `CRIK_HOOK_SOCKET`. */
  readonly hook: string;
  /** `crik`, the launcher of the bundle: starts `../lib/crik-core`. */
  readonly launcher: string;
  /** Libraries for `LD_PRELOAD`, under glibc and musl alike. */
  readonly preload: {
    /** `libcrik-nouring.so`, for the application: `io_uring_setup` answers `ENOSYS`, since CRIU cannot dump a ring. */
    readonly noIoUring: string;
    /** `libcrik-limits.so`, for `criu dump` alone: reads the limits of processes of other users without `CAP_SYS_RESOURCE`. */
    readonly limits: string;
  };
}

/**
 * Finds the native programs.
 *
 * @throws {@link InitError} `ERR_INIT_UNSUPPORTED_ARCHITECTURE` when they are not compiled for this machine,
 * `ERR_INIT_PROGRAM_NOT_FOUND` when one is not in its folder.
 */
export function nativePrograms(options: NativeProgramsOptions = {}): NativePrograms {
  const directory = options.directory ?? packagedDirectory(options.architecture ?? process.arch);
  const locate = (name: string): string => {
    const path = join(directory, name);
    if (existsSync(path)) return path;
    throw new InitError(
      "ERR_INIT_PROGRAM_NOT_FOUND",
      `${path} does not exist`,
      options.directory === undefined
        ? "in a checkout, run the build; in a program that was bundled into one file, pass the folder of the programs as `directory`"
        : "`directory` must hold all five files of one `linux-<architecture>` folder",
    );
  };
  return {
    init: locate("crik-init"),
    hook: locate("crik-hook"),
    launcher: locate("crik"),
    preload: { noIoUring: locate("libcrik-nouring.so"), limits: locate("libcrik-limits.so") },
  };
}

function packagedDirectory(architecture: string): string {
  if (architecture !== "x64" && architecture !== "arm64") {
    throw new InitError(
      "ERR_INIT_UNSUPPORTED_ARCHITECTURE",
      `there are no native programs for ${architecture}`,
      "crik runs on x64 and arm64",
    );
  }
  // Right from src and from dist: both lie one level below the package.
  return fileURLToPath(new URL(`../dist/linux-${architecture}`, import.meta.url));
}
