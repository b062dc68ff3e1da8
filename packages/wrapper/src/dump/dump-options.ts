import type { DumpOptions } from "@crik/criu-driver";
import { hasTerminal, outsideFiles } from "../stdio/inherit.ts";
import { ownStdio } from "../stdio/links.ts";
import type { DumpContext } from "./dump-context.ts";
import type { TreeFacts } from "./tree-facts.ts";
import { foldersOfInodes } from "./watched-paths.ts";

/** What CRIU must be told about this tree. */
export function dumpOptions(
  { settings, mode, runDirectory, log, ownIpcCommand }: DumpContext,
  facts: TreeFacts,
): Omit<DumpOptions, "pid" | "imageDirectory"> {
  if (facts.ioUringUsers.length > 0) {
    log.warn(
      { processes: facts.ioUringUsers },
      "a process uses io_uring, which CRIU cannot dump: run it without, or leave prevent.ioUring on",
    );
  }
  const stdio = ownStdio();
  return {
    workDirectory: runDirectory,
    verbosity: settings.verbosity,
    cgroups: "ignore",
    tcp: settings.tcp,
    // A busy server has clients that it has not accepted yet; they lose no more than if it had stopped.
    skipInFlight: settings.tcp !== "fail",
    fileLocks: true,
    forceIrmap: facts.watchedInodes.length > 0,
    irmapScanPaths: facts.watchedInodes.length > 0 ? foldersOfInodes(facts.watchedInodes) : [],
    ghostLimitBytes: settings.ghostLimitBytes,
    shellJob: hasTerminal(stdio),
    external: outsideFiles(stdio).map((file) => ({ kind: "file", ...file })),
    unprivileged: mode === "unprivileged",
    // CRIU dumps System V IPC only of a namespace that is not its own; without privileges it cannot make one.
    command: facts.systemVIpc && mode === "privileged" ? ownIpcCommand : undefined,
    networkLock: settings.tcp === "established" ? undefined : "skip",
    killAfterMs: settings.givenUpDumpMs,
    extraArguments: settings.extraDumpArguments,
  };
}
