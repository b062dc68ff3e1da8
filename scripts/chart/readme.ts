import type { DocumentedValue } from "./values.ts";

const Begin = "<!-- Made from values.yaml by `npx pnpm chart`. Do not edit. -->";
const End = "<!-- End of what is made from values.yaml. -->";

/** Longer defaults would make the table unreadable: they are better looked at in the file. */
const LongestDefault = 48;

/** The README with the table of values between its two marks made anew. */
export function withValuesTable(readme: string, values: readonly DocumentedValue[]): string {
  const begin = readme.indexOf(Begin);
  const end = readme.indexOf(End);
  if (begin < 0 || end < begin) throw new Error(`the README lacks its marks: ${Begin} and ${End}`);
  return `${readme.slice(0, begin)}${Begin}\n\n${valuesTable(values)}\n\n${readme.slice(end)}`;
}

function valuesTable(values: readonly DocumentedValue[]): string {
  const rows = values
    .filter(({ group, description }) => !group || description !== "")
    .map(
      (value) => `| \`${value.path.join(".")}\` | ${defaultOf(value)} | ${value.description.replaceAll("|", "\\|")} |`,
    );
  return ["| value | default | what it is |", "| --- | --- | --- |", ...rows].join("\n");
}

function defaultOf({ group, default: value }: DocumentedValue): string {
  if (group) return "";
  if (value === null || value === "") return "empty";
  const json = typeof value === "string" ? value : JSON.stringify(value);
  return json.length > LongestDefault ? "[as in values.yaml](values.yaml)" : `\`${json}\``;
}
