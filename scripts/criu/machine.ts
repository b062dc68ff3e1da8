/** The machines crik is built for, by the name Node.js gives them. */
export type Architecture = "x64" | "arm64";

/** What the other tools call the same machine. */
export interface MachineNames {
  /** Debian's name, as in `criu_4.2.1-1_amd64.deb`. */
  readonly debian: string;
  /** The folder of the libraries in a Debian package, `usr/lib/<triplet>`. */
  readonly triplet: string;
  /** File name of glibc's dynamic loader. */
  readonly loader: string;
}

const names: Readonly<Record<Architecture, MachineNames>> = {
  x64: { debian: "amd64", triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" },
  arm64: { debian: "arm64", triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" },
};

/** The names of one machine at Debian and in glibc. */
export function machineNames(architecture: Architecture): MachineNames {
  return names[architecture];
}

/** Reads an architecture from a command line; fails for one that crik is not built for. */
export function parseArchitecture(text: string): Architecture {
  if (text === "x64" || text === "arm64") return text;
  throw new Error(`architecture ${text} is not built: x64 and arm64 are`);
}
