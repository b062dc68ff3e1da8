/** What descriptors 0, 1 and 2 are, by `readlink /proc/PID/fd/N`; empty when closed. */
export type StdioLinks = readonly [stdin: string, stdout: string, stderr: string];

/** A descriptor of ours that takes the place of one that the dumped tree had. */
export interface InheritedStdio {
  readonly fd: number;
  /** CRIU's name for what was there, e.g. `pipe:[4242]`. */
  readonly resource: string;
}

/**
 * Pure: how a restored tree gets this container's stdio in place of the one it was dumped with.
 *
 * CRIU matches by the inode of the old pipe or socket, so one entry serves every process that had it, and `2>&1` (one pipe, two descriptors)
 * needs one entry, not two. Without it a restore "succeeds" and the application dies of SIGPIPE at its next line (measured).
 * `/dev/null` is opened again by its path; a terminal is taken over through `--shell-job`.
 */
export function inheritedStdio(dumped: StdioLinks): readonly InheritedStdio[] {
  const seen = new Set<string>();
  return dumped.flatMap((resource, fd) => {
    if (!/^(pipe|socket):\[\d+\]$/.test(resource) || seen.has(resource)) return [];
    seen.add(resource);
    return [{ fd, resource }];
  });
}

/** Pure: true when any of them is a terminal, which CRIU only takes with `--shell-job`. */
export function hasTerminal(links: StdioLinks): boolean {
  return links.some((link) => /^\/dev\/(pts\/\d+|tty\w*|console)$/.test(link));
}
