import { type EvaluateOptions, evaluate, type ParseResult } from "./evaluate.ts";
import { readSource } from "./source.ts";

/**
 * Validates and normalises a configuration text. Pure and total: it reads no file and never rejects, whatever the text is.
 * It is asynchronous only because the YAML parser is loaded when it is first needed.
 */
export async function parseConfig(text: string, options: EvaluateOptions = {}): Promise<ParseResult> {
  return evaluate(await readSource(text, options.file), options);
}
