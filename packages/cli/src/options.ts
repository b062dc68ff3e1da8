/**
 * What a command's options are: name → name of its value (`"PATH"`), `""` for a switch, `"=--other"` for another name of an option.
 */
export type OptionTable = Readonly<Record<string, string>>;

/** The options that were given, by their main name, and what follows them. */
export interface ParsedOptions {
  /** A switch has the value `""`. Given twice, the last one counts. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** Why options cannot be understood. */
export interface OptionProblem {
  readonly problem: "unknown" | "value-missing" | "value-unwanted";
  readonly option: string;
  /** What stands where the value should be, or the value that should not be there. */
  readonly argument: string | undefined;
}

/**
 * Options up to the first operand or `--`, as docker, env and tini have it: what comes after a program's name is the program's own.
 * Of a read-only command, whose operands are no program, options may also follow them.
 *
 * `util.parseArgs` cannot stop at the first operand, which is why this is not it.
 */
export function parseOptions(
  argv: readonly string[],
  table: OptionTable,
  interleaved = false,
): ParsedOptions | OptionProblem {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    if (argument === "--") return { options, operands: [...operands, ...argv.slice(index + 1)] };
    if (!argument.startsWith("-") || argument === "-") {
      if (!interleaved) return { options, operands: argv.slice(index) };
      operands.push(argument);
      continue;
    }
    const equals = argument.startsWith("--") ? argument.indexOf("=") : -1;
    const written = equals === -1 ? argument : argument.slice(0, equals);
    const given = equals === -1 ? undefined : argument.slice(equals + 1);
    const entry = Object.hasOwn(table, written) ? table[written] : undefined;
    if (entry === undefined) return { problem: "unknown", option: written, argument: undefined };
    const option = entry.startsWith("=") ? entry.slice(1) : written;
    if (table[option] === "") {
      // `--debug=true` is how Go programs are often called.
      if (given !== undefined && given !== "true" && given !== "false")
        return { problem: "value-unwanted", option, argument: given };
      if (given === "false") options.delete(option);
      else options.set(option, "");
      continue;
    }
    const value = given ?? argv[index + 1];
    if (value === undefined || value === "" || (given === undefined && value.startsWith("-"))) {
      return { problem: "value-missing", option, argument: value };
    }
    options.set(option, value);
    if (given === undefined) index++;
  }
  return { options, operands };
}
