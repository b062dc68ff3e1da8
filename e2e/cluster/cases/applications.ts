/** The applications of the cases: a container image, and a command that needs nothing but that. Pure. */

/** What a container runs. */
export interface Application {
  readonly image: string;
  readonly command: readonly string[];
}

/**
 * Tells START when its start-up code runs, and then counts. Its nonce is made at random and is nowhere but in its memory.
 * SIGTERM makes it tell TERM and end with 3, which no checkpoint does; with the file /tmp/crash it ends with 1.
 */
export const tickScript = `echo "START $$"
trap 'echo TERM; exit 3' TERM
read -r nonce </proc/sys/kernel/random/uuid
n=0
while :; do n=$((n + 1)); echo "TICK $nonce $n"; [ ! -e /tmp/crash ] || exit 1; sleep 0.2; done`;

/** {@link tickScript} in the smallest image with a shell. */
export const shellTicker: Application = { image: "busybox:1.37", command: ["sh", "-c", tickScript] };

/** An application of Python with so much memory. */
export function heavy(mebibytes: number): Application {
  return { image: "python:3.13-slim", command: ["python3", "-c", heavyScript(mebibytes)] };
}

/** The same as {@link tickScript}, with some memory that cannot be compressed and is checked at each tick. */
function heavyScript(mebibytes: number): string {
  return `import hashlib, os, signal, sys, time, uuid
print("START", os.getpid(), flush=True)
def stop(*_):
    print("TERM", flush=True)
    sys.exit(3)
signal.signal(signal.SIGTERM, stop)
nonce = uuid.uuid4().hex
parts = [os.urandom(1 << 20) for _ in range(${mebibytes})]
digests = [hashlib.md5(part).digest() for part in parts]
n = 0
while True:
    n += 1
    at = n % len(parts)
    if hashlib.md5(parts[at]).digest() != digests[at]:
        print("BROKEN", at, flush=True)
    print("TICK", nonce, n, flush=True)
    time.sleep(0.2)`;
}
