/** A file of its own, so that the bundler can leave the rest of the library out of the part that is loaded when it is needed. */
export { KubeConfig } from "@kubernetes/client-node";
