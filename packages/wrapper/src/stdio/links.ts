import { type BigIntStats, fstatSync, readFileSync, statSync } from "node:fs";
import { linkOf } from "../proc/descriptors.ts";
import { fileResource, type StdioLinks } from "./inherit.ts";

/** crik's own stdio, which the application shares: `""` for a closed descriptor, a resource for a file that lies outside of the container. */
export function ownStdio(): StdioLinks {
  return [describe(0), describe(1), describe(2)];
}

/** A file that the runtime opened outside (`nerdctl run >file`) has a path that means nothing in here, or another file. */
function describe(fd: number): string {
  const link = linkOf(`/proc/self/fd/${fd}`) ?? "";
  if (!link.startsWith("/") || link.startsWith("/dev/")) return link;
  const opened = statOrNothing(() => fstatSync(fd, { bigint: true }));
  const here = statOrNothing(() => statSync(link, { bigint: true }));
  if (opened === undefined || (here?.ino === opened.ino && here.dev === opened.dev)) return link;
  const mountId = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
  return mountId === undefined ? link : fileResource({ mountId: Number(mountId), inode: opened.ino });
}

function statOrNothing(look: () => BigIntStats): BigIntStats | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
