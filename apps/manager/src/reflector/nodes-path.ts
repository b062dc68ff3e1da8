/** The path of the Node objects with a query. */
export function nodesPath(query: Readonly<Record<string, string>>): string {
  return `/api/v1/nodes?${new URLSearchParams(query)}`;
}
