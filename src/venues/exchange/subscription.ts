/**
 * One subscription of a connection, and the channels there are (KALSHI.md 5.4).
 * @module
 */

import type { IndexId } from "./index_process.ts";

interface ChannelTraits {
  /** Whether its frames count in `seq`. */
  readonly sequenced: boolean;
  /** What its filter is made of. */
  readonly filter: "markets" | "indices" | "none";
  readonly marketsRequired: boolean;
}

/** The channels this exchange serves. */
export const CHANNELS = {
  orderbook_delta: { sequenced: true, filter: "markets", marketsRequired: true },
  ticker: { sequenced: false, filter: "markets", marketsRequired: false },
  trade: { sequenced: true, filter: "markets", marketsRequired: false },
  fill: { sequenced: false, filter: "markets", marketsRequired: false },
  user_orders: { sequenced: false, filter: "markets", marketsRequired: false },
  market_positions: { sequenced: false, filter: "markets", marketsRequired: false },
  market_lifecycle_v2: { sequenced: true, filter: "none", marketsRequired: false },
  order_group_updates: { sequenced: true, filter: "none", marketsRequired: false },
  cfbenchmarks_value_5hz: { sequenced: true, filter: "indices", marketsRequired: false },
  cfbenchmarks_value: { sequenced: true, filter: "indices", marketsRequired: false },
} as const satisfies Record<string, ChannelTraits>;

export type Channel = keyof typeof CHANNELS;

export const isChannel = (name: string): name is Channel => Object.hasOwn(CHANNELS, name);

export class Subscription {
  readonly sid: number;
  readonly channel: Channel;
  /** `null` for all markets. */
  tickers: Set<string> | null;
  readonly indices = new Set<IndexId>();
  yesPrice = false;
  /** Shortens the `ok` of a ticker subscription. */
  skipAck = false;
  /** A frame that the fault `reorder-delta` holds back until the next one is out. */
  held: string | null = null;
  #seq = 0;

  constructor(sid: number, channel: Channel, tickers: readonly string[] | null) {
    this.sid = sid;
    this.channel = channel;
    this.tickers = tickers === null ? null : new Set(tickers);
  }

  /** The next number of this subscription's own sequence: it counts from 1 (KALSHI.md 5.5). */
  nextSeq(): number {
    return ++this.#seq;
  }

  hears(ticker: string): boolean {
    return this.tickers === null || this.tickers.has(ticker);
  }
}
