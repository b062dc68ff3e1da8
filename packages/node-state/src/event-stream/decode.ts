import { NodeStateError } from "../error.ts";
import type { StreamEvent } from "./encode.ts";

/** What a decoder finds: an event, or a comment, which servers send as a heartbeat. */
type StreamItem =
  | { readonly type: "event"; readonly event: StreamEvent }
  | { readonly type: "comment"; readonly text: string };

/** Takes a stream of server-sent events apart, in whatever pieces it comes. */
export interface EventStreamDecoder {
  /**
   * What has become complete with these bytes.
   *
   * @throws NodeStateError `ERR_NODE_STATE_PROTOCOL` when an event, or a line, is longer than `maxLength`. The decoder is of no use then.
   */
  push(bytes: Uint8Array): readonly StreamItem[];
}

/**
 * A decoder that never holds more than `maxLength` characters beside the bytes it was just given.
 *
 * Follows https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, but for `retry`: how soon to connect again is
 * not the server's to say.
 */
export function createEventStreamDecoder(maxLength: number): EventStreamDecoder {
  const utf8 = new TextDecoder();
  let partialLine = "";
  let afterReturn = false;
  let event = "";
  let data: string[] = [];
  let id = "";
  let length = 0;

  function endLine(line: string): StreamItem | undefined {
    if (line === "") return endEvent();
    if (line.startsWith(":")) return { type: "comment", text: line.slice(1) };
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/su.exec(line) ?? [];
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
    grow(line.length);
    return undefined;
  }

  function endEvent(): StreamItem | undefined {
    const ended = { event: event || "message", data: data.join("\n"), id };
    const empty = data.length === 0;
    event = "";
    data = [];
    length = 0;
    return empty ? undefined : { type: "event", event: ended };
  }

  function grow(by: number): void {
    length += by;
    if (length + partialLine.length <= maxLength) return;
    throw new NodeStateError("ERR_NODE_STATE_PROTOCOL", `an event is longer than ${maxLength} characters`);
  }

  return {
    push(bytes) {
      const decoded = utf8.decode(bytes, { stream: true });
      // A line may end with CR, LF or both, and a chunk between the two.
      const text = afterReturn && decoded.startsWith("\n") ? decoded.slice(1) : decoded;
      if (decoded !== "") afterReturn = decoded.endsWith("\r");
      const items: StreamItem[] = [];
      let start = 0;
      for (const { 0: lineEnd, index } of text.matchAll(/\r\n|\r|\n/gu)) {
        const line = partialLine + text.slice(start, index);
        partialLine = "";
        start = index + lineEnd.length;
        const item = endLine(line);
        if (item !== undefined) items.push(item);
      }
      partialLine += text.slice(start);
      grow(0);
      return items;
    },
  };
}
