import { NodeStateError } from "../error.ts";
import { nodePath } from "../paths.ts";
import type { NodeStateRecord } from "../record.ts";
import { pauseBeforeAttempt } from "./back-off.ts";
import { readBody } from "./body.ts";
import { orAborted, pause, startDeadline } from "./deadline.ts";
import { attemptFailure, mayGetBetter, noAnswerWithin } from "./failure.ts";
import { httpErrorOf } from "./http-error.ts";
import { checkNodeName, type Server } from "./options.ts";
import { recordOf } from "./record-of.ts";
import { sendRequest } from "./request.ts";

/** An attempt that has less time than this is not begun: it would only hide why the one before has failed. */
const LeastAttemptMs = 50;

/** Reads a node's state, with as many attempts as the server's total time allows. */
export async function readNodeState(
  server: Server,
  node: string,
  caller: AbortSignal | undefined,
): Promise<NodeStateRecord> {
  checkNodeName(node);
  const started = performance.now();
  const leftMs = (): number => started + server.totalTimeoutMs - performance.now();
  for (let attempt = 1; ; attempt++) {
    const failure = await attemptOnce(server, node, caller, Math.min(server.attemptTimeoutMs, leftMs()));
    if (!(failure instanceof NodeStateError)) return failure;
    const pauseMs = pauseBeforeAttempt(attempt, Math.random());
    if (!mayGetBetter(failure) || leftMs() - pauseMs < LeastAttemptMs) {
      throw summary(server, node, failure, attempt, performance.now() - started);
    }
    await pause(pauseMs, caller);
  }
}

async function attemptOnce(
  server: Server,
  node: string,
  caller: AbortSignal | undefined,
  timeoutMs: number,
): Promise<NodeStateRecord | NodeStateError> {
  using deadline = startDeadline(timeoutMs, caller);
  try {
    return await orAborted(exchange(server, node, deadline.signal), deadline.signal);
  } catch (error) {
    return attemptFailure(error, deadline.signal, caller, noAnswerWithin(timeoutMs));
  }
}

async function exchange(server: Server, node: string, signal: AbortSignal): Promise<NodeStateRecord> {
  const response = await sendRequest(server, { path: nodePath(node), accept: "application/json", signal });
  const { statusCode: status = 0 } = response;
  if (status !== 200 && status !== 404) throw await httpErrorOf(response);
  return recordOf(status, await readBody(response), node);
}

function summary(
  server: Server,
  node: string,
  failure: NodeStateError,
  attempts: number,
  durationMs: number,
): NodeStateError {
  const tries = attempts === 1 ? "" : ` ${attempts} times in ${Math.round(durationMs)} ms`;
  const message = `asking ${server.shown} for the state of node ${node} failed${tries}: ${failure.message}`;
  const { code, hint, status } = failure;
  return new NodeStateError(code, message, { cause: failure.cause, hint, status });
}
