import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CriuError } from "../error.ts";
import { readProcessStat } from "../proc/stat.ts";
import { formatAnswer, type HookAnswerer, type HookChannel, parseRequest } from "./request.ts";

/** A notice of a new file may be lost; this is how long a request then waits, in milliseconds. */
const LookAgainMs = 250;

/**
 * A hook for machines without a hook program: a script for `/bin/sh`, which has no sockets. Request and answer are files that appear
 * by rename, so that neither side reads half of one. While it waits, the script looks whether this process still lives, by its pid and start time:
 * a dead driver means refusal.
 *
 * @throws CriuError `ERR_CRIU_HOOK` when the folder cannot be used
 */
export async function openScriptChannel(options: {
  readonly folder: string;
  readonly answer: HookAnswerer;
}): Promise<HookChannel> {
  const { folder, answer } = options;
  const own = readProcessStat(process.pid);
  if (own === undefined)
    throw new CriuError(
      "ERR_CRIU_HOOK",
      "/proc does not show this process, so no hook script could tell whether it lives",
    );
  const program = join(folder, "hook.sh");
  await writeFile(program, hookScript({ folder, pid: process.pid, startTime: own.startTime }), { mode: 0o700 });

  // Never forgotten: a listing that was read before an answer still has the request, and a second answer would be a refusal.
  const seen = new Set<string>();
  const gone = new AbortController();
  const look = async (): Promise<void> => {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/^request\.\d+\.[a-z-]+$/.test(name) || seen.has(name)) continue;
      seen.add(name);
      void reply(folder, name, answer, gone.signal);
    }
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, () => void look());
    watcher.on("error", () => {});
  } catch {
    // No inotify left: the timer below is enough, only slower.
  }
  const timer = setInterval(() => void look(), LookAgainMs);
  return {
    program,
    env: {},
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      watcher?.close();
      gone.abort(new Error("the hook's folder was closed"));
    },
  };
}

async function reply(folder: string, name: string, answer: HookAnswerer, signal: AbortSignal): Promise<void> {
  const path = join(folder, name);
  const request = parseRequest(await readFile(path, "utf8").catch(() => ""));
  // Its own folder: what cannot be removed goes with it.
  await rm(path, { force: true }).catch(() => {});
  const result =
    request === undefined
      ? ({ kind: "refuse", because: "that is not a request" } as const)
      : await answer({ ...request, signal });
  const target = join(folder, name.replace("request", "answer"));
  // The script may be gone with its CRIU, and the folder with the operation.
  await writeFile(`${target}.new`, formatAnswer(result))
    .then(() => rename(`${target}.new`, target))
    .catch(() => {});
}

/**
 * Pure: the script. It uses only what the shell has built in, beside `mv`, `rm` and `sleep`; where `sleep` takes no fractions, it waits whole seconds.
 * Each question costs 7 to 21 ms, so only those are asked that somebody answers or counts.
 */
export function hookScript(options: {
  readonly folder: string;
  readonly pid: number;
  readonly startTime: string;
}): string {
  return `#!/bin/sh
# Asks the process that started CRIU whether CRIU may go on. Written by @crik/criu-driver; removed after the operation.
case "$CRTOOLS_SCRIPT_ACTION" in
  post-dump | post-restore | pre-resume) ;;
  *) exit 0 ;;
esac
cd ${quote(options.folder)} || exit 1
own="$$.$CRTOOLS_SCRIPT_ACTION"
printf '%s %s\\n' "$CRTOOLS_SCRIPT_ACTION" "\${CRTOOLS_INIT_PID:-0}" > "new.$$" || exit 1
mv "new.$$" "request.$own" || exit 1
until [ -f "answer.$own" ]; do
  line=
  { read -r line < "/proc/${options.pid}/stat"; } 2>/dev/null
  set -- \${line##*) }
  if [ "\${20}" != ${options.startTime} ] || [ ! -f hook.sh ]; then
    echo "criu-driver: process ${options.pid}, which started this CRIU, is gone or has given it up: refused" >&2
    exit 1
  fi
  sleep 0.01 2>/dev/null || sleep 1
done
read -r answer < "answer.$own"
rm -f "answer.$own"
[ "$answer" = ok ] && exit 0
echo "criu-driver: $answer" >&2
exit 1
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
