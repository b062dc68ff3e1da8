import type { Transition, WrapperInput, WrapperPolicy, WrapperState } from "./state.ts";

/** Where every wrapper begins. */
export const initialTransition: Transition = {
  state: {
    name: "starting",
    phase: "looking",
    olderThan: undefined,
    stop: undefined,
    signals: [],
    nodeState: undefined,
    deadline: 0,
  },
  actions: [{ do: "look-for-checkpoint", olderThan: undefined }],
};

/** Pure and total: every state answers every input. The whole policy of the wrapper is in here. */
export function transition(state: WrapperState, _input: WrapperInput, _policy: WrapperPolicy): Transition {
  return { state, actions: [] };
}
