import { expect, test } from "vitest";
import { firstExample } from "./example.ts";

test("the first program of a README is found among other blocks", () => {
  const readme = "# x\n```sh\nnpm i x\n```\n```ts title\nlet x: number;\n```\n```js\nlet y;\n```\n";
  expect(firstExample(readme)).toEqual({ code: "let x: number;\n", extension: "mts" });
});

test("a README without a program has no example", () => {
  expect(firstExample("# x\n```json\n{}\n```\n")).toBeUndefined();
});
