import { ApiError } from "../api-error.ts";
import { decodeNode, type NodeObject } from "../classify/node-object.ts";
import { asObject, asText } from "../untrusted-json.ts";
import { errorOfStatus } from "./status.ts";

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: "applied" | "deleted"; readonly node: NodeObject }
  | { readonly type: "bookmark"; readonly resourceVersion: string };

/**
 * Pure: a line -> what it tells.
 *
 * @throws {@link ApiError} `ERR_API_EXPIRED` or `ERR_API_HTTP`, for an event of the type ERROR; `ERR_API_PROTOCOL`, for anything that is no event.
 * A type that is not known is an error too: it may tell of a change, so that the list must be read anew.
 */
export function parseWatchEvent(line: string): WatchEvent {
  const event = asObject(parse(line));
  const object = event["object"];
  switch (event["type"]) {
    case "ADDED":
    case "MODIFIED":
      return { type: "applied", node: nodeOf(object) };
    case "DELETED":
      return { type: "deleted", node: nodeOf(object) };
    case "BOOKMARK": {
      const resourceVersion = asText(asObject(asObject(object)["metadata"])["resourceVersion"]);
      if (resourceVersion === undefined) throw malformed("a bookmark without a resource version");
      return { type: "bookmark", resourceVersion };
    }
    case "ERROR":
      throw errorOfStatus("the watch", { status: Number(asObject(object)["code"] ?? 500), body: object });
    default:
      throw malformed(`an event of the type ${JSON.stringify(event["type"])}`);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw malformed("a line that is not JSON", cause);
  }
}

function nodeOf(object: unknown): NodeObject {
  const node = decodeNode(object);
  if (node === undefined) throw malformed("an event without a Node");
  return node;
}

function malformed(what: string, cause?: unknown): ApiError {
  return new ApiError("ERR_API_PROTOCOL", `the watch has ${what}`, { cause });
}
