/**
 * One Kalshi market and the token that mirrors it, while both trade: follows the token's book and says when the quote of
 * the Kalshi market's YES changes.
 * @module
 */

import type { PeerQuoteInput } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import type { Micros } from "../../core/units.ts";
import type { MarketEvent, Touch } from "./market_messages.ts";
import type { PeerPair } from "./pair_map.ts";
import { type BestLevels, TokenBook } from "./token_book.ts";
import { NO_QUOTE, sameQuote, yesQuote } from "./yes_quote.ts";

/** Why something was refused, `null` where it was not. */
export type Refused = string | null;

export class Peer {
  readonly pair: PeerPair;
  readonly market: Market;
  readonly token: string;
  readonly #book = new TokenBook();
  /** Of the newest whole book: what happened before is in it. */
  #bookTime = 0;
  #time: Micros;
  #told: BestLevels = NO_QUOTE;
  #live = false;

  constructor(pair: PeerPair, market: Market, token: string, now: Micros) {
    this.pair = pair;
    this.market = market;
    this.token = token;
    this.#time = now;
  }

  /** The book is believed, and the socket has told of it since it began: it will tell of what comes, too. */
  get live(): boolean {
    return this.#live && this.#book.believed;
  }

  /** A whole book. @param live from the socket */
  begin(book: Extract<MarketEvent, { type: "book" }>, live: boolean): Refused {
    if (book.time < this.#bookTime) return "book older than the one before it";
    this.#live = live;
    this.#book.begin(book.bids, book.asks);
    this.#bookTime = book.time;
    this.#time = book.time;
    return null;
  }

  /** Changes of this token among those of a message, and what the venue says the touch is after them. */
  change({ changes, touches, time }: Extract<MarketEvent, { type: "changes" }>): Refused {
    if (!this.#book.believed || time < this.#bookTime) return null;
    if (time < this.#time) return this.#doubted("time before the last");
    this.#live = true;
    this.#time = time;
    for (const { token, side, level: [price, size] } of changes) {
      if (token === this.token) this.#book.set(side, price, size);
    }
    const touch = touches.find(({ token }) => token === this.token);
    return touch === undefined || this.#agrees(touch) ? null : this.#doubted("best prices differ: a message was lost");
  }

  /** Nothing is believed of it until its book begins anew. */
  doubt(): void {
    this.#book.doubt();
  }

  /** The quote to tell, where it is another one than was told before. */
  news(at: Micros): PeerQuoteInput | null {
    const quote = this.#book.believed ? yesQuote(this.#book.tradable(), this.pair.polymarket.inverted) : NO_QUOTE;
    if (sameQuote(quote, this.#told)) return null;
    this.#told = quote;
    const { ticker } = this.market;
    return { type: "peer_quote", venue: "polymarket", ticker, ...quote, sourceTime: this.#time, at };
  }

  #agrees({ bid, ask }: Touch): boolean {
    const own = this.#book.touch();
    return own.bid === bid && own.ask === ask;
  }

  #doubted(reason: string): Refused {
    this.#book.doubt();
    return reason;
  }
}
