import { parseBytes } from "./bytes.ts";
import type { WrittenConfig } from "./config.ts";
import { defaults } from "./defaults.ts";
import { longestDurationMs, parseDuration } from "./duration.ts";
import type { ConfigIssueCode } from "./issue.ts";
import type { NormalizeContext } from "./normalize.ts";
import { spoken } from "./pointer.ts";
import { configSchema } from "./schema.ts";
import { leaves } from "./schema-node.ts";
import { valueAt } from "./validation-issues.ts";

/** What a rule may say about the value at a path. */
type Report = (
  path: readonly string[],
  code: ConfigIssueCode,
  message: string,
  more?: { readonly severity?: "warning"; readonly suggestion?: string; readonly part?: "key" },
) => void;

/** What rules know besides the values. */
interface RuleContext extends NormalizeContext {
  /** There was a file, so that somebody wanted checkpoints. */
  readonly hasFile: boolean;
}

/** One thing that must hold among the keys that it reads. */
export interface Rule {
  /** When one of these is already known to be wrong, the rule is not asked: its answer would be about a default that nobody chose. */
  readonly reads: readonly (keyof WrittenConfig)[];
  readonly check: (written: WrittenConfig, report: Report, context: RuleContext) => void;
}

/** What the schema cannot say: values that are too large for their unit, and keys that contradict each other. All of them are asked. */
export const rules: readonly Rule[] = [
  { reads: ["imageDir", "checkpointOn", "nodeStateServerURL"], check: imageDirIsNamed },
  { reads: ["imageDir"], check: imageDirIsADirectoryOfItsOwn },
  { reads: [], check: quantitiesFit },
  { reads: ["nodeStateServerURL"], check: urlIsValid },
  { reads: ["nodeStateServerURL", "checkpointOn", "nodeName"], check: nodeIsKnown },
  { reads: ["nodeStateServerURL", "checkpointOn"], check: nodeStateIsUsed },
  { reads: ["nodeStateServerURL"], check: nodeStateIsSecret },
  { reads: ["gracePeriod", "stopReserve"], check: stopReserveFits },
  {
    reads: ["gracePeriod", "stopReserve", "nodeStateTimeout", "nodeStateGrace", "nodeStateServerURL", "checkpointOn"],
    check: questionFits,
  },
  { reads: ["additionalPaths", "imageDir"], check: carriedPathsAreFiles },
  { reads: ["ifRestoreFails", "keep"], check: previousIsKept },
  { reads: ["criu"], check: extraArgumentsAreFree },
];

function imageDirIsNamed(written: WrittenConfig, report: Report, context: RuleContext): void {
  if (written.imageDir !== undefined) return;
  if (context.hasFile) {
    report(
      ["imageDir"],
      "missing-key",
      "imageDir is missing: it names the directory in which checkpoints are kept (or set CRIK_IMAGE_DIR or --image-dir)",
    );
    return;
  }
  for (const key of ["checkpointOn", "nodeStateServerURL"] as const) {
    if (written[key] !== undefined && written[key] !== "never") {
      report([key], "missing-key", `${key} is set but no image directory is: set CRIK_IMAGE_DIR or --image-dir`);
    }
  }
}

function imageDirIsADirectoryOfItsOwn(written: WrittenConfig, report: Report): void {
  if (written.imageDir !== undefined && /^\/+$/u.test(written.imageDir)) {
    report(["imageDir"], "range", "imageDir must be a directory of its own, not the root directory");
  }
}

function quantitiesFit(written: WrittenConfig, report: Report): void {
  for (const { path, node } of leaves(configSchema)) {
    const value = valueAt(written, path);
    if (node.$ref === "#/$defs/duration" && typeof value === "string" && parseDuration(value) === undefined) {
      report(path, "range", `${spoken(path)} is too long: at most ${Math.floor(longestDurationMs / 3_600_000)}h`);
    }
    if (
      node.$ref === "#/$defs/bytes" &&
      (typeof value === "string" || typeof value === "number") &&
      parseBytes(value) === undefined
    ) {
      report(path, "range", `${spoken(path)} is too large: at most 8192Ti`);
    }
  }
}

function urlIsValid(written: WrittenConfig, report: Report): void {
  const text = written.nodeStateServerURL;
  if (text === undefined) return;
  if (!URL.canParse(text)) {
    report(["nodeStateServerURL"], "format", "nodeStateServerURL is not a URL");
    return;
  }
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    report(
      ["nodeStateServerURL"],
      "format",
      "nodeStateServerURL must not contain a user name or password: the node-state server asks for none",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    report(
      ["nodeStateServerURL"],
      "format",
      "nodeStateServerURL must end before any ? or #: crik appends the path of the node",
    );
  }
}

function nodeIsKnown(written: WrittenConfig, report: Report, context: RuleContext): void {
  if (written.nodeStateServerURL === undefined || asksServer(written) === false) return;
  if ((written.nodeName ?? context.nodeName) === undefined) {
    report(
      ["nodeStateServerURL"],
      "missing-key",
      "nodeStateServerURL needs the name of the node: let the downward API put spec.nodeName into the variable KUBERNETES_NODE_NAME, or set nodeName",
    );
  }
}

function nodeStateIsUsed(written: WrittenConfig, report: Report): void {
  if (written.nodeStateServerURL === undefined) {
    if (written.checkpointOn === "node-shutting-down") {
      report(
        ["checkpointOn"],
        "conflict",
        "checkpointOn: node-shutting-down needs nodeStateServerURL, the server to ask",
      );
    }
    const keys = [
      "ifNodeStateUnavailable",
      "nodeStateTimeout",
      "nodeStateGrace",
      "nodeStateWatch",
      "nodeStateCAFile",
      "nodeStateTokenFile",
    ] as const;
    for (const key of keys) {
      if (written[key] !== undefined) {
        report([key], "conflict", `${key} has no effect without nodeStateServerURL`, {
          severity: "warning",
          part: "key",
        });
      }
    }
  } else if (!asksServer(written)) {
    report(
      ["nodeStateServerURL"],
      "conflict",
      `nodeStateServerURL has no effect with checkpointOn: ${written.checkpointOn}`,
      {
        severity: "warning",
        part: "key",
      },
    );
  }
}

function asksServer(written: WrittenConfig): boolean {
  return (written.checkpointOn ?? "node-shutting-down") === "node-shutting-down";
}

/** What of TLS and the token contradicts the scheme of the address. */
function nodeStateIsSecret(written: WrittenConfig, report: Report): void {
  if (written.nodeStateServerURL === undefined || /^https:/iu.test(written.nodeStateServerURL)) return;
  const warn = (key: "nodeStateCAFile" | "nodeStateTokenFile", message: string): void => {
    if (written[key] !== undefined) report([key], "conflict", message, { severity: "warning", part: "key" });
  };
  warn("nodeStateCAFile", "nodeStateCAFile has no effect: nodeStateServerURL begins with http:, not https:");
  warn(
    "nodeStateTokenFile",
    "nodeStateTokenFile is sent where anybody can read it: nodeStateServerURL begins with http:",
  );
}

type Span = "gracePeriod" | "stopReserve" | "nodeStateTimeout" | "nodeStateGrace";

/** A duration as it will be in force, and how to call it in a message. `undefined` when it is none: another issue tells that. */
function span(written: WrittenConfig, key: Span): { readonly ms: number; readonly named: string } | undefined {
  const value = written[key] ?? defaults[key];
  const ms = parseDuration(value);
  return ms === undefined
    ? undefined
    : { ms, named: `${key} (${value}${written[key] === undefined ? ", the default" : ""})` };
}

function stopReserveFits(written: WrittenConfig, report: Report): void {
  const grace = span(written, "gracePeriod");
  const reserve = span(written, "stopReserve");
  if (grace === undefined || reserve === undefined || reserve.ms < grace.ms) return;
  report(
    [written.stopReserve === undefined ? "gracePeriod" : "stopReserve"],
    "conflict",
    `${reserve.named} must be shorter than ${grace.named}, or there is no time for a checkpoint`,
  );
}

/** The question to the node-state server leaves time for a checkpoint, however late its answer. */
function questionFits(written: WrittenConfig, report: Report): void {
  if (written.nodeStateServerURL === undefined || !asksServer(written)) return;
  const grace = span(written, "gracePeriod");
  const reserve = span(written, "stopReserve");
  if (grace === undefined || reserve === undefined || reserve.ms >= grace.ms) return;
  const told = new Set<string>();
  for (const key of ["nodeStateTimeout", "nodeStateGrace"] as const) {
    const question = span(written, key);
    const place = [key, "stopReserve", "gracePeriod"].find((name) => name in written) ?? key;
    // Of two defaults that do not fit, one tells what is wrong with the key that was written.
    if (question === undefined || reserve.ms + question.ms < grace.ms || told.has(place)) continue;
    told.add(place);
    report(
      [place],
      "conflict",
      `${question.named} and ${reserve.named} together must be shorter than ${grace.named}, or there is no time for a checkpoint`,
    );
  }
}

/** Places that are the kernel's, or the whole of the container: carrying them cannot mean what was meant. */
const notFiles = /^\/+(?:(?:proc|sys)(?:\/.*)?|dev\/?)?$/u;

function carriedPathsAreFiles(written: WrittenConfig, report: Report): void {
  const imageDir = written.imageDir?.replace(/\/+$/u, "");
  written.additionalPaths?.forEach((path, index) => {
    const place = ["additionalPaths", String(index)];
    const plain = path.replace(/\/+$/u, "");
    if (notFiles.test(path)) {
      report(
        place,
        "range",
        `additionalPaths cannot hold ${path}: ${/^\/+$/u.test(path) ? "carry.writableLayer carries what changed" : "its files belong to the kernel"}`,
      );
    } else if (
      imageDir !== undefined &&
      (imageDir === plain || imageDir.startsWith(`${plain}/`) || plain.startsWith(`${imageDir}/`))
    ) {
      report(place, "conflict", `additionalPaths cannot hold ${path}: the checkpoint in imageDir would contain itself`);
    }
  });
}

function previousIsKept(written: WrittenConfig, report: Report): void {
  if (written.ifRestoreFails === "previous" && written.keep?.generations === 1) {
    report(
      ["keep", "generations"],
      "conflict",
      "ifRestoreFails: previous needs keep.generations of at least 2: with 1 there is never a previous one",
      {
        severity: "warning",
      },
    );
  }
}

/** Arguments by which crik keeps its promise that the state is in exactly one place; a second one of them would break it. */
const ours =
  /^(?:-[tDWoRsSd]|--(?:tree|images-dir|work-dir|log-file|leave-running|leave-stopped|restore-sibling|restore-detached|pidfile|action-script|auto-dedup|stream|page-server|unprivileged))(?:=.*)?$/u;

function extraArgumentsAreFree(written: WrittenConfig, report: Report): void {
  for (const key of ["extraDumpArguments", "extraRestoreArguments"] as const) {
    written.criu?.[key]?.forEach((argument, index) => {
      if (ours.test(argument)) {
        report(
          ["criu", key, String(index)],
          "conflict",
          `criu.${key} cannot hold ${argument.split("=")[0]}: crik decides that itself`,
        );
      }
    });
  }
}
