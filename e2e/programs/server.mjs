// An HTTP server on port 8080 that counts its requests, and ticks meanwhile.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

process.stdout.write(`START ${process.pid}\n`);
const nonce = randomUUID();
let requests = 0;
let number = 0;
createServer((_request, response) => {
  requests += 1;
  response.end(`${nonce} ${requests}\n`);
}).listen(8080);
setInterval(() => {
  number += 1;
  process.stdout.write(`TICK ${nonce} ${number}\n`);
}, 50);
