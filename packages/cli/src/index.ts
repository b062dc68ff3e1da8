export type { CommandContext } from "./context.ts";
export { type CrikExitCodes, type ExitCode, ExitCodes } from "./exit-codes.ts";
export { main } from "./main.ts";
