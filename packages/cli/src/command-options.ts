import type { CommandName } from "./command.ts";
import type { OptionTable } from "./options.ts";

const everywhere: OptionTable = { "--log-format": "FORMAT", "--help": "", "-h": "=--help" };

/** Where the configuration is, and with it the image directory. */
const configured: OptionTable = { "--config": "PATH", "--config-path": "=--config", "--image-dir": "DIR" };

/** Which options each command takes. */
export const optionsOf: Readonly<Record<CommandName, OptionTable>> = {
  run: { ...configured, "--debug": "", "--log-level": "LEVEL", ...everywhere },
  checkpoints: { ...configured, "--json": "", ...everywhere },
  verify: { ...configured, "--generation": "NUMBER", "--json": "", ...everywhere },
  install: { "--file-capabilities": "", ...everywhere },
  version: { "--json": "", ...everywhere },
};
