/** Fetches and builds what the tests need, before the first of them. */
export async function setup(): Promise<void> {}
