import { describe, expect, it } from "vitest";
import { parseConfig } from "../../packages/config/src/index.ts";
import { codeBlocks } from "./markdown.ts";
import { filesEndingIn, read } from "./repository.ts";

/** Blocks marked ```` ```yaml config ```` hold lines of crik's configuration file, whole or some of it. */
const examples = filesEndingIn(".md").flatMap((file) =>
  codeBlocks(read(file))
    .filter(({ language }) => language === "yaml config")
    .map(({ code, line }) => ({ place: `${file}:${line}`, code })),
);

describe("the configuration that the documents show", () => {
  it("is shown at all", () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)("$place is what crik takes", async ({ code }) => {
    const file = /^imageDir:/mu.test(code) ? code : `imageDir: /checkpoints\n${code}`;
    const result = await parseConfig(file, { env: { KUBERNETES_NODE_NAME: "worker-1" } });
    expect(result.ok ? [] : result.issues).toEqual([]);
  });
});
