import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openStore } from "@crik/checkpoint-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The built command, on the Node.js that the tests run on. */
const bin = fileURLToPath(new URL("../dist/npm-bin.js", import.meta.url));

function crik(
  args: readonly string[],
  env: Record<string, string> = {},
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

describe("the crik command", () => {
  let directory = "";
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "crik-cli-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it("helps on standard output", () => {
    const { code, out, err } = crik(["--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Usage: crik COMMAND");
  });

  it("ends when its work is done, whatever the runtime still waits for", () => {
    // Stands for the look-up of a name that no DNS server answers, which nobody can call off.
    const waiting = "--import=data:text/javascript,setTimeout(()=>{},20000)";
    const { status, stdout } = spawnSync(process.execPath, [waiting, bin, "--help"], {
      encoding: "utf8",
      timeout: 10_000,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("Usage: crik COMMAND") });
  });

  it("ends with 64 when it is misused, and writes nothing to standard output", () => {
    expect(crik(["run"])).toMatchObject({
      code: 64,
      out: "",
      err: expect.stringContaining("run was given no command"),
    });
    expect(crik([])).toMatchObject({ code: 64, out: "" });
  });

  it("ends with 78 when the configuration is wrong, and shows where", () => {
    const file = join(directory, "bad.yaml");
    writeFileSync(file, "imageDir: /c\ngracePeroid: 30s\n");
    expect(crik(["checkpoints", "--config", file])).toEqual({
      code: 78,
      out: "",
      err: [
        `crik: error: the configuration ${file} cannot be used`,
        `${file}:2:1 error gracePeroid is not a key that crik knows; did you mean gracePeriod?`,
        "   2 | gracePeroid: 30s",
        "       ^^^^^^^^^^^",
        "",
      ].join("\n"),
    });
    const json = crik(["checkpoints", "--config", file, "--log-format", "json"]);
    expect(JSON.parse(json.err)).toMatchObject({
      level: "error",
      at: `${file}:2:1`,
      code: "unknown-key",
      didYouMean: "gracePeriod",
    });
  });

  it("ends with 78 when the file that was named is not there", () => {
    const { code, err } = crik(["checkpoints", "--config", join(directory, "absent.yaml")]);
    expect(code).toBe(78);
    expect(err).toContain("there is no configuration file");
    expect(err).toContain("hint: Is the ConfigMap mounted there?");
  });

  it("lists and verifies what is in an image directory, and finds a flipped bit", async () => {
    const images = join(directory, "images");
    const { number, file } = await makeCheckpoint(images);

    expect(crik(["checkpoints"], { CRIK_IMAGE_DIR: images }).out).toMatch(/^1 {2}complete .* a test .* sleep 1d$/mu);
    const listed = JSON.parse(crik(["checkpoints", images, "--json"]).out);
    expect(listed).toMatchObject({ directory: images, generations: [{ number, state: "complete", reason: "a test" }] });

    expect(crik(["verify", images])).toMatchObject({ code: 0, out: expect.stringContaining("generation 1 is whole") });
    const content = readFileSync(file);
    writeFileSync(file, content.with(0, (content[0] ?? 0) ^ 1));
    expect(crik(["verify", images, "--json"])).toMatchObject({ code: 1, err: "" });
    expect(crik(["verify", images]).out).toContain("generation 1 cannot be restored");
  });

  it("calls it a wrong command line when the generation to verify is not there", async () => {
    const images = join(directory, "one");
    await makeCheckpoint(images);
    expect(crik(["verify", images, "--generation", "9"])).toEqual({
      code: 64,
      out: "",
      err: `crik: error: there is no generation 9 in ${images}\n`,
    });
  });

  it("changes nothing in an image directory that it only reads", () => {
    const images = join(directory, "empty");
    expect(crik(["checkpoints", images])).toMatchObject({ code: 125, err: expect.stringContaining("does not exist") });
    mkdirSync(images, { mode: 0o500 });
    expect(crik(["checkpoints", images])).toEqual({ code: 0, out: `no checkpoint in ${images}\n`, err: "" });
    expect(crik(["verify", images])).toEqual({ code: 0, out: `no complete checkpoint in ${images}\n`, err: "" });
  });

  it("needs to be told which image directory", () => {
    const { code, err } = crik(["verify"]);
    expect(code).toBe(78);
    expect(err).toContain("no image directory is named");
    expect(err).toContain("hint: Give it as an argument");
  });

  it("tells its versions, for programs too", () => {
    const { code, out } = crik(["version", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      runtime: { name: "node", version: process.versions.node },
      architecture: process.arch,
    });
  });

  it("says on an older Node.js which one it needs, before anything of it is loaded", () => {
    const { engines }: { engines: { node: string } } = JSON.parse(
      readFileSync(new URL("../package.json", import.meta.url), "utf8"),
    );
    const on = (version: string) => {
      const older = `--import=data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`;
      return spawnSync(process.execPath, [older, bin, "run", "--", "true"], { encoding: "utf8" });
    };
    for (const version of ["20.20.2", "22.17.1"]) {
      expect(on(version)).toMatchObject({
        status: 125,
        stdout: "",
        stderr: `crik: error: crik needs Node.js ${engines.node.replace(">=", "")} or newer; this is ${version}\n`,
      });
    }
    for (const version of ["22.18.0", "24.0.0"]) expect(on(version).status).toBe(0);
  });

  it("works through a link, as npm installs it", async () => {
    const link = join(directory, "crik");
    symlinkSync(bin, link);
    const { stdout } = await promisify(execFile)(process.execPath, [link, "help"], { encoding: "utf8" });
    expect(stdout).toContain("Usage: crik COMMAND");
  });

  it("does not mind a reader that goes away", () => {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `"$0" "$1" help run | true; "$0" "$1" help run >&-`, process.execPath, bin],
      {
        encoding: "utf8",
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

/** One committed generation with one image in it. */
async function makeCheckpoint(images: string): Promise<{ readonly number: number; readonly file: string }> {
  const store = await openStore({ directory: images, claimant: "tester" });
  const staged = await store.stage();
  writeFileSync(join(staged.imageDirectory, "pages-1.img"), "memory");
  const { number, directory } = await staged.commit({
    command: ["sleep", "1d"],
    rootPid: 9001,
    pids: [9001],
    stdio: ["/dev/null", "pipe:[1]", "pipe:[2]"],
    versions: { crik: "0.0.0", criu: "4.2.1", kernel: "6.18.0" },
    architecture: process.arch,
    cpuFeatures: [],
    initDigest: "",
    bootId: "",
    monotonicMs: 0,
    mode: "unprivileged",
    hostname: "here",
    reason: "a test",
    cgroupFiles: [],
  });
  return { number, file: join(directory, "checkpoint", "pages-1.img") };
}
