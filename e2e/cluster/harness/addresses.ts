/** The networks of a cluster. Each cluster has network namespaces of its own, so all have the same addresses. */

/** Where the control plane is, and the DNS server. */
export const controlPlaneAddress = "10.99.0.1";
/** kube-apiserver's port, at {@link controlPlaneAddress}. */
export const apiPort = 6443;
/** All Services. */
export const serviceRange = "10.96.0.0/16";
/** All pods. */
export const podRange = "10.244.0.0/16";
/** The name below which Services are found. */
export const clusterDomain = "cluster.local";

/** The address of a node, counted from 0. */
export function nodeAddress(index: number): string {
  return `10.99.0.${index + 2}`;
}

/** The pods of a node, counted from 0. */
export function podSubnet(index: number): string {
  return `10.244.${index}.0/24`;
}
