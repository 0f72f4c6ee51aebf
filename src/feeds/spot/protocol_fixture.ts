/**
 * For the tests of protocols: what a reader makes of messages, as one line for each call of its sink.
 * @module
 */

import type { SpotProtocol, SpotSink } from "./protocol.ts";

/** Takes calls down as `trade BTC 84000.1 0.5 @1700000000000000`. */
export function recordingSink(lines: string[]): SpotSink {
  const stamp = (time: number | null) => time === null ? "" : ` @${time}`;
  return {
    trade: (asset, price, size, time) => void lines.push(`trade ${asset} ${price} ${size}${stamp(time)}`),
    quote: (asset, bid, bidSize, ask, askSize, time) =>
      void lines.push(`quote ${asset} ${bid} x ${bidSize} / ${ask} x ${askSize}${stamp(time)}`),
    bookBegins: (asset, time) => void lines.push(`begins ${asset}${stamp(time)}`),
    level: (asset, side, price, size) => void lines.push(`${side} ${asset} ${price} x ${size}`),
    bookEnds: (asset, time) => void lines.push(`ends ${asset}${stamp(time)}`),
    gap: (asset, reason) => void lines.push(`gap ${asset}: ${reason}`),
    alive: () => void lines.push("alive"),
    reply: (text) => void lines.push(`reply ${text}`),
    reconnect: (reason) => void lines.push(`reconnect: ${reason}`),
    refuse: (reason) => void lines.push(`refuse: ${reason}`),
  };
}

/** All messages on one connection. */
export function readAll(protocol: SpotProtocol, messages: readonly unknown[]): string[] {
  const lines: string[] = [];
  const sink = recordingSink(lines);
  const reader = protocol.reader(["BTC", "ETH"]);
  for (const message of messages) reader.read(message, sink);
  return lines;
}

/** What the REST fallback makes of an answer about BTC. */
export function readAnswer(protocol: SpotProtocol, body: unknown): string[] {
  const lines: string[] = [];
  protocol.fallback.read("BTC", body, recordingSink(lines));
  return lines;
}
