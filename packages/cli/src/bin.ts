#!/usr/bin/env node
import { main } from "./main.ts";

// A reader that has gone (`crik checkpoints | head -1`) is no failure of ours, and must not end an application that crik runs.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

// The only place that touches `process`. The exit status is set, not forced: what is still to be written gets written.
process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: new AbortController().signal,
});
