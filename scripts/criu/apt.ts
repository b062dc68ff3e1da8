import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.ts";
import type { LockedPackage } from "./lock.ts";
import { type Architecture, machineNames } from "./machine.ts";

/** A private apt: it knows one Debian release and shares nothing with the host but its proxy settings. */
export interface AptRoot {
  readonly suite: string;
  /** Newest version of a package in this release; `undefined` when the release has none. */
  newest(name: string): Promise<string | undefined>;
  /** The package and everything that it depends on, each at the version of this release. */
  closure(name: string): Promise<readonly LockedPackage[]>;
  /** Whether the release still has exactly these versions. */
  has(packages: readonly LockedPackage[]): Promise<boolean>;
  /** Fetches the `.deb` files into a folder. */
  download(packages: readonly LockedPackage[], directory: string): Promise<void>;
}

/** Where to build a private apt, and from what. */
export interface AptRootOptions {
  /** An empty folder of ours. */
  readonly directory: string;
  readonly suite: string;
  readonly architecture: Architecture;
  /** URI of the Debian archive. @defaultValue the one of the machine's own apt configuration */
  readonly archive?: string | undefined;
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Makes a private apt and reads the package list of one release.
 *
 * @throws Error when the machine has no apt, no Debian keyring or no Debian archive in its configuration.
 */
export async function openAptRoot(options: AptRootOptions): Promise<AptRoot> {
  const { directory, suite } = options;
  await access(keyring).catch((cause: unknown) => {
    throw new Error(`${keyring} is missing: apt-get install debian-archive-keyring`, { cause });
  });
  const archive = options.archive ?? (await debianArchive());
  await mkdir(join(directory, "state/lists/partial"), { recursive: true });
  await mkdir(join(directory, "cache/archives/partial"), { recursive: true });
  await writeFile(join(directory, "status"), "");
  await writeFile(
    join(directory, "sources.list"),
    `deb [signed-by=${keyring} target=Packages] ${archive} ${suite} main\n`,
  );
  const configuration = join(directory, "apt.conf");
  await writeFile(configuration, aptConfiguration(directory, machineNames(options.architecture).debian));
  await run(["apt-get", "-c", configuration, "-qq", "update"]);
  return aptRoot(suite, configuration);
}

/**
 * Settings of the host are read first, so that its proxy and its mirror's log-in apply; then these. The hooks are
 * cleared because images of Docker's kind delete the host's package cache in them.
 */
function aptConfiguration(directory: string, architecture: string): string {
  return [
    "#clear APT::Update::Pre-Invoke;",
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
    "#clear APT::Architectures;",
    "#clear APT::Default-Release;",
    `APT::Architecture "${architecture}";`,
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    `Dir::State "${join(directory, "state")}";`,
    `Dir::State::status "${join(directory, "status")}";`,
    `Dir::Cache "${join(directory, "cache")}";`,
    `Dir::Etc::sourcelist "${join(directory, "sources.list")}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    "",
  ].join("\n");
}

function aptRoot(suite: string, configuration: string): AptRoot {
  const show = async (selectors: readonly string[]): Promise<readonly LockedPackage[]> =>
    parseStanzas(await run(["apt-cache", "-c", configuration, "show", "--no-all-versions", ...selectors]));
  return {
    suite,
    newest: async (name) => {
      const policy = await run(["apt-cache", "-c", configuration, "policy", name]);
      const version = /^ {2}Candidate: (\S+)$/m.exec(policy)?.[1];
      return version === "(none)" ? undefined : version;
    },
    closure: async (name) => {
      const plan = await run(["apt-get", "-c", configuration, "-s", "--no-install-recommends", "install", name]);
      const selectors = [...plan.matchAll(/^Inst (\S+) \((\S+)/gm)].map((match) => `${match[1]}=${match[2]}`);
      return show(selectors);
    },
    has: async (packages) => {
      const found = await show(packages.map(({ name, version }) => `${name}=${version}`)).catch(() => []);
      return packages.every((wanted) => found.some((one) => one.sha256 === wanted.sha256));
    },
    download: async (packages, directory) => {
      const selectors = packages.map(({ name, version }) => `${name}=${version}`);
      await run(["apt-get", "-c", configuration, "-qq", "download", ...selectors], { directory });
    },
  };
}

function parseStanzas(text: string): readonly LockedPackage[] {
  return text
    .split(/\n\n+/)
    .filter((stanza) => stanza.startsWith("Package:"))
    .map((stanza) => ({
      name: field(stanza, "Package"),
      version: field(stanza, "Version"),
      sha256: field(stanza, "SHA256"),
    }));
}

function field(stanza: string, name: string): string {
  const value = new RegExp(`^${name}: (\\S+)$`, "m").exec(stanza)?.[1];
  if (value === undefined) throw new Error(`apt-cache shows no ${name} in:\n${stanza}`);
  return value;
}

/** The archive that this machine's own packages come from; works before the machine's first `apt-get update`. */
async function debianArchive(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1] ?? "";
  const format = "$(CREATED_BY)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(REPO_URI)";
  const rows = (await run(["apt-get", "indextargets", "--format", format])).split("\n").map((row) => row.split("|"));
  const mains = rows.filter(([createdBy, , component]) => createdBy === "Packages" && component === "main");
  const isDebian = /^ID="?debian"?$/m.test(release);
  const own =
    mains.find(([, , , origin]) => origin === "Debian") ?? mains.find(([, suite]) => isDebian && suite === codename);
  const archive = own?.[4];
  if (archive === undefined) {
    throw new Error("the apt configuration of this machine names no Debian archive: give one with --archive URI");
  }
  return archive;
}
