import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

/** A TCP proxy on 127.0.0.1 that can become each kind of bad network. */
export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** The same with `https://`: the API server's certificate is good for it. */
  readonly url: string;
  /** Connections that are open through it now. */
  readonly connections: number;
  /**
   * The connections of now stay open and carry nothing more, not even their end; new ones are fine. So it is when a
   * NAT or a load balancer has forgotten a connection.
   */
  swallow(): void;
  /** Neither the connections of now nor new ones carry anything: new ones are taken, and wait. */
  swallowAll(): void;
  /** Breaks the connections of now with a reset; new ones are fine. */
  cut(): void;
  /** New connections are refused; those of now go on. */
  refuse(): void;
  /** All is well again. What was swallowed arrives now, as after a network has healed. */
  resume(): Promise<void>;
}

interface Pair {
  readonly outer: Socket;
  readonly inner: Socket;
  /** Carries nothing; what happens on one side is kept from the other. */
  held: boolean;
}

/** Starts a proxy before a port of this machine. */
export async function startProxy(options: { readonly to: number }): Promise<Proxy> {
  const port = await freePort();
  const pairs = new Set<Pair>();
  let swallowsNew = false;
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (outer) => {
    const inner = connect({ port: options.to, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const pair: Pair = { outer, inner, held: true };
    pairs.add(pair);
    outer.on("error", () => {});
    outer.once("close", () => {
      pairs.delete(pair);
      inner.destroy();
    });
    inner.on("error", () => {
      if (!pair.held) outer.resetAndDestroy();
    });
    if (!swallowsNew) carry(pair);
  });
  const listen = async (): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen();
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    get connections() {
      return pairs.size;
    },
    swallow: () => {
      for (const pair of pairs) hold(pair);
    },
    swallowAll: () => {
      swallowsNew = true;
      for (const pair of pairs) hold(pair);
    },
    cut: () => {
      for (const { outer } of pairs) outer.resetAndDestroy();
    },
    refuse: () => {
      server.close();
    },
    resume: async () => {
      swallowsNew = false;
      for (const pair of pairs) if (pair.held) carry(pair);
      if (!server.listening) await listen();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const { outer } of pairs) outer.destroy();
    },
  };
}

function carry(pair: Pair): void {
  pair.held = false;
  if (pair.inner.destroyed) {
    pair.outer.resetAndDestroy();
    return;
  }
  pair.inner.pipe(pair.outer);
  pair.outer.pipe(pair.inner);
}

/** What comes from now on waits in the kernel, and its senders do not learn of it. */
function hold(pair: Pair): void {
  pair.held = true;
  for (const socket of [pair.inner, pair.outer]) socket.unpipe().pause();
}
