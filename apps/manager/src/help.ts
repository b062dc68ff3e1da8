import { Sources } from "./classify/sources.ts";

/** The text of `--help`. */
export function help(): string {
  const width = Math.max(...Sources.map(({ name }) => name.length));
  const sources = Sources.map(({ name, description, onByDefault }) => {
    return `  ${name.padEnd(width)}  ${onByDefault ? "on " : "off"}  ${description}`;
  });
  return `Watches the Nodes of a cluster and tells over HTTP which of them go away.

  --port N                    of the node-state server (9376; 0: any free one)
  --metrics-port N            of /metrics (8080)
  --health-probes-port N      of /healthz and /readyz (8081)
  --host ADDRESS              to listen on (every address)
  --kubeconfig PATH           (in a pod its service account; elsewhere $KUBECONFIG or ~/.kube/config)
  --service-account-dir DIR   with the files token and ca.crt, in a pod
  --tls-cert-file PATH        certificate chain of the node-state server, in PEM
  --tls-key-file PATH         its key; both are read again when they change
  --token-file PATH           with the token that clients must carry; read again when it changes
  --source NAME=on|off        switches one of the sources below; repeatable
  --shutdown-taint KEY        one more taint that means that the node goes away; repeatable
  --shutdown-condition TYPE   one more condition that means it when it is True; repeatable
  --max-watchers N            open watches of clients at most (10000)
  --drain-seconds N           for how long SIGTERM still answers, not being ready (5)
  --debug                     log every event of the watch
  --version, --help

Sources, and whether they are on by default:

${sources.join("\n")}
`;
}
