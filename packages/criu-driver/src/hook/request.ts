/** One run of CRIU's action script, waiting for its answer. */
interface HookRequest {
  /** `pre-dump`, `post-dump`, `pre-restore`, `post-restore`, `pre-resume`, … as CRIU names it. */
  readonly action: string;
  /** The root task's pid; 0 when CRIU does not tell. */
  readonly pid: number;
  /** Aborts when the asking program is gone, which CRIU takes for a refusal. */
  readonly signal: AbortSignal;
}

/** What the action script is told. */
export type HookAnswer = { readonly kind: "allow" } | { readonly kind: "refuse"; readonly because: string };

/** Answers a waiting action script. Never rejects. */
export type HookAnswerer = (request: HookRequest) => Promise<HookAnswer>;

/** A way for CRIU's action script to reach this process. */
export interface HookChannel extends AsyncDisposable {
  /** Path of the program for `--action-script`. */
  readonly program: string;
  /** What CRIU's environment needs for it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Longest line that an action script sends. */
export const LongestRequest = 256;

/** Pure: `ACTION PID`, or `undefined` for anything else. */
export function parseRequest(line: string): { readonly action: string; readonly pid: number } | undefined {
  const match = /^([a-z][a-z-]{0,63}) (\d{1,10})\n?$/.exec(line);
  return match === null ? undefined : { action: match[1] ?? "", pid: Number(match[2]) };
}

/** Pure: the line that an action script reads. Only `ok` lets CRIU go on. */
export function formatAnswer(answer: HookAnswer): string {
  return answer.kind === "allow" ? "ok\n" : `no: ${answer.because.replaceAll(/\s+/g, " ").slice(0, 200)}\n`;
}
