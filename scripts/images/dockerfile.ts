/** One `COPY`: what, from where, to where. */
export interface Copy {
  /** The image that the files are in; absent: the build context. */
  readonly from?: string;
  readonly sources: readonly string[];
  readonly to: string;
}

/** What a Dockerfile makes. */
export interface Dockerfile {
  /** `scratch` or the reference of another image. */
  readonly base: string;
  readonly copies: readonly Copy[];
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

/**
 * Reads the few instructions that this project's images need. Pure.
 *
 * @param variables - the values of `${NAME}` in `FROM`, such as Docker's own `TARGETARCH`
 * @throws Error with the line of anything else: an image that is made without docker must be the one that docker makes.
 */
export function parseDockerfile(text: string, variables: Readonly<Record<string, string>>): Dockerfile {
  const stages = new Map<string, Dockerfile>();
  let current: Dockerfile | undefined;
  let name: string | undefined;
  for (const { line, words, rest, keyword } of instructions(text)) {
    const problem = (why: string): Error => new Error(`line ${line}: ${keyword}: ${why}`);
    if (keyword === "FROM") {
      const [base = "", as, stage, ...more] = words;
      if ((as !== undefined && as.toUpperCase() !== "AS") || more.length > 0) throw problem("FROM IMAGE [AS NAME]");
      if (current !== undefined && name !== undefined) stages.set(name, current);
      current = stages.get(expand(base, variables)) ?? emptyStage(expand(base, variables));
      name = stage;
      continue;
    }
    if (current === undefined) throw problem("there is no FROM before it");
    switch (keyword) {
      case "COPY":
        current = { ...current, copies: [...current.copies, parseCopy(words, problem)] };
        break;
      case "ENV":
        current = {
          ...current,
          environment: [...current.environment, ...assignments(rest, problem).map((one) => one.join("="))],
        };
        break;
      case "LABEL":
        current = { ...current, labels: { ...current.labels, ...Object.fromEntries(assignments(rest, problem)) } };
        break;
      case "USER":
        current = { ...current, user: rest };
        break;
      case "ENTRYPOINT":
        current = { ...current, entrypoint: parseWords(rest, problem) };
        break;
      case "CMD":
        current = { ...current, command: parseWords(rest, problem) };
        break;
      default:
        throw problem("scripts/images does not know this instruction");
    }
  }
  if (current === undefined) throw new Error("there is no FROM");
  return current;
}

function emptyStage(base: string): Dockerfile {
  return { base, copies: [], environment: [], labels: {} };
}

interface Instruction {
  /** Of its beginning, from 1. */
  readonly line: number;
  readonly keyword: string;
  readonly rest: string;
  readonly words: readonly string[];
}

function instructions(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let whole = lines[index]?.trim() ?? "";
    if (whole === "" || whole.startsWith("#")) continue;
    while (whole.endsWith("\\")) whole = `${whole.slice(0, -1).trimEnd()} ${lines[++index]?.trim() ?? ""}`;
    const [keyword = "", ...words] = whole.split(/\s+/);
    found.push({ line, keyword: keyword.toUpperCase(), words, rest: whole.slice(keyword.length).trim() });
  }
  return found;
}

type Problem = (why: string) => Error;

function expand(word: string, variables: Readonly<Record<string, string>>): string {
  return word.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`\${${name}} has no value`);
    return value;
  });
}

function parseCopy(words: readonly string[], problem: Problem): Copy {
  const [first = "", ...others] = words;
  const from = /^--from=(.+)$/.exec(first)?.[1];
  const paths = from === undefined ? words : others;
  const to = paths.at(-1);
  const sources = paths.slice(0, -1);
  if (to === undefined || sources.length === 0) throw problem("COPY [--from=IMAGE] SOURCE... TARGET");
  if (paths.some((path) => path.startsWith("-") || /["'$[\]?]/.test(path)))
    throw problem("only plain paths, and * in a source");
  if (!to.startsWith("/")) throw problem(`${to} is not absolute`);
  const several = sources.length > 1 || sources.some((source) => source.includes("*"));
  if (several && !to.endsWith("/")) throw problem(`several sources need a folder: ${to}/`);
  return from === undefined ? { sources, to } : { from, sources, to };
}

/** `NAME=VALUE NAME="a value"`. */
function assignments(rest: string, problem: Problem): readonly (readonly [string, string])[] {
  const pairs = [...rest.matchAll(/([\w.-]+)=(?:"([^"\\$]*)"|([^\s"'\\$]*))(?:\s+|$)/gy)];
  if (pairs.reduce((length, [all]) => length + all.length, 0) !== rest.length) throw problem(`not NAME=VALUE: ${rest}`);
  return pairs.map(([, name = "", quoted, plain]) => [name, quoted ?? plain ?? ""]);
}

/** The form with brackets: the other one needs a shell in the image. */
function parseWords(rest: string, problem: Problem): readonly string[] {
  if (!rest.startsWith("[")) throw problem('["PROGRAM", "ARGUMENT"]');
  const words = parseJson(rest);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  throw problem(`not a list of words: ${rest}`);
}

/** `undefined` when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
