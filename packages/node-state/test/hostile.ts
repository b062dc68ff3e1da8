import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { encodeRecord } from "../src/index.ts";
import { leavingNode } from "./serve.ts";

/** Does what it likes with a connection whose request it has seen; `connection` counts from 1. */
export type Misbehaviour = (socket: Socket, connection: number, request: string) => void;

/** A server that does not keep to the protocol. */
export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** How many connections have sent a request. */
  readonly connections: number;
  /** How many are open. */
  readonly open: number;
  /** In bytes: what was handed to the kernel for all connections. */
  readonly sent: number;
}

/** Starts a server on a free port of 127.0.0.1 that knows nothing of HTTP. */
export async function misbehave(behaviour: Misbehaviour): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let sent = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let request = "";
    let number = 0;
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      sent += socket.bytesWritten;
    });
    socket.on("data", (bytes) => {
      request += bytes.toString("latin1");
      if (!request.endsWith("\r\n\r\n")) return;
      if (number === 0) number = ++connections;
      // A second request over the same connection meets what the first did.
      behaviour(socket, number, request);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** A whole answer. */
export function reply(status: string, body: string, headers = "Content-Type: application/json"): string {
  return `HTTP/1.1 ${status}\r\n${headers}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The head of an answer whose body ends with the connection. */
export function head(headers: string): string {
  return `HTTP/1.1 200 OK\r\n${headers}\r\nConnection: close\r\n\r\n`;
}

/** The head of a stream of events. */
export const StreamHead: string = head("Content-Type: text/event-stream");

/** A record of node n1, which goes away, as a server sends it. */
export const LeavingRecord: string = encodeRecord(leavingNode("n1"));

/** The answer of a server as it should be. */
export const GoodReply: string = reply("200 OK", LeavingRecord);

/** A stream of events as it should begin. */
export const GoodStream: string = `${StreamHead}event: state\nid: "1"\ndata: ${LeavingRecord}\n\n`;

/** Writes the same again and again, every `ms`, or as fast as the other side takes it, until the connection is gone. */
export function repeat(socket: Socket, text: string, ms: number): void {
  if (ms > 0) {
    const timer = setInterval(() => socket.write(text), ms);
    socket.once("close", () => clearInterval(timer));
    return;
  }
  const more = (): void => {
    while (socket.writable && socket.write(text));
  };
  socket.on("drain", more);
  more();
}
