import { parseArgs } from "node:util";

import type { ClassifyOptions } from "./classify/classify-node.ts";
import { type SourceName, Sources } from "./classify/sources.ts";
import type { ManagerOptions } from "./options.ts";

/** What was typed. */
export type CommandLine =
  | { readonly do: "run"; readonly command: RunCommand }
  | { readonly do: "help" }
  | { readonly do: "version" }
  | { readonly do: "misuse"; readonly message: string };

/** Everything that flags decide. */
export interface RunCommand {
  readonly kubeconfig: string | undefined;
  readonly serviceAccountDirectory: string | undefined;
  readonly debug: boolean;
  readonly options: Omit<ManagerOptions, "loadEndpoint" | "log" | "version">;
}

/** A value that will not do. Its message is for the one who typed it. */
class Misuse extends Error {}

/** Understands the command line. Pure and total. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({ args: [...argv], options: Flags, strict: true, allowPositionals: false });
    if (values.help) return { do: "help" };
    if (values.version) return { do: "version" };
    const tls = pair(values["tls-cert-file"], values["tls-key-file"]);
    return {
      do: "run",
      command: {
        kubeconfig: values.kubeconfig,
        serviceAccountDirectory: values["service-account-dir"],
        debug: values.debug ?? false,
        options: {
          host: values.host,
          port: number("--port", values.port, 65_535),
          metricsPort: number("--metrics-port", values["metrics-port"], 65_535),
          healthProbesPort: number("--health-probes-port", values["health-probes-port"], 65_535),
          tls,
          tokenFile: values["token-file"],
          maxWatchers: number("--max-watchers", values["max-watchers"], 1_000_000),
          drainSeconds: number("--drain-seconds", values["drain-seconds"], 3600),
          classify: classifyOptions(values.source, values["shutdown-taint"], values["shutdown-condition"]),
        },
      },
    };
  } catch (error) {
    // parseArgs says what is wrong with which flag; its second sentence explains positional arguments, of which there are none.
    if (error instanceof Misuse || error instanceof TypeError) {
      return { do: "misuse", message: error.message.replace(/\. To specify a positional.*$/su, "") };
    }
    throw error;
  }
}

const Flags = {
  port: { type: "string" },
  "metrics-port": { type: "string" },
  "health-probes-port": { type: "string" },
  host: { type: "string" },
  kubeconfig: { type: "string" },
  "service-account-dir": { type: "string" },
  "tls-cert-file": { type: "string" },
  "tls-key-file": { type: "string" },
  "token-file": { type: "string" },
  source: { type: "string", multiple: true },
  "shutdown-taint": { type: "string", multiple: true },
  "shutdown-condition": { type: "string", multiple: true },
  "max-watchers": { type: "string" },
  "drain-seconds": { type: "string" },
  debug: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean" },
} as const;

function number(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,7}$/u.test(text) && Number(text) <= most) return Number(text);
  throw new Misuse(`${flag} must be a whole number from 0 to ${most}, not "${text}"`);
}

function pair(certFile: string | undefined, keyFile: string | undefined): ManagerOptions["tls"] {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  throw new Misuse("--tls-cert-file and --tls-key-file go together");
}

function classifyOptions(
  switches: readonly string[] = [],
  shutdownTaints: readonly string[] = [],
  shutdownConditions: readonly string[] = [],
): ClassifyOptions {
  for (const text of [...shutdownTaints, ...shutdownConditions]) {
    if (text === "") throw new Misuse("--shutdown-taint and --shutdown-condition need a name, not an empty word");
  }
  return { sources: new Map(switches.map(parseSwitch)), shutdownTaints, shutdownConditions };
}

function parseSwitch(text: string): readonly [SourceName, boolean] {
  const [word, value, ...more] = text.split("=");
  const source = Sources.find(({ name }) => name === word);
  if (source === undefined) {
    throw new Misuse(`--source: there is no source "${word}"; they are ${Sources.map(({ name }) => name).join(", ")}`);
  }
  if ((value !== "on" && value !== "off") || more.length > 0) {
    throw new Misuse(`--source must be ${source.name}=on or ${source.name}=off, not "${text}"`);
  }
  return [source.name, value === "on"];
}
