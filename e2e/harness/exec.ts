import { spawn } from "node:child_process";

/** How to run a second program in a container. */
export interface ExecOptions {
  readonly input?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What it answered. */
export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and gives everything that it wrote; a status other than 0 is an answer, not an error. */
export function collect(
  argv: readonly [string, ...string[]],
  environment: Readonly<NodeJS.ProcessEnv>,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const [program, ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { env: { ...environment }, timeout: options.timeoutMs ?? 30_000 });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal === null) resolve({ code: code ?? -1, stdout, stderr });
      else reject(new Error(`${argv.join(" ")} was ended by ${signal}: ${stdout}${stderr}`));
    });
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}
