// Ticks by an interval, each time when a worker thread has answered that ticks by one of its own; tells the monotonic clock.
import { randomUUID } from "node:crypto";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

if (isMainThread) {
  process.stdout.write(`START ${process.pid}\n`);
  const nonce = randomUUID();
  let number = 0;
  let heard = false;
  new Worker(new URL(import.meta.url)).on("message", () => {
    heard = true;
  });
  setInterval(() => {
    if (!heard) return;
    heard = false;
    number += 1;
    process.stdout.write(`CLOCK ${Number(process.hrtime.bigint()) / 1e9}\nTICK ${nonce} ${number}\n`);
  }, 50);
} else {
  setInterval(() => parentPort.postMessage("tick"), 50);
}
