/**
 * Eight spot exchanges on one port: whoever connects to `/NAME` is sent that exchange's messages, 500 a second, until it
 * leaves or they are at an end. Prints its port, and ends with its standard input.
 *
 *     deno run -A tests/bench/spot_server_process.ts SECONDS
 */

import { micros } from "../../src/core/units.ts";
import { MESSAGE_MAKERS, SPOT_RATE, timeOfMessage } from "./spot_streams.ts";

const seconds = Number(Deno.args[0]);
const start = micros(Date.now() * 1_000);
const texts = new Map(
  Object.entries(MESSAGE_MAKERS).map(([exchange, maker]) => {
    const make = maker();
    return [exchange, Array.from({ length: SPOT_RATE * seconds }, (_, k) => make(k, timeOfMessage(start, k)))];
  }),
);

/** Every millisecond or so, those that are due. */
async function sendAll(socket: WebSocket, messages: readonly string[]): Promise<void> {
  const started = performance.now();
  for (let sent = 0; sent < messages.length && socket.readyState === WebSocket.OPEN;) {
    const due = Math.min(messages.length, Math.floor((performance.now() - started) * SPOT_RATE / 1_000) + 1);
    for (; sent < due; sent++) socket.send(messages[sent]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
  const [, exchange = ""] = new URL(request.url).pathname.split("/");
  const messages = texts.get(exchange);
  if (messages === undefined) return new Response(null, { status: 404 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.addEventListener("open", () => void sendAll(socket, messages));
  return response;
});
console.log(JSON.stringify({ port: server.addr.port }));
for await (const _ of Deno.stdin.readable) {
  // Lives for as long as whoever started it.
}
Deno.exit(0);
