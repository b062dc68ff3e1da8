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
  {
    reads: ["gracePeriod", "stopReserve", "nodeStateTimeout", "nodeStateServerURL", "checkpointOn"],
    check: stopReserveFits,
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
    for (const key of ["ifNodeStateUnavailable", "nodeStateTimeout", "nodeStateGrace"] as const) {
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

function stopReserveFits(written: WrittenConfig, report: Report): void {
  const grace = written.gracePeriod ?? defaults.gracePeriod;
  const reserve = written.stopReserve ?? defaults.stopReserve;
  const graceMs = parseDuration(grace);
  const reserveMs = parseDuration(reserve);
  if (graceMs === undefined || reserveMs === undefined) return;
  const named = (key: "stopReserve" | "gracePeriod" | "nodeStateTimeout", value: string): string =>
    `${key} (${value}${written[key] === undefined ? ", the default" : ""})`;
  const at = written.stopReserve === undefined ? "gracePeriod" : "stopReserve";
  if (reserveMs >= graceMs) {
    report(
      [at],
      "conflict",
      `${named("stopReserve", reserve)} must be shorter than ${named("gracePeriod", grace)}, or there is no time for a checkpoint`,
    );
    return;
  }
  const timeout = written.nodeStateTimeout ?? defaults.nodeStateTimeout;
  const timeoutMs = parseDuration(timeout);
  if (written.nodeStateServerURL === undefined || !asksServer(written) || timeoutMs === undefined) return;
  if (reserveMs + timeoutMs >= graceMs) {
    const place = written.nodeStateTimeout === undefined ? at : "nodeStateTimeout";
    report(
      [place],
      "conflict",
      `${named("nodeStateTimeout", timeout)} and ${named("stopReserve", reserve)} together must be shorter than ${named("gracePeriod", grace)}, or there is no time for a checkpoint`,
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
