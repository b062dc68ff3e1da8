#!/usr/bin/env node
/** A stand-in for the hook program: asks the socket in CRIK_HOOK_SOCKET, and succeeds when it hears `ok`. */
import { connect } from "node:net";

const socket = connect(process.env.CRIK_HOOK_SOCKET);
let answer = "";
socket.setEncoding("utf8");
socket.on("connect", () => socket.write(`${process.env.CRTOOLS_SCRIPT_ACTION} ${process.env.CRTOOLS_INIT_PID || 0}\n`));
socket.on("data", (text) => {
  answer += text;
});
socket.on("error", () => process.exit(1));
socket.on("close", () => {
  if (answer === "ok\n") process.exit(0);
  process.stderr.write(`hook: ${answer}\n`);
  process.exit(1);
});
