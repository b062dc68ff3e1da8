import { ApiError } from "../api-error.ts";
import { decodeNode, type NodeObject } from "../classify/node-object.ts";
import { asObject, asText } from "../untrusted-json.ts";
import type { Connection } from "./connection.ts";
import { nodesPath } from "./nodes-path.ts";

/** Nodes in one page: 1 MB with the usual 20 KB each. With 250 the process took 60 MB more for good, with 25 no less than with 50. */
const PageSize = 50;

/** A page is held as a whole while it is parsed. */
const MaxPageBytes = 256 * 1024 * 1024;

/** What a list was. */
export interface Listed {
  /** The one moment of the cluster that all pages show: a watch goes on from there. */
  readonly resourceVersion: string;
  readonly names: ReadonlySet<string>;
  readonly pages: number;
}

/**
 * Reads all nodes, page by page, of one moment not before the call: without a resource version the API server must ask etcd, where its own cache, or that
 * of the next server, may be older than what was seen already.
 *
 * @throws {@link ApiError}; `ERR_API_EXPIRED` when the list took so long that its moment was compacted away
 */
export async function listNodes(connection: Connection, onNode: (node: NodeObject) => void): Promise<Listed> {
  const names = new Set<string>();
  let resourceVersion: string | undefined;
  let token: string | undefined;
  let pages = 0;
  do {
    const page = await readPage(connection, token);
    pages += 1;
    resourceVersion ??= page.resourceVersion;
    token = page.next;
    for (const item of page.items) {
      const node = decodeNode(item);
      if (node === undefined) throw malformed("an item that is no Node");
      names.add(node.name);
      onNode(node);
    }
  } while (token !== undefined);
  return { resourceVersion, names, pages };
}

async function readPage(connection: Connection, token: string | undefined): Promise<Page> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await connection.get({
    path: nodesPath({ limit: String(PageSize), ...(token === undefined ? {} : { continue: token }) }),
    what: "the list of nodes",
    headTimeoutMs: 15_000,
    silenceTimeoutMs: 5000,
    totalTimeoutMs: 30_000,
    onData(chunk) {
      bytes += chunk.length;
      if (bytes > MaxPageBytes) throw malformed(`more than ${MaxPageBytes} bytes in a page`);
      chunks.push(chunk);
    },
  });
  return parsePage(Buffer.concat(chunks).toString("utf8"));
}

/** One page of a list. */
export interface Page {
  readonly resourceVersion: string;
  readonly items: readonly unknown[];
  /** Where the next page begins; `undefined` on the last. */
  readonly next: string | undefined;
}

/** Pure: the text of an answer -> a page. @throws {@link ApiError} `ERR_API_PROTOCOL` */
export function parsePage(text: string): Page {
  const page = asObject(parse(text));
  const metadata = asObject(page["metadata"]);
  const resourceVersion = asText(metadata["resourceVersion"]);
  if (resourceVersion === undefined) throw malformed("no resource version");
  const items = page["items"];
  // Go writes a list that was never filled as null.
  if (items !== null && !Array.isArray(items)) throw malformed("no items");
  return { resourceVersion, items: items ?? [], next: asText(metadata["continue"]) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("a page that is not JSON", cause);
  }
}

function malformed(what: string, cause?: unknown): ApiError {
  return new ApiError("ERR_API_PROTOCOL", `the list of nodes has ${what}`, { cause });
}
