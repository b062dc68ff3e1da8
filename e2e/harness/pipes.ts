import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { createInterface } from "node:readline";

/** Both ends of an anonymous pipe, as descriptors of this process. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/**
 * Makes anonymous pipes. Node.js gives its children socket pairs instead, and CRIU treats those differently
 * (an external socket, where Kubernetes has a pipe). Perl makes the pipes, and its descriptors are opened again
 * through `/proc`; perl-base is on every Debian.
 */
export async function makePipes(count: number): Promise<readonly Pipe[]> {
  const script =
    '$| = 1; $^F = 255; for (1 .. $ARGV[0]) { pipe(my $r, my $w) or die $!; push @keep, $r, $w; print fileno($r), " ", fileno($w), "\\n" } <STDIN>';
  const perl = spawn("perl", ["-e", script, String(count)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(perl, "close");
  const pipes: Pipe[] = [];
  try {
    for await (const line of createInterface({ input: perl.stdout })) {
      const [read, write] = line.split(" ");
      const place = `/proc/${perl.pid}/fd`;
      pipes.push({
        readEnd: openSync(`${place}/${read}`, constants.O_RDONLY | constants.O_NONBLOCK),
        writeEnd: openSync(`${place}/${write}`, constants.O_WRONLY),
      });
      if (pipes.length === count) break;
    }
    if (pipes.length < count) throw new Error("perl, which makes the pipes of containers, did not start");
    return pipes;
  } catch (error) {
    for (const pipe of pipes) {
      closeSync(pipe.readEnd);
      closeSync(pipe.writeEnd);
    }
    throw error;
  } finally {
    perl.stdin.end();
    await ended;
  }
}
