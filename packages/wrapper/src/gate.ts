/** What a waiting hook of CRIU's is told. */
type HookAnswer = { readonly kind: "allow" } | { readonly kind: "refuse"; readonly because: string };

/** Where a hook waits for the machine's decision. It is answered once; later answers change nothing. */
export interface Gate {
  readonly answer: Promise<HookAnswer>;
  allow(): void;
  refuse(because: string): void;
}

/** A gate that nobody has answered yet. */
export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<HookAnswer>();
  return {
    answer: promise,
    allow: () => resolve({ kind: "allow" }),
    refuse: (because) => resolve({ kind: "refuse", because }),
  };
}
