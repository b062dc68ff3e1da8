/** Resolves when the condition holds. @throws after `withinMs` */
export async function until(condition: () => boolean | Promise<boolean>, withinMs: number = 5000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
