/** One server-sent event. */
export interface StreamEvent {
  /** Its name. An event without one is a `message`. */
  readonly event: string;
  readonly data: string;
  /** The last one that the server gave; empty when it gave none. */
  readonly id: string;
}

/** A line that says nothing: the connection lives. */
export const Heartbeat = ":\n\n";

/** Text of an event. `event` and `id` are single lines. */
export function encodeEvent({ event, data, id }: StreamEvent): string {
  const lines = data.split(/\r\n|\r|\n/u).map((line) => `data: ${line}\n`);
  return `event: ${event}\nid: ${id}\n${lines.join("")}\n`;
}
