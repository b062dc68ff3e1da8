import { bytesPattern } from "./bytes.ts";
import {
  CheckpointOnChoices,
  DigestChoices,
  LogFormatChoices,
  LogLevelChoices,
  RestoreFallbackChoices,
  StopSignalChoices,
  TcpChoices,
} from "./choices.ts";
import { defaults } from "./defaults.ts";
import { durationPattern } from "./duration.ts";
import type { SchemaNode } from "./schema-node.ts";

const duration = { $ref: "#/$defs/duration" };
const bytes = { $ref: "#/$defs/bytes" };
const absolutePath = { $ref: "#/$defs/absolutePath" };

/**
 * JSON Schema (draft 2020-12) of {@link WrittenConfig}, also published as `@crik/config/schema.json`.
 * The one place where a key is described: validation, the reference in docs/configuration.md, the environment variables and "did you mean" all come from here.
 */
export const configSchema: SchemaNode = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://crik.dev/schema/config.json",
  title: "crik configuration",
  description:
    "Configuration of crik, which checkpoints a container's application when its pod stops and restores it where the next one starts.",
  type: "object",
  additionalProperties: false,
  properties: {
    imageDir: {
      ...absolutePath,
      description:
        "Directory in which checkpoints are kept. It must outlive the container, be writable, and be the same one for the next pod: a persistent volume, or a hostPath when the pod comes back to the same node. Without it crik only supervises.",
      "x-symptom": "Always: without it the application starts from nothing after every restart.",
      examples: ["/var/lib/crik/checkpoint"],
    },
    additionalPaths: {
      type: "array",
      items: absolutePath,
      description:
        "Files and directories that a checkpoint carries besides those that crik finds by itself. A directory is carried with everything below it.",
      "x-symptom":
        "The restore fails with `file not found`, `No such file or directory` or `has bad size`, or the restored application misses a file of its own: it lies in a place that is not carried by itself, such as an emptyDir that the next pod does not share.",
      default: defaults.additionalPaths,
      examples: [["/work", "/tmp/.X11-unix"]],
    },
    inotifyIncompatiblePaths: {
      type: "array",
      items: absolutePath,
      description:
        "Paths that are taken away before a dump, with everything below them, and put back after it: a watch ends with what it watches, and CRIU then need not dump it. crik finds watched files by itself, so that this is seldom needed. Name only what the container image has, never data on a volume: for as long as the dump lasts it is gone.",
      "x-symptom": "The checkpoint fails with `fsnotify: Can't dump that handle` or `Handle … cannot be opened`.",
      default: defaults.inotifyIncompatiblePaths,
      examples: [["/usr/share/zoneinfo"]],
    },
    nodeStateServerURL: {
      type: "string",
      pattern: "^[hH][tT][tT][pP][sS]?://[^\\s/]",
      description:
        "Address of the node-state server, which knows whether the pod's node is going away. With it a checkpoint is taken only when the node shuts down; a plain `kubectl delete pod` or a rollout just stops the application.",
      "x-symptom":
        "Every rollout and every deleted pod leaves a checkpoint behind, and the next version of the application is restored from the old one.",
      examples: ["http://crik-node-state-server.crik-system.svc:9376"],
    },
    nodeName: {
      type: "string",
      pattern: "^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$",
      description:
        "Name of the node that the pod runs on, to ask the node-state server about. Usually not written here: let the downward API put `spec.nodeName` into the variable `KUBERNETES_NODE_NAME`.",
      "x-symptom": "crik says that it does not know the name of its node.",
      "x-default": "the variable `KUBERNETES_NODE_NAME`",
      examples: ["worker-1"],
    },
    nodeStateTimeout: {
      ...duration,
      description:
        "How long crik tries to get an answer from the node-state server after the stop signal, before `ifNodeStateUnavailable` decides. An answer that the server does not know the node counts as none.",
      "x-symptom": "The log says that the node-state server did not answer in time, and it is slow rather than gone.",
      default: defaults.nodeStateTimeout,
    },
    nodeStateGrace: {
      ...duration,
      description:
        "How long after the stop signal to keep asking while the answer is `ready`. A kubelet sends SIGTERM to the pod and publishes its own shutdown at the same time; either may be seen first. Every ordinary stop takes this much longer.",
      "x-symptom":
        "During a node shutdown some pods are stopped without a checkpoint, and the log says that the node was `ready` (longer); or every rollout waits for it (shorter).",
      default: defaults.nodeStateGrace,
    },
    nodeStateWatch: {
      type: "boolean",
      description:
        "Follow the node's state for as long as the application runs, over one connection, instead of asking only when the stop signal comes. crik then mostly knows beforehand that the node goes away and checkpoints without a question, also when the server can no longer be reached by then. Costs about one and a half megabytes of memory beside the application.",
      "x-symptom":
        "Checkpoints begin late in the grace period because the answer is waited for; or the network of a node is gone before its pods are stopped, and `ifNodeStateUnavailable` decides too often.",
      default: defaults.nodeStateWatch,
    },
    nodeStateCAFile: {
      ...absolutePath,
      description:
        "PEM file with the certificate authorities to trust when `nodeStateServerURL` begins with `https:`. It is read for every connection, so that a certificate that is renewed needs no restart.",
      "x-symptom":
        "The log says `self-signed certificate` or `unable to verify the first certificate` about the node-state server.",
      "x-default": "the well-known authorities",
      examples: ["/etc/crik/node-state-ca.crt"],
    },
    nodeStateTokenFile: {
      ...absolutePath,
      description:
        "File with the bearer token that the node-state server asks for. It is read for every connection, so that it may be rotated.",
      "x-symptom": "The log says that the node-state server answered with status 401.",
      "x-default": "no token is sent",
      examples: ["/var/run/secrets/crik/token"],
    },
    ifNodeStateUnavailable: {
      type: "string",
      enum: ["checkpoint", "stop"],
      description:
        "What to do when the node-state server cannot be asked: `checkpoint` takes one checkpoint too many rather than one too few; `stop` stops the application without one.",
      "x-symptom": "Checkpoints appear although the node stays, whenever the node-state server is away.",
      default: defaults.ifNodeStateUnavailable,
    },
    checkpointOn: {
      type: "string",
      enum: CheckpointOnChoices,
      description:
        "When a stop signal comes: `always` takes a checkpoint, `node-shutting-down` asks the node-state server first, `never` only stops the application (a checkpoint that is there is still restored).",
      "x-symptom":
        "You want a checkpoint without a node-state server, or none for a while, without taking crik out of the container image.",
      "x-default": "`node-shutting-down` when `nodeStateServerURL` is set, otherwise `always`",
    },
    checkpointSignals: {
      type: "array",
      items: { type: "string", enum: StopSignalChoices },
      minItems: 1,
      uniqueItems: true,
      description:
        'The signals that mean "the container is to stop". Every other signal is passed to the application. An image with a `STOPSIGNAL` of its own needs that one here: nginx SIGQUIT, httpd SIGWINCH, PostgreSQL SIGINT.',
      "x-symptom":
        "The application stops without a checkpoint, and the log has no line about one: the runtime sent another signal than SIGTERM.",
      default: defaults.checkpointSignals,
      examples: [["SIGTERM", "SIGQUIT"]],
    },
    exitCodeAfterCheckpoint: {
      type: "integer",
      minimum: 0,
      maximum: 255,
      description:
        "crik's exit status after a checkpoint. 143 is what a process ended by SIGTERM has. With 0 a Job counts the evicted pod as finished and never starts the next one.",
      "x-symptom":
        "Something outside judges the container by its exit status, such as a `podFailurePolicy`, and must tell a checkpoint from a plain stop.",
      default: defaults.exitCodeAfterCheckpoint,
    },
    gracePeriod: {
      ...duration,
      description:
        "The pod's `terminationGracePeriodSeconds` (as a duration, so `30` there is `30s` here), or what the shutdown of its node leaves it, if that is less: the time between the stop signal and SIGKILL. crik plans the question to the node-state server, the checkpoint and the plain stop inside it.",
      "x-symptom":
        "The log says that there was no time for a checkpoint although the pod has a longer grace period than 30 seconds; or the container is killed (exit status 137) in the middle of one.",
      default: defaults.gracePeriod,
      examples: ["30s", "5m", "PT90S"],
    },
    stopReserve: {
      ...duration,
      description:
        "The part of the grace period that is kept for stopping the application the plain way when the checkpoint fails. Must be shorter than `gracePeriod`.",
      "x-symptom": "After a failed checkpoint the application is killed before it has ended by itself.",
      default: defaults.stopReserve,
    },
    restoreTimeout: {
      ...duration,
      description: "How long one restore may take. After it, what is left of it is ended and `ifRestoreFails` decides.",
      "x-symptom":
        "The log says that a restore was ended at its deadline, and the checkpoint is large or its storage slow.",
      default: defaults.restoreTimeout,
    },
    ifRestoreFails: {
      type: "string",
      enum: RestoreFallbackChoices,
      description:
        "What to do when a checkpoint cannot be restored. When that is its own fault, it is set aside and not tried again; so is one that does not fit here (processor, architecture, capabilities, another crik-init, a node that has been up for too short a time), although it may fit elsewhere. When it is the container's or the volume's, such as a full disk, crik ends with exit status 125 and the next container tries again; this choice is made after three. `previous` tries the previous complete generation and, when that fails too or there is none, starts fresh: the application then goes on from an older moment. `start-fresh` starts the command from nothing. `fail` ends with exit status 125, and never gives a checkpoint up that may be restored by the next container: one that does not fit here stays complete, so delete the pod to have it scheduled anew.",
      "x-symptom":
        "An application that must never start from nothing by itself (`fail`), or that would rather lose minutes than everything (`previous`).",
      default: defaults.ifRestoreFails,
    },
    ifClaimed: {
      type: "string",
      enum: ["start-fresh", "fail"],
      description:
        "What to do when another container is restoring the same checkpoint, or is still writing one, and is not done with it after `claimTimeout`. A checkpoint is never restored twice.",
      "x-symptom": "Two replicas share an image directory and only one may run (`fail`).",
      default: defaults.ifClaimed,
    },
    claimTimeout: {
      ...duration,
      description:
        "How long to wait for another container that is restoring the same checkpoint, or is still writing one: a Deployment, for example, replaces a pod that is deleted before its checkpoint is complete. One that died while it restored is found out in ten seconds, one that died while it wrote in twenty, and neither is waited for any longer. `0s` does not wait.",
      "x-symptom": "After a container was killed during a restore, the next one starts fresh instead of restoring.",
      "x-default": "ten seconds longer than `gracePeriod`",
    },
    ifCommandChanged: {
      type: "string",
      enum: ["restore", "start-fresh", "fail"],
      description:
        "What to do when the checkpoint is of another command than the one that crik was given now, usually because the pod's template changed. `start-fresh` leaves the checkpoint unused and runs the new command; `restore` goes on with the old command as it was, in memory; `fail` ends with exit status 125.",
      "x-symptom": "You changed an argument of the command and the application started from nothing, or must not.",
      default: defaults.ifCommandChanged,
    },
    carry: {
      type: "object",
      additionalProperties: false,
      description: "Which files a checkpoint carries along by itself.",
      properties: {
        writableLayer: {
          type: "boolean",
          description:
            "Carry every file that the container has changed in its writable layer, and /dev/shm. With `false` only what the application has open or mapped, and `additionalPaths`; the container's files are not searched for changes then.",
          "x-symptom":
            "Checkpoints are large or slow because the application writes much that it does not need again, or because its image has hundreds of thousands of files; or, with `false`, the restored application misses files that it had written and closed.",
          default: defaults.carry.writableLayer,
        },
        limit: {
          ...bytes,
          description:
            "Above this size the writable layer is not carried; only the files that the application has open or mapped are, and the log says so.",
          "x-symptom": "The log says that the writable layer is over the limit.",
          default: defaults.carry.limit,
        },
        exclude: {
          type: "array",
          items: absolutePath,
          description: "Paths that are not carried, with everything below them: caches, logs, downloads.",
          "x-symptom": "A checkpoint contains files that the application can make again.",
          default: defaults.carry.exclude,
          examples: [["/var/cache", "/root/.cache"]],
        },
      },
    },
    keep: {
      type: "object",
      additionalProperties: false,
      description: "How many checkpoints stay in the image directory. The only good one is never removed.",
      properties: {
        generations: {
          type: "integer",
          minimum: 1,
          maximum: 1000,
          description: "Complete generations that stay. `ifRestoreFails: previous` needs at least 2.",
          "x-symptom": "The volume fills with old checkpoints, or an older one is gone that you wanted to look at.",
          default: defaults.keep.generations,
        },
        bytes: {
          ...bytes,
          description: "Size that all generations together may have; the oldest ones go first.",
          "x-symptom": "A checkpoint fails with `No space left on device` because older ones fill the volume.",
          "x-default": "no limit",
          examples: ["10Gi"],
        },
      },
    },
    digest: {
      type: "string",
      enum: DigestChoices,
      description:
        "How the files of a checkpoint are protected against damage. `xxh3` finds accidents and costs next to nothing; `sha256` is for rules that ask for it, and takes about as long as the checkpoint itself. Neither protects against somebody who may write to the volume: he may also write the digests.",
      "x-symptom": "A rule asks for a cryptographic digest.",
      default: defaults.digest,
    },
    tcp: {
      type: "string",
      enum: TcpChoices,
      description:
        "What becomes of established TCP connections: `close` drops them, and the application sees a reset after the restore; `established` keeps those inside the application's own process tree alive (needs a privileged container); `fail` takes no checkpoint while there is one. A connection that is being made, or waits to be accepted, is left out, except with `fail`: whoever makes it sees it fail.",
      "x-symptom":
        "The restored application has lost a connection between its own processes, as RabbitMQ and epmd do (`established`); or a checkpoint must not be taken in the middle of a conversation (`fail`, CRIU says `Connected TCP socket`).",
      default: defaults.tcp,
    },
    prevent: {
      type: "object",
      additionalProperties: false,
      description:
        "What crik keeps the application from using because CRIU cannot checkpoint it. Both have a fallback in the applications that use them.",
      properties: {
        ioUring: {
          type: "boolean",
          description:
            'Answer "not available" to io_uring, by a preloaded library. Node.js 22 and newer always opens rings.',
          "x-symptom":
            "The application needs io_uring and does without a checkpoint (`false`). With `false` a checkpoint fails with `anon_inode:[io_uring]`.",
          default: defaults.prevent.ioUring,
        },
        multipathTcp: {
          type: "boolean",
          description: "Tell Go programs, by `GODEBUG=multipathtcp=0`, not to listen with multipath TCP.",
          "x-symptom":
            "The application needs multipath TCP (`false`). With `false` a checkpoint of a Go server fails with `Unsupported proto 262`.",
          default: defaults.prevent.multipathTcp,
        },
      },
    },
    criu: {
      type: "object",
      additionalProperties: false,
      description: "How CRIU is run. Usually nothing of this is needed.",
      properties: {
        path: {
          type: "string",
          pattern: "\\S",
          description: "The `criu` program: a path, or a name that is looked up in the PATH. At least version 4.2.",
          "x-symptom": "crik uses another criu than you mean; `crik version` tells which.",
          "x-default": "the one that comes with crik, otherwise `criu` from the PATH",
          examples: ["/usr/local/sbin/criu"],
        },
        mode: {
          type: "string",
          enum: ["auto", "privileged", "unprivileged"],
          description:
            "`auto` looks at the capabilities and at the user namespace and takes the mode that works. The others are for finding out.",
          "x-symptom": "`auto` chose a mode that fails, and you know why.",
          default: defaults.criu.mode,
        },
        verbosity: {
          type: "integer",
          minimum: 0,
          maximum: 4,
          description: "CRIU's `-v`: 4 explains most and costs a fifth of the speed.",
          "x-symptom": "A checkpoint or restore fails and its log does not say why (`4`).",
          default: defaults.criu.verbosity,
        },
        ghostLimit: {
          ...bytes,
          description: "Largest deleted file that is still open which goes into a checkpoint (`--ghost-limit`).",
          "x-symptom": "The checkpoint fails with `Can't dump ghost file … increase limit`.",
          default: defaults.criu.ghostLimit,
        },
        extraDumpArguments: {
          type: "array",
          items: { type: "string", pattern: "\\S" },
          description: "More arguments for `criu dump`, each one an item.",
          "x-symptom": "CRIU's log names an option that crik has no key for.",
          default: defaults.criu.extraDumpArguments,
          examples: [["--external", "mnt[/data]:data"]],
        },
        extraRestoreArguments: {
          type: "array",
          items: { type: "string", pattern: "\\S" },
          description: "More arguments for `criu restore`, each one an item.",
          "x-symptom": "CRIU's log names an option that crik has no key for.",
          default: defaults.criu.extraRestoreArguments,
          examples: [["--external", "mnt[data]:/data"]],
        },
      },
    },
    log: {
      type: "object",
      additionalProperties: false,
      description: "What crik itself writes to standard error.",
      properties: {
        level: {
          type: "string",
          enum: LogLevelChoices,
          description: "The least important kind of line that is written. `--debug` is the same as `debug`.",
          "x-symptom":
            "You want to see why crik decided as it did (`debug`), or less of crik in the application's log (`warn`).",
          default: defaults.log.level,
        },
        format: {
          type: "string",
          enum: LogFormatChoices,
          description: "`text` for people, `json` for log collectors: one object a line.",
          "x-symptom": "A log collector cannot tell crik's lines from the application's.",
          default: defaults.log.format,
        },
      },
    },
  },
  $defs: {
    duration: {
      title: "duration",
      type: "string",
      pattern: durationPattern,
      examples: ["30s", "2m", "1500ms", "1m30s", "PT30S"],
    },
    bytes: {
      title: "size",
      type: ["string", "integer"],
      pattern: bytesPattern,
      minimum: 0,
      examples: ["512Mi", "1Gi", "1G", 1_048_576],
    },
    absolutePath: {
      title: "absolute path",
      type: "string",
      pattern: "^/[^\\u0000]*$",
    },
  },
};
