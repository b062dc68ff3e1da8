/** What descriptors 0, 1 and 2 are, by `readlink /proc/PID/fd/N`; empty when closed; a {@link fileResource} for a file outside of the container. */
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
    if (!/^((pipe|socket):\[\d+\]|file\[[0-9a-f]+:[0-9a-f]+\])$/.test(resource) || seen.has(resource)) return [];
    seen.add(resource);
    return [{ fd, resource }];
  });
}

/** Pure: true when any of them is a terminal, which CRIU only takes with `--shell-job`. */
export function hasTerminal(links: StdioLinks): boolean {
  return links.some((link) => /^\/dev\/(pts\/\d+|tty\w*|console)$/.test(link));
}

/** An open file that no path in the container leads to, by the mount and the inode that CRIU knows it by. */
export interface OutsideFile {
  readonly mountId: number;
  readonly inode: bigint;
}

/** Pure: CRIU's name for it; it compares names as text, so the base of the numbers matters. */
export function fileResource({ mountId, inode }: OutsideFile): string {
  return `file[${mountId.toString(16)}:${inode.toString(16)}]`;
}

/** Pure: the files among them that a dump must be told about (`--external`). */
export function outsideFiles(links: StdioLinks): readonly OutsideFile[] {
  return [...new Set(links)].flatMap((link) => {
    const [, mountId, inode] = /^file\[([0-9a-f]+):([0-9a-f]+)\]$/.exec(link) ?? [];
    if (mountId === undefined || inode === undefined) return [];
    return [{ mountId: Number.parseInt(mountId, 16), inode: BigInt(`0x${inode}`) }];
  });
}
