import type { Connection } from "./connection.ts";
import { parsePage } from "./list.ts";
import { nodesPath } from "./nodes-path.ts";

/** How long an answer may take. Then the connection, or the server, counts as dead. */
const ProbeTimeoutMs = 3000;

/** No machine is called so: the top-level domain `.invalid` is reserved for that (RFC 6761). */
const NobodysName = "crik-probe.invalid";

/** Of an empty list. */
const MaxBytes = 65_536;

/**
 * Asks for a node that there is not: the cheapest question that the API server cannot answer without etcd. It is a list with a selector, so that it needs
 * no other permission than the list does; the server turns it into the read of one key.
 *
 * From 1.31 on the server waits, before it answers, until its own cache has caught up with etcd, and the watch is fed from that cache.
 *
 * @returns etcd's revision at some moment after the call
 * @throws {@link ApiError}
 */
export async function probe(connection: Connection): Promise<string> {
  let text = "";
  await connection.get({
    path: nodesPath({ fieldSelector: `metadata.name=${NobodysName}` }),
    what: "the probe",
    headTimeoutMs: ProbeTimeoutMs,
    silenceTimeoutMs: ProbeTimeoutMs,
    totalTimeoutMs: ProbeTimeoutMs,
    onData(chunk) {
      if (text.length < MaxBytes) text += chunk.toString("utf8");
    },
  });
  return parsePage(text).resourceVersion;
}
