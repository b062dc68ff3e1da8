import { numberOf, numbersOf, type WireField } from "./wire.ts";

/** A process of a checkpoint, as `pstree.img` has it. */
export interface ImageProcess {
  readonly pid: number;
  /** 0 for the root. */
  readonly parentPid: number;
  readonly processGroupId: number;
  readonly sessionId: number;
  /** Ids of its threads, the process's own among them. */
  readonly threads: readonly number[];
}

/**
 * Pure: reads one message of `pstree.img`.
 *
 * @see `images/pstree.proto` in CRIU's sources
 */
export function parseProcess(fields: readonly WireField[]): ImageProcess {
  const required = (number: number, name: string): number => {
    const value = numberOf(fields, number);
    if (value === undefined) throw new RangeError(`a process without ${name}`);
    return Number(value);
  };
  return {
    pid: required(1, "a pid"),
    parentPid: required(2, "a parent"),
    processGroupId: required(3, "a process group"),
    sessionId: required(4, "a session"),
    threads: numbersOf(fields, 5).map(Number),
  };
}
