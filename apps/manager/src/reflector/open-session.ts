import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { isIP } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ApiError } from "../api-error.ts";
import type { Endpoint } from "../credentials/endpoint.ts";

/** Bytes that may be under way in one stream. A Node has some 20 KB, and the default of 64 KiB would make the server wait in every burst of changes. */
const StreamWindowBytes = 1024 * 1024;
const SessionWindowBytes = 4 * 1024 * 1024;

/**
 * One connection, up to the end of the TLS handshake, in which HTTP/2 must have been agreed on.
 *
 * @throws {@link ApiError} `ERR_API_UNREACHABLE`, `ERR_API_TIMEOUT` (the server accepts and then says nothing, as a frozen one does), `ERR_API_NO_HTTP2`
 */
export async function openSession(
  endpoint: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ClientHttp2Session> {
  const socket = await openSocket(endpoint, timeoutMs, signal);
  const session = connectHttp2(endpoint.url, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: StreamWindowBytes },
  });
  session.once("connect", () => session.setLocalWindowSize(SessionWindowBytes));
  return session;
}

async function openSocket({ url, tls }: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  const host = url.hostname.replace(/^\[|\]$/gu, "");
  return await new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port: Number(url.port || 443),
      // A server name must not be an address (RFC 6066).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...tls,
      ALPNProtocols: ["h2", "http/1.1"],
    });
    const timer = setTimeout(
      () => fail(new ApiError("ERR_API_TIMEOUT", `no TLS connection to ${url.host} within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const abort = (): void => fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });

    function settle(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    }

    function fail(error: unknown): void {
      settle();
      socket.destroy();
      reject(error);
    }

    // Stays: an error after the handshake comes to the session as well, and must not be thrown here.
    socket.on("error", (cause) => {
      fail(new ApiError("ERR_API_UNREACHABLE", `cannot connect to ${url.host}: ${cause.message}`, { cause }));
    });
    socket.once("secureConnect", () => {
      if (socket.alpnProtocol === "h2") {
        settle();
        resolve(socket);
      } else {
        fail(
          new ApiError("ERR_API_NO_HTTP2", `${url.host} speaks no HTTP/2`, {
            hint: "Is there a proxy before the API server that speaks HTTP/1.1 only? Let it pass TLS through.",
          }),
        );
      }
    });
  });
}
