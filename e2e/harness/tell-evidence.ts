import { afterEach, beforeEach } from "vitest";
import { evidence, forgetEvidence } from "./evidence.ts";

/*
 * Told at each try that fails, since a second one may succeed: what fails once in a thousand runs is otherwise never understood. A test whose time was over
 * has not removed its containers yet, so that they are seen as they hang.
 */
beforeEach(() => forgetEvidence());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail")
    process.stderr.write(`\n=== evidence of the failed case “${task.name}”\n${await evidence()}\n===\n`);
});
