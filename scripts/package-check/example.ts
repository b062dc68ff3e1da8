import { codeBlocks } from "../docs/markdown.ts";

/** A program found in a README. */
export interface Example {
  readonly code: string;
  /** By which Node.js tells TypeScript from JavaScript. */
  readonly extension: "mts" | "mjs";
}

/** The first TypeScript or JavaScript block of a README: the one that people copy. */
export function firstExample(markdown: string): Example | undefined {
  for (const { language, code } of codeBlocks(markdown)) {
    const [word = ""] = language.split(/\s/u);
    if (word === "ts" || word === "typescript") return { code, extension: "mts" };
    if (word === "js" || word === "javascript") return { code, extension: "mjs" };
  }
  return undefined;
}
