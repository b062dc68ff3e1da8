/** Does the job in its argument and writes what came of it: run by Bun, to see that the client is the same there. */
import { ask, type Job } from "./ask.ts";

const job: Job = JSON.parse(process.argv[2] ?? "");
process.stdout.write(JSON.stringify(await ask(job)));
