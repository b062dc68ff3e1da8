/** A place in the file, one-based as editors count; `offset` is zero-based, in UTF-16 code units. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Where the value that is wrong was given: a file has positions, a variable and a flag have a name. */
export type IssueSource =
  | {
      readonly kind: "file";
      readonly file: string | undefined;
      readonly start: SourcePosition;
      readonly end: SourcePosition;
    }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "flag"; readonly name: string };

/** Stable: tools may match on it. */
export type ConfigIssueCode =
  | "syntax"
  | "duplicate-key"
  | "unknown-key"
  | "missing-key"
  | "type"
  | "format"
  | "range"
  | "conflict"
  | "deprecated";

/** One thing that is wrong, or odd, in the configuration. */
export interface ConfigIssue {
  readonly severity: "error" | "warning";
  readonly code: ConfigIssueCode;
  /** JSON Pointer (RFC 6901) to the value, `""` for the document. */
  readonly pointer: string;
  /** One sentence without a full stop: what is wrong and what would be right. */
  readonly message: string;
  readonly source: IssueSource;
  /** "Did you mean …": what to write instead. */
  readonly suggestion?: string;
}

/** The first problem is always there: a failure without an issue cannot be built. */
export type ConfigIssues = readonly [ConfigIssue, ...ConfigIssue[]];
