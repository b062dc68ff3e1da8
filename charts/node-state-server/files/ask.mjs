// Asks the node-state server for its nodes, and for one of them by name; again and again, since a rollout may still be under way.
import { existsSync, readFileSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { setTimeout } from "node:timers/promises";

const { NODE_STATE_SERVER_URL: base = "", NODE_STATE_CA_FILE: caFile, NODE_STATE_TOKEN_FILE: tokenFile } = process.env;
const patienceMs = Number(process.env.PATIENCE_SECONDS) * 1000;

function get(path) {
  const secure = base.startsWith("https:");
  const options = {
    agent: false,
    timeout: 5_000,
    ...(secure && caFile !== undefined && existsSync(caFile) ? { ca: readFileSync(caFile) } : {}),
    headers: tokenFile === undefined ? {} : { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` },
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(new URL(path, base), options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.once("error", reject).once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(body));
        else reject(new Error(`${path} was answered with ${response.statusCode}: ${body}`));
      });
    });
    request.once("timeout", () => request.destroy(new Error(`${path} was not answered within 5 s`)));
    request.once("error", reject).end();
  });
}

async function ask() {
  const { nodes } = await get("/v1/nodes");
  const [first] = nodes;
  if (first === undefined) throw new Error("the server knows no node at all");
  const { name, state } = await get(`/v1/nodes/${first.name}`);
  if (name !== first.name || !["ready", "shutting-down", "unknown"].includes(state))
    throw new Error(`asked for ${first.name}, got ${name} in the state ${state}`);
  return `${base} knows ${nodes.length} nodes; ${name} is ${state}`;
}

const end = Date.now() + patienceMs;
for (;;) {
  try {
    process.stdout.write(`${await ask()}\n`);
    break;
  } catch (error) {
    if (Date.now() > end) {
      process.stderr.write(`${base} does not answer as it should: ${error.message}\n`);
      process.exitCode = 1;
      break;
    }
    await setTimeout(1_000);
  }
}
