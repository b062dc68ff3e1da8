import type { ServerResponse } from "node:http";
import { encodeEvent, Heartbeat } from "../event-stream/encode.ts";
import type { Encoded } from "./encoded.ts";

/** Of every answer to a watch. */
export const EventStreamHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  // So that the next watch opens a connection of its own, which a Service may give to another replica.
  Connection: "close",
  // nginx would otherwise collect events until it has some KiB of them.
  "X-Accel-Buffering": "no",
} as const;

/** One connection that watches one node. Times are milliseconds of a clock that never goes back. */
export interface Watcher {
  /** Sends a record, unless it was the last that was sent. While the client is slow only the newest is kept. */
  send(record: Encoded): void;
  /** Sends a heartbeat when nothing was sent for `silenceMs`. */
  beat(silenceMs: number): void;
  /** For how long the client has not taken what was written last; 0 when it has. */
  stuckMs(): number;
  /** Ends the stream after what is being written. */
  end(): void;
  /** Cuts the connection. */
  destroy(): void;
}

/**
 * Begins a stream of events on a response.
 *
 * There is one write at a time, and the next begins when the kernel has taken all of the last: so a client that does not read costs one event of memory,
 * whatever happens meanwhile. (`write()` returning false would come after 64 KiB of events.)
 */
export function createWatcher(response: ServerResponse, now: () => number): Watcher {
  let waiting: Encoded | undefined;
  let sent: string | undefined;
  let writingSince: number | undefined;
  let lastWrite = now();

  function write(text: string): void {
    lastWrite = now();
    writingSince = lastWrite;
    response.write(text, (error) => {
      if (error) return;
      writingSince = undefined;
      if (waiting !== undefined) writeRecord(waiting);
    });
  }

  function writeRecord(record: Encoded): void {
    waiting = undefined;
    if (record.etag === sent || response.writableEnded) return;
    sent = record.etag;
    write(encodeEvent({ event: "state", id: record.etag, data: record.body }));
  }

  response.writeHead(200, EventStreamHeaders);

  return {
    send(record) {
      if (writingSince === undefined) writeRecord(record);
      else waiting = record;
    },
    beat(silenceMs) {
      if (writingSince === undefined && !response.writableEnded && now() - lastWrite >= silenceMs) write(Heartbeat);
    },
    stuckMs: () => (writingSince === undefined ? 0 : now() - writingSince),
    end() {
      waiting = undefined;
      // Its end must be taken in time as well.
      writingSince ??= now();
      response.end();
    },
    destroy: () => response.destroy(),
  };
}
