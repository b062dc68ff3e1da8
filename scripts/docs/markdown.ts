/** A link or an image of a document. */
export interface Link {
  /** As written: `docs/errors.md#codes`. */
  readonly target: string;
  /** One-based. */
  readonly line: number;
}

/** A part of a document under a heading of its own. */
export interface Section {
  readonly title: string;
  /** 1 for `#`. */
  readonly level: number;
  /** Up to the next heading of any level. */
  readonly text: string;
}

/** A fenced block of code. */
export interface CodeBlock {
  /** What stands behind the fence: `yaml config`. */
  readonly language: string;
  readonly code: string;
  /** One-based line of the opening fence. */
  readonly line: number;
}

const Fence = /^ {0,3}(`{3,}|~{3,})(.*)$/u;

/** Every fenced block, in order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open:
    | { readonly fence: string; readonly language: string; readonly line: number; readonly lines: string[] }
    | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const [, fence = "", rest = ""] = Fence.exec(line) ?? [];
    if (open === undefined) {
      if (fence !== "") open = { fence, language: rest.trim(), line: index + 1, lines: [] };
    } else if (fence.startsWith(open.fence) && rest.trim() === "") {
      blocks.push({ language: open.language, code: `${open.lines.join("\n")}\n`, line: open.line });
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}

/** The text without code, every line still at its number: what looks like a link in code is none. */
function withoutCode(markdown: string): string {
  const lines = markdown.split("\n");
  for (const { code, line } of codeBlocks(markdown)) lines.fill("", line - 1, line + code.split("\n").length);
  return lines.join("\n").replaceAll(/(`+)(?:(?!\1)[^\n])+\1/gu, "");
}

/** Inline links, images and reference definitions. */
export function links(markdown: string): readonly Link[] {
  return withoutCode(markdown)
    .split("\n")
    .flatMap((text, index) => {
      const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/gu)];
      const defined = [...text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gu)];
      return [...inline, ...defined].map(([, target = ""]) => ({ target, line: index + 1 }));
    });
}

/** The document cut at its headings; what stands before the first one is left out. */
export function sections(markdown: string): readonly Section[] {
  const heading = /^(#{1,6})\s+(.*?)\s*#*\s*$/u;
  const visible = withoutBlocks(markdown);
  const found: { readonly title: string; readonly level: number; readonly lines: string[] }[] = [];
  for (const [index, line] of markdown.split("\n").entries()) {
    const [, marks = "", title = ""] = heading.exec(visible[index] ?? "") ?? [];
    if (marks !== "") found.push({ title, level: marks.length, lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  return found.map(({ title, level, lines }) => ({ title, level, text: lines.join("\n") }));
}

function withoutBlocks(markdown: string): readonly string[] {
  const lines = markdown.split("\n");
  for (const { code, line } of codeBlocks(markdown)) lines.fill("", line - 1, line + code.split("\n").length);
  return lines;
}

/** What `#…` of a link to this document may be, as GitHub makes it of headings, and the ids that are written out. */
export function anchors(markdown: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { title } of sections(markdown)) {
    const slug = slugOf(title);
    let name = slug;
    for (let count = 1; found.has(name); count++) name = `${slug}-${count}`;
    found.add(name);
  }
  for (const [, id = ""] of withoutCode(markdown).matchAll(/<a\s+(?:id|name)="([^"]+)"/gu)) found.add(id);
  return found;
}

/** GitHub's rule: lower case, punctuation away, spaces to hyphens. */
function slugOf(title: string): string {
  return title
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** The rows of the tables in a text, without their headings and rules: one list of cells each. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (!line.startsWith("|") || isRule(line) || isRule(lines[index + 1] ?? "")) return [];
    const cells = line.replaceAll("\\|", "\u0000").split("|").slice(1, -1);
    return [cells.map((cell) => cell.replaceAll("\u0000", "|").trim())];
  });
}

function isRule(line: string): boolean {
  return /^\|(?:\s*:?-+:?\s*\|)+$/u.test(line);
}

/** What stands in code font in a text, each once, in order. */
export function codeSpans(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/`([^`]+)`/gu)].map(([, span = ""]) => span))];
}
