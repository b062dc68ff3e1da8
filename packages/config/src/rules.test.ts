import { describe, expect, it } from "vitest";

import { parseConfig } from "./parse.ts";

async function told(text: string, env: Record<string, string> = {}): Promise<string[]> {
  const result = await parseConfig(`imageDir: /c\n${text}`, { env });
  return (result.ok ? result.warnings : result.issues).map(
    ({ severity, code, pointer, message }) => `${severity} ${code} ${pointer} ${message}`,
  );
}

describe("rules that the schema cannot say", () => {
  it.each([
    [
      "a reserve as long as the grace period",
      "gracePeriod: 5s",
      "error conflict /gracePeriod stopReserve (5s, the default) must be shorter than gracePeriod (5s)",
    ],
    [
      "a reserve that was written",
      "stopReserve: PT1M",
      "error conflict /stopReserve stopReserve (PT1M) must be shorter than gracePeriod (30s, the default)",
    ],
    [
      "no time left after the question",
      "nodeStateServerURL: http://s\nnodeName: n\nnodeStateTimeout: 26s",
      "error conflict /nodeStateTimeout nodeStateTimeout (26s) and stopReserve (5s, the default) together must be shorter than gracePeriod (30s, the default)",
    ],
    [
      "a grace for the node that leaves no time",
      "nodeStateServerURL: http://s\nnodeName: n\nnodeStateGrace: 25s",
      "error conflict /nodeStateGrace nodeStateGrace (25s) and stopReserve (5s, the default) together must be shorter than gracePeriod (30s, the default)",
    ],
    [
      "a grace period that the question fills",
      "nodeStateServerURL: http://s\nnodeName: n\ngracePeriod: 8s",
      "error conflict /gracePeriod nodeStateTimeout (3s, the default) and stopReserve (5s, the default) together must be shorter than gracePeriod (8s)",
    ],
    [
      "a certificate authority for a plain address",
      "nodeStateServerURL: http://s\nnodeName: n\nnodeStateCAFile: /ca.crt",
      "warning conflict /nodeStateCAFile nodeStateCAFile has no effect",
    ],
    [
      "a token on a plain address",
      "nodeStateServerURL: http://s\nnodeName: n\nnodeStateTokenFile: /token",
      "warning conflict /nodeStateTokenFile nodeStateTokenFile is sent where anybody can read it",
    ],
    [
      "a watch of nothing",
      "nodeStateWatch: true",
      "warning conflict /nodeStateWatch nodeStateWatch has no effect without nodeStateServerURL",
    ],
    [
      "a server to ask that is not there",
      "checkpointOn: node-shutting-down",
      "error conflict /checkpointOn checkpointOn: node-shutting-down needs nodeStateServerURL",
    ],
    [
      "a node without a name",
      "nodeStateServerURL: http://s",
      "error missing-key /nodeStateServerURL nodeStateServerURL needs the name of the node",
    ],
    [
      "a server that nobody asks",
      "nodeStateServerURL: http://s\ncheckpointOn: never",
      "warning conflict /nodeStateServerURL nodeStateServerURL has no effect with checkpointOn: never",
    ],
    [
      "an answer that nobody waits for",
      "nodeStateTimeout: 1s",
      "warning conflict /nodeStateTimeout nodeStateTimeout has no effect without nodeStateServerURL",
    ],
    [
      "a URL that is none",
      "nodeStateServerURL: 'http://['\nnodeName: n",
      "error format /nodeStateServerURL nodeStateServerURL is not a URL",
    ],
    [
      "a URL with a password",
      "nodeStateServerURL: http://a:b@s\nnodeName: n",
      "error format /nodeStateServerURL nodeStateServerURL must not contain a user name",
    ],
    [
      "a URL with a query",
      "nodeStateServerURL: http://s/?node=\nnodeName: n",
      "error format /nodeStateServerURL nodeStateServerURL must end before any ?",
    ],
    [
      "a URL of another kind",
      "nodeStateServerURL: ftp://s\nnodeName: n",
      "error format /nodeStateServerURL nodeStateServerURL must be text such as http://",
    ],
    [
      "a duration beyond any timer",
      "restoreTimeout: 9999h",
      "error range /restoreTimeout restoreTimeout is too long: at most 596h",
    ],
    ["a size beyond counting", "keep: {bytes: 99999999Ti}", "error range /keep/bytes keep.bytes is too large"],
    [
      "a path that holds the image directory",
      "additionalPaths: [/c/]",
      "error conflict /additionalPaths/0 additionalPaths cannot hold /c/: the checkpoint in imageDir would contain itself",
    ],
    [
      "a path of the kernel",
      "additionalPaths: [/ok, /sys/fs]",
      "error range /additionalPaths/1 additionalPaths cannot hold /sys/fs: its files belong to the kernel",
    ],
    [
      "one generation and a previous one",
      "ifRestoreFails: previous\nkeep: {generations: 1}",
      "warning conflict /keep/generations ifRestoreFails: previous needs keep.generations of at least 2",
    ],
    [
      "an argument of crik's own",
      "criu: {extraRestoreArguments: [--pidfile=/x]}",
      "error conflict /criu/extraRestoreArguments/0 criu.extraRestoreArguments cannot hold --pidfile: crik decides that itself",
    ],
  ])("%s", async (_name, text, expected) => {
    const [first, ...more] = await told(text);
    expect(first).toContain(expected);
    expect(more).toEqual([]);
  });

  it.each([
    "additionalPaths: [/dev/shm, /process, /checkpoint]",
    "nodeStateServerURL: https://s:9376/prefix/\nnodeName: n",
    "gracePeriod: 5001ms",
    "criu: {extraDumpArguments: [--external, 'mnt[/data]:data', -v4]}",
  ])("%s is fine", async (text) => {
    expect(await told(text)).toEqual([]);
  });

  it("the root directory keeps no checkpoints", async () => {
    const result = await parseConfig("imageDir: //");
    expect(result).toMatchObject({ ok: false, issues: [{ code: "range", pointer: "/imageDir" }] });
  });
});
