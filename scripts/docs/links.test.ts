import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { anchors, links } from "./markdown.ts";
import { filesEndingIn, read, root } from "./repository.ts";

/** Why a link of the document leads nowhere; `undefined` when it leads somewhere, or out of the repository. */
function problemOf(document: string, target: string): string | undefined {
  if (/^(?:[a-z][a-z+.-]*:|\/\/)/iu.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (file.startsWith("..")) return "leads out of the repository";
  if (!existsSync(join(root, file))) return `there is no ${file}`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return anchors(read(file)).has(decodeURIComponent(anchor)) ? undefined : `${file} has no heading #${anchor}`;
}

it.each(filesEndingIn(".md"))("every relative link of %s leads somewhere", (document) => {
  const broken = links(read(document)).flatMap(({ target, line }) => {
    const problem = problemOf(document, target);
    return problem === undefined ? [] : [`${document}:${line}: ${target}: ${problem}`];
  });
  expect(broken).toEqual([]);
});
