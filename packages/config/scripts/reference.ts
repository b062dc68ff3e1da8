import { variableName } from "../src/overrides.ts";
import { type Leaf, leaves, resolveNode, type SchemaNode } from "../src/schema-node.ts";

/** docs/configuration.md: every key with its default, its variable, and the symptom that makes you need it. */
export function reference(schema: SchemaNode): string {
  const groups = Object.entries(schema.properties ?? {});
  return `${[intro, table(schema), notations, ...groups.map(([key, node]) => section(schema, key, node))].join("\n\n")}\n`;
}

const intro = `<!-- Made from packages/config/src/schema.ts by \`pnpm --filter @crik/config generate\`. Do not edit. -->

# Configuration

crik reads \`/etc/crik/config.yaml\`, or the file that \`--config\` or the variable \`CRIK_CONFIG\` names. The default file may be absent: then crik only supervises, unless \`CRIK_IMAGE_DIR\` or \`--image-dir\` names an image directory. A file that is named must exist.

Every key is optional but \`imageDir\`. Each one can also be set by a variable; variables win over the file, and options of \`crik run\` over both. A mistake ends crik with exit status 78 before the application starts, and every mistake is shown with its line, its column and what was probably meant:

\`\`\`
/etc/crik/config.yaml:2:1 error additionalPath is not a key that crik knows; did you mean additionalPaths?
   2 | additionalPath: [/work]
       ^^^^^^^^^^^^^^
\`\`\`

A complete file is often this:

\`\`\`yaml config
imageDir: /var/lib/crik/checkpoint
gracePeriod: 30s # the pod's terminationGracePeriodSeconds
\`\`\`

For an editor that knows YAML schemas, put this into the first line (the file comes with the npm package \`@crik/config\`):

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/@crik/config/schema.json
\`\`\``;

const notations = `## Notations

- A **duration** has a unit: \`30s\`, \`2m\`, \`1500ms\`, \`1m30s\`, or ISO 8601 as \`PT30S\`. A bare number is a mistake, because it could mean seconds or milliseconds.
- A **size** is written as in Kubernetes: \`512Mi\`, \`1Gi\`, \`1G\`, or a number of bytes.
- A **path** is absolute.
- In a variable, a list is written with commas (\`CRIK_CHECKPOINT_SIGNALS=SIGTERM,SIGQUIT\`), or as JSON when an item contains one (\`CRIK_ADDITIONAL_PATHS='["/a,b"]'\`); a switch is \`true\` or \`false\`. An empty variable counts as not set.`;

function table(schema: SchemaNode): string {
  const rows = leaves(schema).map((leaf) => {
    const key = leaf.path.join(".");
    return `| [\`${key}\`](#${anchor(key)}) | ${kind(leaf.node)} | ${defaultOf(leaf)} |`;
  });
  return ["| key | value | default |", "| --- | --- | --- |", ...rows].join("\n");
}

function section(schema: SchemaNode, key: string, node: SchemaNode): string {
  const resolved = resolveNode(schema, node);
  if (resolved.properties === undefined) return entry({ path: [key], node: resolved }, "##");
  const children = Object.entries(resolved.properties).map(([name, child]) =>
    entry({ path: [key, name], node: resolveNode(schema, child) }, "###"),
  );
  return [`## \`${key}\``, resolved.description ?? "", ...children].join("\n\n");
}

function entry(leaf: Leaf, level: string): string {
  const { path, node } = leaf;
  const example = node.examples?.[0];
  const facts = [
    `- value: ${kind(node)}`,
    `- default: ${defaultOf(leaf)}`,
    `- variable: \`${variableName(path)}\``,
    ...(node.$ref === undefined && example !== undefined ? [`- example: \`${JSON.stringify(example)}\``] : []),
  ];
  return [
    `${level} \`${path.join(".")}\``,
    node.description ?? "",
    `**Symptom:** ${node["x-symptom"] ?? ""}`,
    facts.join("\n"),
  ].join("\n\n");
}

function kind(node: SchemaNode): string {
  if (node.$ref === "#/$defs/duration") return "duration";
  if (node.$ref === "#/$defs/bytes") return "size";
  if (node.$ref === "#/$defs/absolutePath") return "path";
  if (node.enum !== undefined) return node.enum.map((word) => `\`${String(word)}\``).join(", ");
  if (node.type === "array") {
    const item = node.items ?? {};
    return item.$ref === "#/$defs/absolutePath"
      ? "list of paths"
      : item.enum === undefined
        ? "list"
        : `list of ${kind(item)}`;
  }
  if (node.type === "boolean") return "`true`, `false`";
  if (node.type === "integer")
    return `number${node.maximum === undefined ? "" : `, ${node.minimum} to ${node.maximum}`}`;
  return "text";
}

function defaultOf({ node }: Leaf): string {
  if (node.default !== undefined)
    return `\`${typeof node.default === "string" ? node.default : JSON.stringify(node.default)}\``;
  return node["x-default"] ?? "none";
}

/** As GitHub makes it from the heading. */
function anchor(key: string): string {
  return key.toLowerCase().replaceAll(".", "");
}
