import { codeBlocks, sections } from "../../../scripts/docs/markdown.ts";
import { read } from "../../../scripts/docs/repository.ts";

/** The commands of the first block of code below a heading, as a reader would type them, in their order. */
export function documentedCommands(document: string, heading: string): readonly string[] {
  const section = sections(read(document)).find(({ title }) => title === heading);
  const [block] = codeBlocks(section?.text ?? "");
  if (block === undefined) throw new Error(`${document} has no commands under the heading ${heading}`);
  return block.code
    .trim()
    .split("\n")
    .map((line) => line.trim());
}
