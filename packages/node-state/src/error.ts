/** Why a node's state could not be read. A code never changes its meaning. */
export type NodeStateErrorCode =
  /** An option or a node's name is no good; nothing was asked. */
  | "ERR_NODE_STATE_INVALID_OPTION"
  /** The CA file or the token file cannot be read, or does not hold what it should. */
  | "ERR_NODE_STATE_FILE"
  /** No connection, or it broke: refused, reset, name not found, certificate not trusted. */
  | "ERR_NODE_STATE_UNREACHABLE"
  /** The server did not answer in time. */
  | "ERR_NODE_STATE_TIMEOUT"
  /** It answered with a status that is no answer to the question: see {@link NodeStateError.status}. */
  | "ERR_NODE_STATE_HTTP"
  /** What it said is not this protocol: not JSON, a wrong type, too much of it. */
  | "ERR_NODE_STATE_PROTOCOL"
  /** `signal` aborted. Its reason is the cause. */
  | "ERR_NODE_STATE_ABORTED";

/** What a {@link NodeStateError} is made with beside its code and message. */
export interface NodeStateErrorOptions extends ErrorOptions {
  /** One more sentence: what to do about it. */
  readonly hint?: string | undefined;
  /** The HTTP status that the server gave. */
  readonly status?: number | undefined;
}

const brand = Symbol.for("@crik/node-state.NodeStateError");

/** Any failure of this package. Never holds a token, nor anything of the URL beside host and path. */
export class NodeStateError extends Error {
  static {
    // On the prototype, so that two copies of this package in one tree recognise each other's errors.
    Object.defineProperty(NodeStateError.prototype, brand, { value: true });
  }

  override readonly name = "NodeStateError";
  readonly code: NodeStateErrorCode;
  /** One more sentence: what to do about it, when we know. */
  declare readonly hint?: string;
  /** The HTTP status, of `ERR_NODE_STATE_HTTP`. */
  declare readonly status?: number;

  constructor(code: NodeStateErrorCode, message: string, options: NodeStateErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
    if (options.status !== undefined) this.status = options.status;
  }
}

/** Recognises a {@link NodeStateError} by its brand, also one of another copy of this package. */
export function isNodeStateError(error: unknown): error is NodeStateError {
  return error instanceof Error && brand in error;
}
