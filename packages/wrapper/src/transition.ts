import type { Transition, WrapperInput, WrapperPolicy, WrapperState } from "./state.ts";
import { checkpointing } from "./transition/checkpointing.ts";
import { deciding } from "./transition/deciding.ts";
import { restoring } from "./transition/restoring.ts";
import { running } from "./transition/running.ts";
import { lookForCheckpoint, starting } from "./transition/starting.ts";
import { stopping } from "./transition/stopping.ts";
import { takingBack } from "./transition/taking-back.ts";

/** Where every wrapper begins. One without an image directory answers the search with `no-checkpoint`. */
export const initialTransition: Transition = lookForCheckpoint(
  { stop: undefined, signals: [], nodeState: undefined, deadline: 0 },
  undefined,
);

/**
 * Pure and total: every state answers every input, whatever its order, and never throws. The whole policy of the wrapper is in here; each
 * state has a file in `transition/`.
 */
export function transition(state: WrapperState, input: WrapperInput, policy: WrapperPolicy): Transition {
  switch (state.name) {
    case "starting":
      return starting(state, input, policy);
    case "restoring":
      return restoring(state, input, policy);
    case "taking-back":
      return takingBack(state, input, policy);
    case "running":
      return running(state, input, policy);
    case "deciding":
      return deciding(state, input, policy);
    case "checkpointing":
      return checkpointing(state, input, policy);
    case "stopping":
      return stopping(state, input, policy);
    case "exited":
      return { state, actions: [] };
  }
}
