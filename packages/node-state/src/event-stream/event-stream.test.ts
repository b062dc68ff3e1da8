import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEventStreamDecoder } from "./decode.ts";
import { encodeEvent, Heartbeat } from "./encode.ts";

const utf8 = new TextEncoder();

/** What a decoder finds in a text that comes in pieces of these sizes, over and over. */
function decoded(
  text: string,
  sizes: readonly number[] = [Number.POSITIVE_INFINITY],
  maxLength = 1000,
): readonly unknown[] {
  const decoder = createEventStreamDecoder(maxLength);
  const bytes = utf8.encode(text);
  const items: unknown[] = [];
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1;
    for (const item of decoder.push(bytes.subarray(at, at + size)))
      items.push(item.type === "event" ? item.event : item.text);
    at += size;
  }
  return items;
}

describe("an event stream", () => {
  const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n\0]/gu, "").trim());

  it("gives each event back, whatever the pieces it comes in", () => {
    const events = fc.array(
      fc.record({ event: line.filter((name) => name !== ""), id: line, data: fc.string({ unit: "binary" }) }),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(events, sizes, (sent, pieces) => {
        const text = sent.map((event) => encodeEvent(event) + Heartbeat).join("");
        // Half a surrogate pair cannot be sent, and all ends of lines are one to the receiver.
        const received = sent.flatMap((event) => [
          {
            ...event,
            data: event.data.toWellFormed().replaceAll(/\r\n?/gu, "\n"),
            id: event.id.toWellFormed(),
            event: event.event.toWellFormed(),
          },
          "",
        ]);
        expect(decoded(text, pieces, 10_000)).toEqual(received);
      }),
    );
  });

  it.each(["\n", "\r", "\r\n"])("may end its lines with %j", (end) => {
    const text = [": beat", "event: state", "data: a", "data: b", "", "data", "", ""].join(end);
    const expected = [" beat", { event: "state", data: "a\nb", id: "" }, { event: "message", data: "", id: "" }];
    for (const size of [1, 2, 3, 100]) expect(decoded(text, [size])).toEqual(expected);
  });

  it("keeps the last id, and takes none with a NUL in it", () => {
    expect(decoded("id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n")).toEqual([
      { event: "message", data: "a", id: "1" },
      { event: "message", data: "b", id: "1" },
      { event: "message", data: "c", id: "1" },
      { event: "message", data: "d", id: "" },
    ]);
  });

  it("has no event where there is no data, and none before the empty line", () => {
    expect(decoded("event: state\nid: 3\n\nretry: 5\nunknown: 1\n\ndata: half")).toEqual([]);
  });

  it("may begin with a byte order mark", () => {
    expect(decoded("\uFEFFdata: a\n\n", [1])).toEqual([{ event: "message", data: "a", id: "" }]);
  });

  it.each([
    ["one endless line", "x".repeat(101), 1],
    ["one endless line of data", `data: ${"x".repeat(100)}`, 1000],
    ["an endless event", "data: x\n".repeat(20), 3],
    ["an endless event without data", "event: state\n".repeat(20), 3],
    ["an endless comment", `:${"x".repeat(101)}`, 10],
  ])("is refused for %s", (_name, text, size) => {
    expect(() => decoded(text, [size], 100)).toThrow(expect.objectContaining({ code: "ERR_NODE_STATE_PROTOCOL" }));
  });

  it("may be as long as it likes, in events that are short", () => {
    expect(decoded(`data: x\n\n${Heartbeat}`.repeat(1000), [7], 100)).toHaveLength(2000);
  });
});
