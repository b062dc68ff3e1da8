/** One failure, or success, of CRIU whose log is worth keeping. */
export interface Scenario {
  /** File name of the fixture, without `.log`. */
  readonly name: string;
  readonly operation: "dump" | "restore";
  /** The program to dump: perl is on every Debian, and shows what it was told to do and nothing else. */
  readonly program: readonly [string, ...string[]];
  readonly dumpArguments?: readonly string[];
  readonly restoreArguments?: readonly string[];
  /** Shell commands between dump and restore, in the scenario's folder. */
  readonly between?: string;
  readonly verbosity?: 2 | 4;
  readonly hook?: "refuse-dump" | "refuse-restore";
  /** Dump another pid than the program's. */
  readonly pid?: number;
  /** Dump the program's child instead. */
  readonly onlyChild?: boolean;
  /** Give the program a unix socket as its standard input, whose other end is the recorder's. */
  readonly socketAsInput?: boolean;
  /** Run the program in the session of the recorder. */
  readonly sameSession?: boolean;
  /** Run CRIU with the program prefixed. */
  readonly prefix?: readonly [string, ...string[]];
}

const idle: Scenario["program"] = perl("sleep 1 while 1");
const connected = perl(`
  use IO::Socket::INET;
  my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
  my $client = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $server->sockport) or die;
  my $accepted = $server->accept;
  sleep 1 while 1`);

function perl(program: string): Scenario["program"] {
  return ["perl", "-e", program];
}

/** What is recorded. Each is one program, one command line, one log. */
export const scenarios: readonly Scenario[] = [
  { name: "success", operation: "dump", program: idle },
  { name: "success-debug", operation: "dump", program: idle, verbosity: 4 },
  { name: "established-tcp", operation: "dump", program: connected },
  { name: "established-tcp-debug", operation: "dump", program: connected, verbosity: 4 },
  { name: "io-uring", operation: "dump", program: [process.execPath, "-e", "setInterval(() => {}, 1000)"] },
  {
    name: "file-lock",
    operation: "dump",
    program: perl('open my $f, ">", "lock" or die; flock($f, 2) or die; sleep 1 while 1'),
  },
  { name: "external-unix-socket", operation: "dump", program: idle, socketAsInput: true },
  { name: "nested-pid-namespace", operation: "dump", program: ["unshare", "--pid", "--fork", "sleep", "1000"] },
  {
    name: "ghost-too-large",
    operation: "dump",
    program: perl('open my $f, "+>", "ghost" or die; syswrite $f, "x" x 3000000; unlink "ghost"; sleep 1 while 1'),
  },
  {
    name: "link-remap",
    operation: "dump",
    program: perl('open my $f, "+>", "one" or die; link "one", "two"; unlink "one"; sleep 1 while 1'),
  },
  { name: "inotify", operation: "dump", program: ["sh", "-c", "echo > watched; exec tail -f watched"] },
  { name: "not-a-session-leader", operation: "dump", program: idle, sameSession: true },
  { name: "terminal", operation: "dump", program: ["script", "-qc", "exec sleep 1000", "/dev/null"], onlyChild: true },
  { name: "no-such-pid", operation: "dump", program: idle, pid: 4_000_000 },
  { name: "hook-refused", operation: "dump", program: idle, hook: "refuse-dump" },
  { name: "track-memory", operation: "dump", program: idle, dumpArguments: ["--track-mem"] },
  { name: "success", operation: "restore", program: idle },
  { name: "success-debug", operation: "restore", program: idle, verbosity: 4 },
  { name: "pid-taken", operation: "restore", program: idle, dumpArguments: ["--leave-running"] },
  {
    name: "file-missing",
    operation: "restore",
    program: perl('open my $f, ">", "open" or die; sleep 1 while 1'),
    between: "rm open",
  },
  {
    name: "file-size-changed",
    operation: "restore",
    program: perl('open my $f, ">", "open" or die; sleep 1 while 1'),
    between: "echo more > open",
  },
  { name: "no-inventory", operation: "restore", program: idle, between: "rm images/inventory.img" },
  { name: "truncated-core", operation: "restore", program: idle, between: "truncate -s 100 images/core-*.img" },
  { name: "truncated-mm", operation: "restore", program: idle, between: "truncate -s 100 images/mm-*.img" },
  { name: "no-memory-image", operation: "restore", program: idle, between: "rm images/pages-1.img" },
  {
    name: "pid-file-exists",
    operation: "restore",
    program: idle,
    between: "echo 1 > pid",
    restoreArguments: ["--pidfile", "pid"],
  },
  { name: "tcp-close-missing", operation: "restore", program: connected, dumpArguments: ["--tcp-close"] },
  { name: "hook-refused", operation: "restore", program: idle, hook: "refuse-restore" },
  { name: "hook-refused-debug", operation: "restore", program: idle, hook: "refuse-restore", verbosity: 4 },
  {
    name: "no-net-admin",
    operation: "restore",
    program: idle,
    prefix: ["setpriv", "--bounding-set", "-sys_admin,-net_admin,-sys_time,-sys_resource", "--inh-caps", "-all"],
  },
  {
    name: "no-sys-time",
    operation: "restore",
    program: idle,
    prefix: ["setpriv", "--bounding-set", "-sys_time", "--inh-caps", "-all"],
  },
  {
    name: "no-setpcap",
    operation: "restore",
    program: ["setpriv", "--bounding-set", "-sys_module", "perl", "-e", "sleep 1 while 1"],
    prefix: ["setpriv", "--bounding-set", "-setpcap", "--inh-caps", "-all"],
  },
];
