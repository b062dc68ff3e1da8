import { linkOf } from "../proc/descriptors.ts";
import type { StdioLinks } from "./inherit.ts";

/** crik's own stdio, which the application shares: `""` for a closed descriptor. */
export function ownStdio(): StdioLinks {
  const link = (fd: number): string => linkOf(`/proc/self/fd/${fd}`) ?? "";
  return [link(0), link(1), link(2)];
}
