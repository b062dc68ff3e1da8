import type { CommandName } from "./command.ts";
import { usages } from "./usages.ts";

/** The help of one command, or of crik as a whole. Plain text, at most 100 columns. */
export function help(topic: CommandName | undefined): string {
  return topic === undefined ? overview : `Usage: ${usages[topic]}\n\n${pages[topic]}`;
}

const overview = `crik checkpoints a container's application when its pod stops, and restores it where the next one
starts.

Usage: crik COMMAND [OPTIONS]

Commands:
  run           run an application under crik: the container's ENTRYPOINT
  checkpoints   what is in an image directory: generations, their state, size, age and reason
  verify        recompute the digests of checkpoints
  install       copy crik into a directory, for another container of the pod
  version       versions of crik, its runtime, CRIU and the kernel
  help          this text, or \`crik help COMMAND\`, the same as \`crik COMMAND --help\`

A first try, in a Dockerfile:
  COPY crik /opt/crik
  ENTRYPOINT ["/opt/crik/bin/crik", "run", "--"]

and in the pod a volume for the image directory, which CRIK_IMAGE_DIR or the configuration names.

What crik says goes to standard error, results go to standard output.
`;

const configOptions = `  --config PATH         configuration file; it must exist
                        (default: CRIK_CONFIG, otherwise /etc/crik/config.yaml if it is there)
  --image-dir DIR       where checkpoints are kept (key imageDir, variable CRIK_IMAGE_DIR)`;

const commonOptions = `  --log-format FORMAT   text or json: one object a line (variable CRIK_LOG_FORMAT)
  -h, --help            this text`;

const pages: Readonly<Record<CommandName, string>> = {
  run: `Runs COMMAND under crik. When the image directory holds a checkpoint of it, it is restored instead
of started. When the container is told to stop, crik takes a checkpoint if the configuration wants
one now; otherwise the signal goes to COMMAND, as every other signal does.

Without an image directory crik only supervises: it forwards signals and passes on the exit status.

Everything after COMMAND is COMMAND's own. \`--\` before it is only needed when its name begins with
"-", but it does no harm: in an ENTRYPOINT, the container image's CMD follows it.

Options:
${configOptions}
  --debug               the same as --log-level debug
  --log-level LEVEL     debug, info, warn or error (key log.level, variable CRIK_LOG_LEVEL)
${commonOptions}

Every key of the configuration can also be set by a variable: gracePeriod by CRIK_GRACE_PERIOD,
criu.verbosity by CRIK_CRIU_VERBOSITY, lists with commas. Variables win over the file, options over
both.

Examples:
  crik run -- nginx -g 'daemon off;'
  crik run --image-dir /checkpoint -- python3 worker.py
  CRIK_CHECKPOINT_ON=never crik run --config ./crik.yaml -- java -jar app.jar

Exit status:
  that of COMMAND; 128+n when signal n ended it
  143  after a checkpoint (key exitCodeAfterCheckpoint)
  64   the command line is wrong
  78   the configuration is wrong
  125  crik failed, the image directory cannot be used, or a checkpoint cannot be restored and is
       kept: the next container tries it again, or ifRestoreFails is "fail"
  126  COMMAND is not executable
  127  COMMAND was not found

Files:
  /etc/crik/config.yaml   the configuration; docs/configuration.md explains every key
  IMAGE_DIR/              the checkpoints, one directory a generation; see \`crik checkpoints\`

Environment:
  CRIK_CONFIG             the configuration file, as --config
  CRIK_...                keys of the configuration, as above
  KUBERNETES_NODE_NAME    the pod's node, from the downward API (spec.nodeName), to ask the
                          node-state server about
`,
  checkpoints: `Lists the generations in an image directory, the newest first, with state, size, age and reason.
Reads only; a container may be using the directory at the same time.

  complete      ready to be restored
  staging       being written
  restoring     claimed by a container that is restoring it
  consumed      restored, by the container that is named; never restored a second time
  quarantined   set apart: it could not be restored, or the application was started afresh over it

Options:
${configOptions}
  --json                for programs
${commonOptions}

Examples:
  crik checkpoints /var/lib/crik/checkpoint
  crik checkpoints --json | jq '.generations[] | select(.state == "complete")'
  kubectl exec POD -- /opt/crik/bin/crik checkpoints

Exit status:
  0    done
  64   the command line is wrong
  78   the configuration is wrong, or names no image directory
  125  crik failed, for instance because the directory cannot be read
`,
  verify: `Reads every file of the complete generations (or of one) and compares sizes and digests with the
manifest. Reads only. crik does the same during every restore, before the application runs.

Options:
${configOptions}
  --generation NUMBER   only this one, as \`crik checkpoints\` numbers them, whatever its state
  --json                for programs
${commonOptions}

Examples:
  crik verify /var/lib/crik/checkpoint
  crik verify --generation 7

Exit status:
  0    no checkpoint is damaged; also when there is none, see \`crik checkpoints\`
  1    a checkpoint is damaged
  64   the command line is wrong, or there is no generation NUMBER
  78   the configuration is wrong, or names no image directory
  125  crik failed, for instance because the directory cannot be read
`,
  install: `Copies the bundle that crik runs from into DIRECTORY, so that DIRECTORY/bin/crik starts it. For an
init container: the application's image stays as it is, and gets crik by a volume.

DIRECTORY is made if it is not there. It must be empty, or have been filled by \`crik install\`
before: another version is replaced, the same one is compared and left alone. A copy that was
interrupted is never started, and the next one begins anew.

Options:
  --file-capabilities   let crik have CAP_CHECKPOINT_RESTORE and CAP_SYS_PTRACE also where the
                        application's container, which adds them, runs as another user than root;
                        this container needs CAP_SETFCAP for it
${commonOptions}

Example, in a pod:
  initContainers:
    - name: crik
      image: ghcr.io/crik-dev/crik:VERSION
      args: [install, /volume]
      volumeMounts: [{ name: crik, mountPath: /volume }]
and in the application's container the same volume at /opt/crik.

Exit status:
  0    crik is in DIRECTORY
  64   the command line is wrong
  125  it could not be copied, for instance because the volume is full, or has files of others in it
`,
  version: `Tells the versions of crik, of the runtime that it runs on, of CRIU if one is found, and of the
kernel, and the architecture. Put it into bug reports.

Options:
  --json                for programs
${commonOptions}

Exit status:
  0    always, also when CRIU is not there
  64   the command line is wrong
`,
};
