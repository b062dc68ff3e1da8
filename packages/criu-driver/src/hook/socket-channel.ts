import type { Socket } from "node:net";
import { join } from "node:path";
import { CriuError } from "../error.ts";
import { formatAnswer, type HookAnswerer, type HookChannel, LongestRequest, parseRequest } from "./request.ts";

/** A socket path's limit in the kernel, without the closing NUL. */
const LongestSocketPath = 107;

/**
 * Listens on a unix stream socket in a private folder for a hook program that speaks the line protocol of
 * {@link parseRequest}. End of file means that this process has died, and the hook then refuses.
 *
 * @throws CriuError `ERR_CRIU_HOOK` when the socket cannot be made
 */
export async function openSocketChannel(options: {
  readonly program: string;
  readonly folder: string;
  readonly answer: HookAnswerer;
}): Promise<HookChannel> {
  const path = join(options.folder, "hook.sock");
  if (Buffer.byteLength(path) > LongestSocketPath) {
    throw new CriuError("ERR_CRIU_INVALID_OPTION", `the path of the hook's socket is too long: ${path}`);
  }
  // Loaded here: it is the heaviest part of this package, and a process that is never dumped does not need it.
  const { createServer } = await import("node:net");
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    converse(socket, options.answer);
  });
  await new Promise<void>((resolve, reject) => {
    // Also later, when a connection cannot be accepted for want of descriptors: its hook then refuses by itself.
    server.on("error", (cause) => {
      reject(new CriuError("ERR_CRIU_HOOK", `no socket for CRIU's hook can be made at ${path}`, { cause }));
    });
    server.listen(path, resolve);
  });
  return {
    program: options.program,
    env: { CRIK_HOOK_SOCKET: path },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function converse(socket: Socket, answer: HookAnswerer): void {
  const gone = new AbortController();
  let received = "";
  let asked = false;
  socket.setEncoding("utf8");
  // A hook that dies closes its socket; nobody needs the error beside that.
  socket.on("error", () => {});
  socket.once("close", () => gone.abort(new Error("the hook's connection was closed")));
  socket.on("data", (text: string) => {
    if (asked) return;
    received += text;
    const end = received.indexOf("\n");
    if (end < 0 && received.length <= LongestRequest) return;
    asked = true;
    const request = parseRequest(received.slice(0, end));
    if (end < 0 || request === undefined) {
      socket.end("no: that is not a request\n");
      return;
    }
    void answer({ ...request, signal: gone.signal }).then((result) => socket.end(formatAnswer(result)));
  });
}
