/** Of a node's name, in characters: a Node object's name is a DNS subdomain (RFC 1123). */
export const MaxNodeNameLength = 253;

// One look at each character: labels of letters, digits and hyphens, neither beginning nor ending with a hyphen. What it admits needs no
// percent-encoding in a path, and can be neither `.` nor `..`.
const Subdomain = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/u;

/** Whether Kubernetes would take this as a node's name: an RFC 1123 subdomain of at most 253 characters. */
export function isNodeName(name: string): boolean {
  return name.length <= MaxNodeNameLength && Subdomain.test(name);
}
