/**
 * Keeps a frozen tree from running on should CRIU die between the commit and the end of the tree: then its tracer is gone, and the application would do for
 * some milliseconds what it does again after the restore. A stop signal that is pending in a traced process is in no image, takes effect before the next
 * instruction if the tracer goes, and does not matter to the SIGKILL that normally follows.
 *
 * @returns takes the pending stop back, for a commit that failed: the tree goes on as if nothing had been
 */
export function holdTree(pids: readonly number[]): () => void {
  sendAll(pids, "SIGSTOP");
  return () => sendAll(pids, "SIGCONT");
}

function sendAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // ESRCH: it has been killed from outside meanwhile.
    }
  }
}
