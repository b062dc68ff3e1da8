/** What is known of a cluster that runs, as plain data: with it another process can use the cluster too. */
export interface ClusterDescription {
  /** Of the one who may do everything. */
  readonly kubeconfig: string;
  /** What only a cluster of the harness has; absent where `KUBECONFIG` named the cluster. */
  readonly own?: OwnClusterDescription;
}

/** A cluster that this machine runs. */
export interface OwnClusterDescription {
  /** Where everything of it is kept. */
  readonly directory: string;
  /** The folder that every node has at `/var/lib/crik-shared`, as this machine sees it. */
  readonly sharedDirectory: string;
  /** The API server's, at localhost. */
  readonly port: number;
  readonly caFile: string;
  readonly adminToken: string;
  readonly nodes: readonly NodeDescription[];
}

/** A node that this machine runs. */
export interface NodeDescription {
  readonly name: string;
  /** Counted from 0: its addresses follow from it. */
  readonly index: number;
  /** The process that holds the node's namespaces, as this machine numbers it. */
  readonly pid: number;
  /** Where its files are kept. */
  readonly directory: string;
}
