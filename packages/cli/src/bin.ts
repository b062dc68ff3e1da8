#!/usr/bin/env node
import { main } from "./main.ts";

// A reader that has gone (`crik checkpoints | head -1`) is no failure of ours, and must not end an application that crik runs.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

// Of an error that nobody has caught the application must not die: crik goes on supervising it, and says what happened.
const unexpected = (error: unknown): void => {
  process.stderr.write(
    `crik: error: unexpected, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
};
process.on("uncaughtException", unexpected);
process.on("unhandledRejection", unexpected);

// The only place that touches `process`. The exit status is set, not forced: what is still to be written gets written.
process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: new AbortController().signal,
});
