/**
 * For the tests of protocols: what a reader makes of messages, as one line for each thing that it says.
 * @module
 */

import type { SpotProtocol } from "./protocol.ts";
import { RecordingSink, type Said, saidByRest } from "./recording_sink_fixture.ts";

/** `trade BTC 84000.1 0.5 @1700000000000000`, `bid BTC 84000 x 0.5`, `gap BTC: ...`. */
function lineOf([word, ...what]: Said): string {
  const stamp = what.at(-1) === null ? "" : ` @${what.at(-1)}`;
  switch (word) {
    case "trade":
      return `trade ${what.slice(0, 3).join(" ")}${stamp}`;
    case "quote":
      return `quote ${what[0]} ${what[1]} x ${what[2]} / ${what[3]} x ${what[4]}${stamp}`;
    case "level":
      return `${what[1]} ${what[0]} ${what[2]} x ${what[3]}`;
    case "ends":
      return `ends ${what[0]}${stamp}`;
    case "gap":
      return `gap ${what[0]}: ${what[1]}`;
    case "request":
    case "reply":
      return `${word} ${JSON.stringify(what[0])}`;
    case "refuse":
    case "reconnect":
      return `${word}: ${what[0]}`;
    default:
      return [word, ...what].join(" ");
  }
}

/** All messages on one connection, about BTC and ETH. They may hold what no JSON text can. */
export function readAll(protocol: SpotProtocol, messages: readonly unknown[]): string[] {
  const sink = new RecordingSink();
  const reader = protocol.reader(["BTC", "ETH"]);
  for (const message of messages) reader.read(message, sink);
  return sink.said.map(lineOf);
}

/** What the REST fallback makes of an answer about BTC. */
export const readAnswer = (protocol: SpotProtocol, body: unknown): string[] =>
  saidByRest(protocol, "BTC", body).map(lineOf);
