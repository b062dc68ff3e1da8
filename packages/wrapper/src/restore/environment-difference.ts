import { readFileSync } from "node:fs";

/** What Kubernetes sets by itself, anew in each pod: the name of the pod, and the addresses of Services. */
const OfEachPod =
  /^(?:HOSTNAME|KUBERNETES_.*|.*_SERVICE_(?:HOST|PORT)(?:_.*)?|.*_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_.*)?)?)$/;

/**
 * Pure: names of the variables that a restored application does not have as this container gives them: it goes on with those that it was started with.
 *
 * @param environ - of `/proc/PID/environ`
 */
export function environmentDifference(environ: string, here: Readonly<Record<string, string>>): readonly string[] {
  const there = new Map(
    environ.split("\0").flatMap((entry) => {
      const at = entry.indexOf("=");
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)]] : [];
    }),
  );
  const names = new Set([...there.keys(), ...Object.keys(here)]);
  return [...names].filter((name) => !OfEachPod.test(name) && there.get(name) !== here[name]).sort();
}

/** The same of the root of a restored tree; nothing where that cannot be read. */
export function differenceOfTask(root: number, here: Readonly<Record<string, string>>): readonly string[] {
  try {
    return environmentDifference(readFileSync(`/proc/${root}/environ`, "utf8"), here);
  } catch {
    return [];
  }
}
