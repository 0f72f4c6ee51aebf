/**
 * What one spot exchange's public market data looks like: everything that differs between exchanges, and nothing else.
 * Adding an exchange is one file that makes one of these, and one line in `registry.ts`.
 * @module
 */

import type { Micros } from "../../core/units.ts";

/** Takes what a protocol reads. Prices in dollars, sizes in coins; nothing has been judged yet. */
export interface SpotSink {
  /** `time` is the exchange's own stamp, `null` where it gives none. */
  trade(asset: string, price: number, size: number, time: Micros | null): void;
  /** Best bid and ask where the exchange tells them apart from its book. */
  quote(asset: string, bid: number, bidSize: number, ask: number, askSize: number, time: Micros | null): void;
  /** A whole book follows: what was known of it is gone. */
  bookBegins(asset: string, time: Micros | null): void;
  /** One level's new size, 0 to take it away. */
  level(asset: string, side: "bid" | "ask", price: number, size: number): void;
  /** The message is applied whole: the book can be looked at, and `time` is when it was so. */
  bookEnds(asset: string, time: Micros | null): void;
  /** A message was lost or a checksum differs: the book is not to be believed until it begins anew. */
  gap(asset: string, reason: string): void;
  /** A sign of life that says nothing else. */
  alive(): void;
  /** To be sent back, and that is all: an answer to a ping. */
  reply(text: string): void;
  /** To be sent, and something comes back: a subscription made anew. */
  request(text: string): void;
  /** The connection is to be given up and made anew, as the exchange asks. */
  reconnect(reason: string): void;
  /** The message, or a part of it, is refused; reasons are few and short, they are counted by. */
  refuse(reason: string): void;
}

/** Reads the messages of one connection: it may keep what they need of each other (sequence numbers, checksums). */
export interface SpotReader {
  /** One text message, parsed. */
  read(message: unknown, sink: SpotSink): void;
}

export interface SpotProtocol {
  /** `coinbase`, ... as inputs, settings and the page name it. */
  readonly exchange: string;
  /** For people. */
  readonly title: string;
  /** Whether it is one of the index's constituents (KALSHI.md 11.1); others only lead. */
  readonly constituent: boolean;
  /** Public addresses; a setting or a simulated exchange may give others. */
  readonly ws: string;
  readonly rest: string;
  /** Its own name for a dollar pair of a coin, `null` where it does not trade it. */
  symbol(asset: string): string | null;
  /** The socket's whole address, where that depends on what is asked for. */
  address(ws: string, assets: readonly string[]): string;
  /** Sent one after the other once the connection is open. */
  subscriptions(assets: readonly string[]): readonly string[];
  /** Sent every so often to keep the connection, `null` where nothing is needed. */
  readonly ping: { readonly everySeconds: number; readonly text: string } | null;
  /** Silent for longer, the connection is taken for dead. */
  readonly silenceSeconds: number;
  /** Parses a text where `JSON.parse` would lose what the reader needs, such as the digits of numbers. Throws as it does. */
  parse?(text: string): unknown;
  /** A reader for a new connection. */
  reader(assets: readonly string[]): SpotReader;
  /** The REST fallback: where the price is asked for while the socket is down, and how the answer is read. */
  readonly fallback: {
    path(asset: string): string;
    /** Reads one parsed answer into `quote` and `trade` of the sink, or refuses it. */
    read(asset: string, body: unknown, sink: SpotSink): void;
  };
}
