import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { filesEndingIn, root } from "../docs/repository.ts";
import { parseDockerfile } from "./dockerfile.ts";

const parse = (text: string): ReturnType<typeof parseDockerfile> => parseDockerfile(text, { TARGETARCH: "arm64" });

describe("a Dockerfile", () => {
  it("is read as docker reads it", () => {
    const text = `
      # A comment.
      FROM scratch AS amd64
      COPY wrong /
      FROM scratch AS arm64
      COPY right other /right/
      FROM \${TARGETARCH}
      COPY --from=example.com/crik:1 /opt/crik /opt/crik
      ENV A=b C="d e"
      LABEL one="1" \\
            two=2
      USER 65532:65532
      ENTRYPOINT ["/bin/program", "an argument"]
      CMD ["more"]
    `;
    expect(parse(text)).toEqual({
      base: "scratch",
      copies: [
        { sources: ["right", "other"], to: "/right/" },
        { from: "example.com/crik:1", sources: ["/opt/crik"], to: "/opt/crik" },
      ],
      environment: ["A=b", "C=d e"],
      labels: { one: "1", two: "2" },
      user: "65532:65532",
      entrypoint: ["/bin/program", "an argument"],
      command: ["more"],
    });
  });

  it.each([
    ["", "there is no FROM"],
    ["COPY a /b", "line 1: COPY: there is no FROM before it"],
    ["FROM scratch\nRUN true", "line 2: RUN: scripts/images does not know this instruction"],
    [`FROM $\{OTHER}`, `$\{OTHER} has no value`],
    ["FROM scratch\nCOPY --chown=1 a /b", "line 2: COPY: only plain paths"],
    ["FROM scratch\nCOPY a b", "line 2: COPY: b is not absolute"],
    ["FROM scratch\nCOPY /b", "line 2: COPY: COPY [--from=IMAGE] SOURCE... TARGET"],
    ["FROM scratch\nENV A b", "line 2: ENV: not NAME=VALUE: A b"],
    ["FROM scratch\nLABEL a=$b", "line 2: LABEL: not NAME=VALUE"],
    ["FROM scratch\nCMD echo", 'line 2: CMD: ["PROGRAM", "ARGUMENT"]'],
    ["FROM scratch\nCMD [echo]", "line 2: CMD: not a list of words: [echo]"],
    ["FROM scratch\nCOPY a b /c", "line 2: COPY: several sources need a folder: /c/"],
    ["FROM scratch\nCOPY *.js /c", "line 2: COPY: several sources need a folder: /c/"],
  ])("that says more than this project needs is refused: %j", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

test.each(filesEndingIn("Dockerfile", "images"))("%s can be made without docker", (path) => {
  const { base, entrypoint } = parse(readFileSync(join(root, path), "utf8"));
  expect(base).toMatch(/^(scratch|[a-z0-9./-]+:[\w.-]+)$/);
  expect(entrypoint?.[0]).toMatch(/^\//);
});
