import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProxy } from "./proxy.ts";

/** Says everything back, and how each of its connections ended. */
const echo = createServer((socket) => {
  socket.on("error", () => {});
  socket.pipe(socket);
});

describe("a proxy that can become a bad network", () => {
  let to: number;

  beforeAll(async () => {
    echo.listen(0, "127.0.0.1");
    await once(echo, "listening");
    to = portOf(echo.address());
  });
  afterAll(() => {
    echo.close();
  });

  it("carries what is said, and the end of it", async () => {
    await using proxy = await startProxy({ to });
    using speaker = await speak(proxy.port);
    speaker.say("a");
    await expect.poll(speaker.heard).toBe("a");
    expect(proxy.connections).toBe(1);
    speaker.hangUp();
    await expect.poll(speaker.ending).toBe("end");
    await expect.poll(() => proxy.connections).toBe(0);
  });

  it("swallows what the connections of now say, both ways, and carries a new one", async () => {
    await using proxy = await startProxy({ to });
    using old = await speak(proxy.port);
    old.say("a");
    await expect.poll(old.heard).toBe("a");
    proxy.swallow();
    old.say("b");
    using fresh = await speak(proxy.port);
    fresh.say("c");
    await expect.poll(fresh.heard).toBe("c");
    await soon();
    expect([old.heard(), old.ending()]).toEqual(["a", undefined]);
  });

  it("delivers what it swallowed when the network is well again", async () => {
    await using proxy = await startProxy({ to });
    using old = await speak(proxy.port);
    proxy.swallowAll();
    using fresh = await speak(proxy.port);
    old.say("a");
    fresh.say("b");
    await soon();
    expect([old.heard(), fresh.heard()]).toEqual(["", ""]);
    await proxy.resume();
    await expect.poll(() => [old.heard(), fresh.heard()]).toEqual(["a", "b"]);
    // Once more: nothing is carried twice.
    old.say("c");
    await expect.poll(old.heard).toBe("ac");
  });

  it("keeps it from a client that the server is gone, for as long as it swallows", async () => {
    const shortLived = createServer((socket) => socket.on("error", () => {}));
    shortLived.listen(0, "127.0.0.1");
    await once(shortLived, "listening");
    await using proxy = await startProxy({ to: portOf(shortLived.address()) });
    const accepted = once(shortLived, "connection");
    using speaker = await speak(proxy.port);
    const [socket]: [Socket] = (await accepted) as [Socket];
    proxy.swallow();
    socket.resetAndDestroy();
    shortLived.close();
    speaker.say("a");
    await soon();
    expect(speaker.ending()).toBeUndefined();
    await proxy.resume();
    await expect.poll(speaker.ending).toBe("ECONNRESET");
  });

  it("cuts the connections of now and takes new ones", async () => {
    await using proxy = await startProxy({ to });
    using old = await speak(proxy.port);
    proxy.cut();
    await expect.poll(old.ending).toBe("ECONNRESET");
    using fresh = await speak(proxy.port);
    fresh.say("a");
    await expect.poll(fresh.heard).toBe("a");
  });

  it("refuses new connections until all is well again, and lets those of now go on", async () => {
    await using proxy = await startProxy({ to });
    using old = await speak(proxy.port);
    proxy.refuse();
    await expect(speak(proxy.port)).rejects.toThrow(/ECONNREFUSED/);
    old.say("a");
    await expect.poll(old.heard).toBe("a");
    await proxy.resume();
    using fresh = await speak(proxy.port);
    fresh.say("b");
    await expect.poll(fresh.heard).toBe("b");
  });
});

interface Speaker extends Disposable {
  say(text: string): void;
  hangUp(): void;
  readonly heard: () => string;
  /** How the connection ended; `undefined` while it is open. */
  readonly ending: () => string | undefined;
}

async function speak(port: number): Promise<Speaker> {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  let heard = "";
  let ending: string | undefined;
  socket.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
  });
  socket.once("end", () => {
    ending ??= "end";
  });
  socket.once("error", (error: NodeJS.ErrnoException) => {
    ending ??= error.code;
  });
  return {
    say: (text) => socket.write(text),
    hangUp: () => socket.end(),
    heard: () => heard,
    ending: () => ending,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address.port;
}

/** Long enough for anything on this machine to have arrived. */
function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 200));
}
