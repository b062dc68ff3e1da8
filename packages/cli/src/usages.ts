import type { CommandName } from "./command.ts";

/** The right form of every command, in one line. */
export const usages: Readonly<Record<CommandName, string>> = {
  run: "crik run [OPTIONS] [--] COMMAND [ARG...]",
  checkpoints: "crik checkpoints [OPTIONS] [IMAGE_DIR]",
  verify: "crik verify [OPTIONS] [IMAGE_DIR]",
  install: "crik install [OPTIONS] DIRECTORY",
  version: "crik version [--json]",
};
