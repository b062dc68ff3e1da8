/** A failure of CRIU's that is known by the text it logs. */
export interface KnownFailure {
  /** Stable name, e.g. for documentation. */
  readonly id: string;
  /** Found anywhere in a line's text. */
  readonly pattern: RegExp;
  /** One sentence on what to do, in this package's words. */
  readonly hint: string;
}

/**
 * Failures and their remedies, each seen in a real log or in CRIU's sources. The first that matches counts.
 *
 * @see `test/fixtures` for the logs
 */
export const KnownFailures: readonly KnownFailure[] = [
  // What a task has that cannot be dumped.
  {
    id: "established-tcp",
    pattern: /Connected TCP socket, consider using --tcp-established/,
    hint: 'set tcp to "close", or to "established" where CRIU is privileged',
  },
  {
    id: "in-flight-tcp",
    pattern: /In-flight connection|Acceptor socket has in-flight/i,
    hint: "set skipInFlight",
  },
  {
    id: "io-uring",
    pattern: /anon_inode:\[io_uring\]/,
    hint: "keep the task from opening io_uring rings, as libuv 1.50 and later always does: with a preload library or a seccomp filter that answers ENOSYS",
  },
  {
    id: "mptcp",
    pattern: /Unsupported proto 262\b/,
    hint: "switch MPTCP off in the task; in Go programs with GODEBUG=multipathtcp=0",
  },
  {
    id: "socket-option",
    pattern: /Can't get \d+:\d+ opt: Operation not supported/,
    hint: "use CRIU 4.2 or newer: Linux 6.16 has restricted a socket option that older ones read",
  },
  {
    id: "vdso",
    pattern: /Unexpected rt vDSO area bounds/,
    hint: "use CRIU 4.2 or newer: this one does not know the kernel's vDSO",
  },
  {
    id: "nested-pid-namespace",
    pattern: /Can't dump nested pid namespace/,
    hint: "keep the task from making pid namespaces; for Chromium with --no-sandbox",
  },
  {
    id: "nested-time-namespace",
    pattern: /Can't dump nested time namespace/,
    hint: "dump from the time namespace of the task: what restored it must have entered that one",
  },
  {
    id: "nested-namespace",
    pattern: /Can't dump nested \w+ namespace|Nested mount namespaces are not supported/,
    hint: "keep the task from making namespaces of its own below its root",
  },
  {
    id: "inotify",
    pattern: /fsnotify: .*(Can't dump that handle|Can't open file handle)|Can't dump that handle/,
    hint: "set forceIrmap, and irmapScanPaths to the directories that the task watches",
  },
  {
    id: "sysv-ipc",
    pattern: /SysVIPC shmem map .* doesn't live in IPC ns|SysVIPC.*IPC ns/,
    hint: "run the dump in an IPC namespace of its own: a dumpCommand that begins with unshare --ipc",
  },
  {
    id: "infection",
    pattern: /POKEDATA failed|Can't infect .*with parasite/,
    hint: "the task does not let CRIU write into its code; for PHP set opcache.jit_buffer_size=0",
  },
  {
    id: "external-unix-socket",
    pattern: /unix: External socket (is used|found)|Can't dump half of stream unix connection/,
    hint: "the task has a unix socket to a process outside of its tree: dump that one too, close the socket, or name it in external",
  },
  {
    id: "terminal",
    pattern: /Found slave peer index \d+ without correspond master peer/,
    hint: "set shellJob: the task has a terminal that it did not make itself",
  },
  {
    id: "session",
    pattern: /A session leader of .*is outside of its pid namespace|is not a session leader/,
    hint: "start the task in a session of its own (setsid), or set shellJob",
  },
  {
    id: "ghost-limit",
    pattern: /Can't dump ghost file .* increase limit/,
    hint: "raise ghostLimitBytes: the task has a deleted file open that is larger",
  },
  {
    id: "link-remap",
    pattern: /Can't create link remap for/,
    hint: "set linkRemap: the task has a file open by a name that is gone while another name is left",
  },
  {
    id: "file-locks",
    pattern: /file locks are hold by dumping tasks/,
    hint: "set fileLocks",
  },
  {
    id: "rlimit",
    pattern: /Can't get rlimit \d+/,
    hint: "give CRIU CAP_SYS_RESOURCE, or a dumpCommand with a library that reads limits from /proc: the task has processes of several users",
  },
  {
    id: "memory-tracking",
    pattern: /Tracking memory is not available/,
    hint: "leave trackMemory and pre-dumps out: this kernel has no soft-dirty bits",
  },
  {
    id: "seccomp",
    pattern: /[Ss]uspend(ing)? seccomp|seccomp: Can't/,
    hint: "a seccomp filter needs CAP_SYS_ADMIN to be lifted; a filter on CRIU itself makes every dump fail",
  },
  {
    id: "no-such-process",
    pattern: /Unable to interrupt task: \d+ \(No such process\)/,
    hint: "the task has ended, or its pid is one of another pid namespace",
  },
  {
    id: "not-traceable",
    pattern: /Unable to interrupt task: \d+ \(Operation not permitted\)/,
    hint: "another process traces the task, or CRIU lacks CAP_SYS_PTRACE (yama, other users)",
  },
  // What stands in the way of a restore.
  {
    id: "pid-taken",
    pattern: /Can't fork for \d+: File exists/,
    hint: "a process of the checkpoint had an id that is taken: dump tasks with high pids, and restore where they are free",
  },
  {
    id: "file-size",
    pattern: /File .* has bad size \d+ \(expect \d+\)/,
    hint: "the file is not the one of the checkpoint: carry it along, copied while the task stands frozen",
  },
  {
    id: "file-build-id",
    pattern: /File .* has bad build-ID/,
    hint: "a program or library differs from the one of the checkpoint: restore in the same container image",
  },
  {
    id: "file-missing",
    pattern: /Can't open file .* on restore: No such file or directory/,
    hint: "the file is missing here: carry it along with the checkpoint; or this is another container image than the checkpoint's",
  },
  {
    id: "tcp-close",
    pattern: /Need to set the --tcp-close options/,
    hint: 'set tcp to "close", as it was at the dump',
  },
  {
    id: "incomplete-images",
    pattern: /Unexpected EOF on \(empty-image\)|Read \d+ bytes while \d+ expected|Can't read pages data/,
    hint: "the image directory is incomplete or damaged: a dump into it did not come to its end, or a file was cut short",
  },
  {
    id: "monotonic-clock",
    pattern: /Unable to set a (monotonic|boottime) clock offset/,
    hint: "give CRIU CAP_SYS_TIME, or restore with unprivileged where the clock has not gone back",
  },
  {
    id: "network-namespace",
    pattern: /Unable create a network namespace: Operation not permitted/,
    hint: "set unprivileged: CRIU has no CAP_SYS_ADMIN here",
  },
  {
    id: "capabilities",
    pattern: /Unable to drop capability \d+/,
    hint: "give CRIU CAP_SETPCAP, or run the task with no_new_privs",
  },
  {
    id: "pid-file",
    pattern: /pidfile: Can't open .*: File exists/,
    hint: "remove the pid file first",
  },
  {
    id: "cpu",
    pattern: /(CPU|instruction|FPU) (instruction )?capabilities do not match run time|FPU.*not supported on host/i,
    hint: "restore on a machine whose CPU has the features of the one before",
  },
  {
    id: "mount",
    pattern: /doesn't have a proper root mount/,
    hint: "name the mount in external, or run the task in the mount namespace of CRIU",
  },
  // Either way.
  {
    id: "loopback",
    pattern: /Unable to connect a socket: Network is unreachable/,
    hint: "bring the loopback interface up: CRIU tries it before anything else",
  },
  {
    id: "iptables",
    pattern: /Locking network failed|Can't lock network|iptables-restore returned/,
    hint: 'set networkLock to "skip" or "nftables" where iptables is missing',
  },
  {
    id: "no-space",
    pattern: /No space left on device/,
    hint: "make room for the images: they are as large as the task's memory",
  },
];

/** Pure: the known failure that a line of a log tells of. */
export function matchFailure(text: string): KnownFailure | undefined {
  return KnownFailures.find(({ pattern }) => pattern.test(text));
}
