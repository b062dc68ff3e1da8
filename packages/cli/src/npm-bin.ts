#!/usr/bin/env node
// What npm installs as `crik`. It imports nothing before it has looked: on an older Node.js the rest may not even load, or fails in the middle of a run.
// The bundle, whose runtime is its own, starts with bin.ts.
import process from "node:process";

/** `engines` of package.json, which npm only warns of. */
const Oldest = [22, 18] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > Oldest[0] || (major === Oldest[0] && minor >= Oldest[1])) {
  await import("./bin.ts");
} else {
  process.stderr.write(
    `crik: error: crik needs Node.js ${Oldest.join(".")} or newer; this is ${process.versions.node}\n`,
  );
  process.exitCode = 125;
}
