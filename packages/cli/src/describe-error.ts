/** Causes of causes that are followed: deeper ones say nothing more, and an error may be its own cause. */
const deepest = 6;

/** An error's sentence, its evidence, its hint and its causes, each on a line of its own, without stacks. Pure. */
export function errorLines(error: Error): readonly string[] {
  return chainOf(error).flatMap((link, depth) => {
    const code = link.code === undefined ? "" : ` (${link.code})`;
    return [
      `  ${depth === 0 ? "" : "caused by: "}${link.message}${code}`,
      ...(link.hint === undefined ? [] : [`  hint: ${link.hint}`]),
      ...evidenceLines(link.log).map((line) => `    ${line}`),
    ];
  });
}

/** The same as data for a log collector. Pure. */
export function errorRecord(error: Error): object {
  const [first, ...causes] = chainOf(error).map(({ log, ...link }) => {
    const evidence = evidenceLines(log);
    return evidence.length === 0 ? link : { ...link, evidence };
  });
  return causes.length === 0 ? { ...first } : { ...first, causes };
}

interface Link {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly log: unknown;
}

function chainOf(error: Error): readonly Link[] {
  const links: Link[] = [];
  for (let current: unknown = error; current instanceof Error && links.length < deepest; current = current.cause) {
    links.push({
      code: textAt(current, "code"),
      message: current.message,
      hint: textAt(current, "hint"),
      log: "log" in current ? current.log : undefined,
    });
    if (current.cause === current) break;
  }
  return links;
}

/**
 * The lines of CRIU's log that an error of the driver carries, with their place in the file and with gaps marked. Recognised by shape,
 * because most of what crik prints has nothing to do with the driver, which is loaded when it is needed.
 */
function evidenceLines(log: unknown): readonly string[] {
  if (typeof log !== "object" || log === null || !("lines" in log) || !Array.isArray(log.lines)) return [];
  const file = textAt(log, "file") ?? "";
  let expected: number | undefined;
  return log.lines.flatMap((line: unknown) => {
    if (typeof line !== "object" || line === null || !("lineNumber" in line)) return [];
    const number = Number(line.lineNumber);
    const gap = expected !== undefined && number !== expected ? ["…"] : [];
    expected = number + 1;
    return [...gap, `${file}:${number}: ${textAt(line, "text") ?? ""}`];
  });
}

function textAt(value: object, key: string): string | undefined {
  const text: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof text === "string" ? text : undefined;
}
