import { main } from "./main.ts";
import { logSink, resultSink } from "./text-sink.ts";

const stderr = logSink(2);

// Of an error that nobody has caught the application must not die: crik goes on supervising it, and says what happened.
const unexpected = (error: unknown): void => {
  stderr.write(`crik: error: unexpected, please report it: ${error instanceof Error ? error.stack : String(error)}\n`);
};
process.on("uncaughtException", unexpected);
process.on("unhandledRejection", unexpected);

// In the bundle the runtime is Bun, which has one thing that Node.js has not.
const runtime: typeof globalThis & { readonly Bun?: { readonly shrink?: () => void } } = globalThis;

// The only place that touches `process`.
const status = await main({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: resultSink(1),
  stderr,
  // 0.8 MB of 5, measured with Bun 1.4.5; Node.js has nothing like it.
  shrinkMemory: () => runtime.Bun?.shrink?.(),
  signal: new AbortController().signal,
});
// Forced, and nothing is lost by that: the sinks are synchronous. Names that were given up stay being looked up in the runtime, which waits for them: without
// an answer of a DNS server a stopped pod stayed for 20 s after its checkpoint.
process.exit(status);
