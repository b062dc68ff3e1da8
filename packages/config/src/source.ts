import type { YamlSource } from "./read-yaml.ts";

/** The largest file that is read, in bytes: a configuration has some hundred, and this much is parsed in a fraction of a second. */
export const largestFileBytes: number = 64 * 1024;

/** The YAML parser costs 14 ms and 2 MB in Node.js, so that it is loaded only where there is text to parse. */
export async function readSource(text: string, file: string | undefined): Promise<YamlSource> {
  const { readYaml } = await import("./read-yaml.ts");
  if (text.length <= largestFileBytes) return readYaml(text, file);
  const start = { line: 1, column: 1, offset: 0 };
  const message = `the configuration is larger than ${largestFileBytes / 1024} KiB`;
  const issue = {
    severity: "error",
    code: "syntax",
    pointer: "",
    message,
    source: { kind: "file", file, start, end: start },
  } as const;
  return { ...readYaml("", file), issues: [issue] };
}
