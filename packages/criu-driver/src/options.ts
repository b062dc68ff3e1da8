/** A program and its first arguments, e.g. `["criu"]` or `[loader, "--library-path", directory, criu]`. Run without a shell. */
export type Command = readonly [program: string, ...args: string[]];

/** How CRIU is found and run. */
export interface CriuOptions {
  /** CRIU itself. @defaultValue `["criu"]`, looked up on `PATH` */
  readonly command?: Command | undefined;
  /** CRIU for dumps and pre-dumps, where it must be run differently from a restore (a preload library). @defaultValue `command` */
  readonly dumpCommand?: Command | undefined;
  /**
   * A program that runs a restore and stays as the parent of the restored task, such as `["…/crik-init", "keep"]`. It gets
   * `--report-fd 3 --pidfile FILE -- CRIU ARG…`. It adopts what the restore orphans, ends with the task's status, and leaves nothing
   * behind when the restore fails.
   * @defaultValue none: the task is re-parented to the nearest subreaper, and its status is read from `/proc`
   */
  readonly keeper?: Command | undefined;
  /**
   * The program that CRIU runs as its hook (`--action-script`), such as `…/crik-hook`: it connects to the unix stream socket in
   * `CRIK_HOOK_SOCKET`, writes `ACTION PID\n`, and succeeds if it reads `ok\n`.
   * @defaultValue a script for `/bin/sh`, written into `runDirectory`
   */
  readonly hook?: string | undefined;
  /**
   * Where each operation makes its private folder (mode 0700: socket, pid file), and removes it again. Must exist, be local and
   * writable, and its path shorter than 70 bytes, since a socket's path is limited to 107.
   * @defaultValue `/dev/shm` when it is writable, else the system's folder for temporary files
   */
  readonly runDirectory?: string | undefined;
  /** Variables added to CRIU's environment, which is otherwise this process's. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * Let CRIU read `/etc/criu/default.conf`, `$HOME/.criu/default.conf` and `$CRIU_CONFIG_FILE`. Off by default, because a file in
   * the container would then change what the options here say.
   * @defaultValue `false` (`--no-default-config`)
   */
  readonly configurationFiles?: boolean | undefined;
  /** Options applied to every operation; an operation's own option wins. */
  readonly defaults?: Omit<SharedOptions, "signal"> | undefined;
}

/** Options that `criu dump`, `criu pre-dump` and `criu restore` share. */
export interface SharedOptions {
  /** CRIU for this operation only. @defaultValue the one of {@link CriuOptions} */
  readonly command?: Command | undefined;
  /** Existing directory for log and statistics (`--work-dir`). @defaultValue the image directory */
  readonly workDirectory?: string | undefined;
  /**
   * `-v0` to `-v4`. 1: errors; 2: warnings; 3: information and timestamps; 4: debug, at the price of about a fifth more time for
   * half a gigabyte.
   * @defaultValue `2`, as CRIU
   */
  readonly verbosity?: 0 | 1 | 2 | 3 | 4 | undefined;
  /**
   * Established TCP connections: `"fail"` the dump, keep them (`--tcp-established`, needs privileges) or restore them closed
   * (`--tcp-close`). A restore must be told the same as its dump.
   * @defaultValue `"fail"`
   */
  readonly tcp?: "fail" | "established" | "close" | undefined;
  /** Leave out connections that are being made (`--skip-in-flight`). @defaultValue `false` */
  readonly skipInFlight?: boolean | undefined;
  /** Dump and restore locks on files (`--file-locks`). @defaultValue `false` */
  readonly fileLocks?: boolean | undefined;
  /** The task has a terminal that it did not make itself (`--shell-job`). @defaultValue `false` */
  readonly shellJob?: boolean | undefined;
  /** Work without CAP_SYS_ADMIN, with CAP_CHECKPOINT_RESTORE (`--unprivileged`). Time namespaces are then left out. @defaultValue `false` */
  readonly unprivileged?: boolean | undefined;
  /** What to do with cgroups (`--manage-cgroups`). @defaultValue CRIU's `"soft"` */
  readonly cgroups?: "none" | "props" | "soft" | "full" | "strict" | "ignore" | undefined;
  /** Objects that CRIU shall not dump, or shall take from the outside (`--external`). */
  readonly external?: readonly ExternalResource[] | undefined;
  /** CPU features to record or require (`--cpu-cap`), e.g. `["fpu", "ins"]`; `^` in front negates. @defaultValue CRIU's: `fpu,ins` */
  readonly cpuCapabilities?: readonly string[] | undefined;
  /** Use any path to a device file if the original one cannot be reached (`--evasive-devices`). @defaultValue `false` */
  readonly evasiveDevices?: boolean | undefined;
  /** Options this package has no name for, appended last, as they are. */
  readonly extraArguments?: readonly string[] | undefined;
  /**
   * The operation is ended when it takes longer, in milliseconds.
   * @defaultValue none
   * @remarks As `signal`, but reported as `ERR_CRIU_TIMEOUT`, and also ends an operation that has been allowed by its callback.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Ends the operation; it rejects with `ERR_CRIU_ABORTED`.
   * @remarks Before CRIU is started nothing happens. While a callback works its own signal aborts, and the callback's outcome decides:
   * if it resolves the operation goes on, since the callback has done its work; if it rejects, CRIU is told no and cleans up by itself.
   * Once a callback has resolved, an abort comes too late and changes nothing. At any other time a restore is killed, and what it has
   * made so far; a dump goes on until it asks its hook, is told no there, and lets the task go on; see {@link DumpOptions.killAfterMs}.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `criu dump` and `criu pre-dump`. */
export interface DumpOptions extends SharedOptions {
  /** Root of the process tree (`--tree`). */
  readonly pid: number;
  /** Existing, empty directory for the images (`--images-dir`). */
  readonly imageDirectory: string;
  /** Leave the task running after the dump (`--leave-running`). @defaultValue `false`: CRIU kills it */
  readonly leaveRunning?: boolean | undefined;
  /** Images of an earlier pre-dump, relative to `imageDirectory` (`--prev-images-dir`). */
  readonly previousImages?: string | undefined;
  /** Watch which pages change from now on (`--track-mem`); needs a kernel with soft-dirty bits. @defaultValue `false` */
  readonly trackMemory?: boolean | undefined;
  /** How a pre-dump reads memory (`--pre-dump-mode`). @defaultValue `"splice"` */
  readonly preDumpMode?: "splice" | "read" | undefined;
  /** Keep deleted files that have another name by a temporary link (`--link-remap`). @defaultValue `false` */
  readonly linkRemap?: boolean | undefined;
  /** Largest deleted-but-open ("ghost") file to save, in bytes (`--ghost-limit`). @defaultValue CRIU's 1 MiB */
  readonly ghostLimitBytes?: number | undefined;
  /** Resolve inotify and fanotify watches by searching for their inodes (`--force-irmap`). @defaultValue `false` */
  readonly forceIrmap?: boolean | undefined;
  /** Where to search for the inodes of watches (`--irmap-scan-path`), absolute. */
  readonly irmapScanPaths?: readonly string[] | undefined;
  /**
   * How to keep packets away from connections while they are dumped and restored (`--network-lock`); a restore does as its dump did.
   * @defaultValue CRIU's `"iptables"`
   */
  readonly networkLock?: "iptables" | "nftables" | "skip" | undefined;
  /** How long CRIU may take to freeze the tree, in milliseconds; rounded up to seconds (`--timeout`). @defaultValue CRIU's 10 000 */
  readonly freezeTimeoutMs?: number | undefined;
  /**
   * How long CRIU may go on after an abort or a deadline before it is killed, in milliseconds; 0 kills it at once.
   *
   * Killed while it executes calls inside of a task, CRIU leaves that with another's registers: 6 of 231 kills at random moments took a process
   * of the tree along (measured, CRIU 4.2.1). At its hook it can be told to stop without any harm.
   * @defaultValue `5000`
   */
  readonly killAfterMs?: number | undefined;
  /** Send memory to a page server instead of writing it (`--page-server`). */
  readonly pageServer?: PageServerAddress | undefined;
  /**
   * Called when every image is written and the tree stands frozen (CRIU's `post-dump`): the place to copy files and to commit.
   *
   * If it rejects, CRIU lets the tree go on as if nothing had happened, and the dump rejects with `ERR_CRIU_HOOK` and this cause.
   * Its `signal` aborts when CRIU dies, the operation is aborted, or its deadline passes; the operation then still waits for
   * the callback, because only it knows whether it has committed. If CRIU fails after the callback has resolved, the tree is
   * ended in its place, unless `leaveRunning` is set, and the error says `hookAllowed: true`. Without `leaveRunning` a SIGSTOP is pending in the
   * tree from here on, so that it makes no step when CRIU dies; a rejection takes it back by SIGCONT. Not called by a pre-dump, which has no such moment.
   */
  readonly whenFrozen?: ((dump: FrozenDump) => Promise<void>) | undefined;
}

/** What {@link DumpOptions.whenFrozen} is told. */
export interface FrozenDump {
  readonly imageDirectory: string;
  readonly signal: AbortSignal;
}

/** Options of `criu restore`. */
export interface RestoreOptions extends SharedOptions {
  /** The images (`--images-dir`). */
  readonly imageDirectory: string;
  /** Descriptors the restored task takes over (`--inherit-fd`), e.g. the new pod's stdout. */
  readonly inherit?: readonly InheritedDescriptor[] | undefined;
  /**
   * Files that the restored task gets in place of ones whose paths are no more (`--inherit-fd`), such as those of its old cgroup. Needs a keeper.
   */
  readonly inheritFiles?: readonly InheritedFile[] | undefined;
  /**
   * What CLOCK_MONOTONIC is in the restored tree when it goes on, in whole milliseconds. For `unprivileged`, in which CRIU makes no time namespace: on a machine
   * that has been up for a shorter time than the one before, timers would stand still. Needs a keeper, which makes one, CAP_SYS_ADMIN and CAP_SYS_TIME.
   * @defaultValue that of this machine, or as CRIU has dumped it
   */
  readonly monotonicMs?: number | undefined;
  /** New root directory of a task in a mount namespace (`--root`). */
  readonly root?: string | undefined;
  /** e.g. `apparmor:PROFILE` (`--lsm-profile`). */
  readonly lsmProfile?: string | undefined;
  /** Restore although a file's permissions have changed (`--skip-file-rwx-check`). @defaultValue `false` */
  readonly skipFileModeCheck?: boolean | undefined;
  /** How to tell that a file is still the same (`--file-validation`). @defaultValue CRIU's `"buildid"`, which falls back to the size */
  readonly fileValidation?: "filesize" | "buildid" | undefined;
  /** Leave the restored task stopped (`--leave-stopped`); SIGCONT lets it run, and its handler of SIGCONT sees that. @defaultValue `false` */
  readonly leaveStopped?: boolean | undefined;
  /**
   * Called when the whole tree exists and has not run one instruction (CRIU's `post-restore`): the place to consume a checkpoint.
   *
   * If it rejects, the tree is killed unrun, the images stay restorable, and the restore rejects with `ERR_CRIU_HOOK` and this cause.
   * Its `signal` works as {@link DumpOptions.whenFrozen}'s.
   */
  readonly beforeResume?: ((task: UnrunTask) => Promise<void>) | undefined;
}

/** What {@link RestoreOptions.beforeResume} is told. */
export interface UnrunTask {
  /** Pid of the restored root task. */
  readonly pid: number;
  readonly signal: AbortSignal;
}

/** An object outside of the checkpoint. */
export type ExternalResource =
  /** A mount point of the task's mount namespace, named in a dump (`mnt[at]:name`), put at a path in a restore (`mnt[name]:at`). */
  | { readonly kind: "mount"; readonly at: string; readonly name: string }
  /** All mounts that come from outside (`mnt[]`): `m` also masters, `s` also shared ones. Dumps only. */
  | { readonly kind: "mount-auto"; readonly flags?: "m" | "s" | "ms" | undefined }
  /** An open file that the task's mount namespace does not reach. */
  | { readonly kind: "file"; readonly mountId: number; readonly inode: number | bigint }
  | { readonly kind: "unix"; readonly inode: number }
  | { readonly kind: "tty"; readonly rdev: number; readonly dev: number }
  /** Anything else, as CRIU writes it, e.g. `net[4026531840]:name`. */
  | { readonly kind: "other"; readonly value: string };

/** A descriptor of this process's that takes the place of one in the images. */
export interface InheritedDescriptor {
  /** 0, 1 or 2: a descriptor of this process, which CRIU gets under the same number. */
  readonly fd: number;
  /** What it replaces: the link that `/proc/PID/fd/N` was at the dump (`pipe:[4242]`, `socket:[4242]`), `tty[rdev:dev]`, or a path without its leading slash. */
  readonly resource: string;
}

/** A file that takes the place of one in the images. */
export interface InheritedFile {
  /** Opened for reading and writing, or else for reading. */
  readonly path: string;
  /** Absolute path that the file had at the dump. */
  readonly replaces: string;
}

/** Where a page server listens. */
export interface PageServerAddress {
  readonly address: string;
  readonly port: number;
}
