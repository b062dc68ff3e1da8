import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { type Lines, readLines } from "./lines.ts";
import { makePipes } from "./pipes.ts";
import { followFile } from "./tail.ts";

/** What descriptors 1 and 2 of a container are. */
export type StdioKind = "pipe" | "file" | "tty";

/** The descriptors of one container, from our side. */
export interface ContainerStdio {
  readonly kind: StdioKind;
  readonly stdout: Lines;
  readonly stderr: Lines;
  /** Descriptors for the program that starts the container. */
  readonly out: number;
  readonly err: number;
  /** To be called once that program has been spawned: what was for it is closed here. */
  spawned(): void;
  /** To be called when the container has ended. */
  ended(): void;
}

/** Opens what a container of this kind needs. */
export async function openStdio(kind: StdioKind, directory: string, name: string): Promise<ContainerStdio> {
  if (kind === "file") return openFiles(directory, name);
  const pipes = await openPipes(name);
  // A terminal has one stream; what the runtime itself has to say comes there too.
  return kind === "pipe" ? pipes : { ...pipes, kind, stderr: pipes.stdout, err: pipes.out };
}

async function openPipes(name: string): Promise<ContainerStdio> {
  const [out, err] = await makePipes(2);
  if (out === undefined || err === undefined) throw new Error("two pipes were asked for");
  const reader = (fd: number) => new Socket({ fd, readable: true, writable: false });
  const stderr = readLines(reader(err.readEnd), `${name} stderr`);
  return {
    kind: "pipe",
    stdout: readLines(reader(out.readEnd), `${name} stdout`, stderr),
    stderr,
    out: out.writeEnd,
    err: err.writeEnd,
    spawned: () => {
      closeSync(out.writeEnd);
      closeSync(err.writeEnd);
    },
    ended: () => {},
  };
}

function openFiles(directory: string, name: string): ContainerStdio {
  const paths = [join(directory, "stdout.log"), join(directory, "stderr.log")] as const;
  const [out, err] = [openSync(paths[0], "a"), openSync(paths[1], "a")];
  const [outFile, errFile] = [followFile(paths[0]), followFile(paths[1])];
  const stderr = readLines(errFile.stream, `${name} stderr`);
  return {
    kind: "file",
    stdout: readLines(outFile.stream, `${name} stdout`, stderr),
    stderr,
    out,
    err,
    spawned: () => {
      closeSync(out);
      closeSync(err);
    },
    ended: () => {
      outFile.stop();
      errFile.stop();
    },
  };
}
