import { spawn } from "node:child_process";

/** How to run a command. */
export interface CommandOptions {
  readonly directory?: string | undefined;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * Runs a program to its end and gives its standard output.
 *
 * @throws Error with the program's output when it does not end with status 0.
 */
export async function run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<string> {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ending = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code === null ? `by ${signal}` : `with status ${code}`));
  });
  if (ending === "with status 0") return stdout;
  throw new Error(`${argv.join(" ")} ended ${ending}\n${excerpt(`${stdout}\n${stderr}`)}`);
}

/** Both ends of a long output: some programs say first what is wrong, some last. */
function excerpt(output: string): string {
  const lines = output.trim().split("\n");
  return lines.length <= 40 ? lines.join("\n") : [...lines.slice(0, 20), "…", ...lines.slice(-20)].join("\n");
}
