/**
 * Every state that the exchange's own books have been in, so that a book somewhere else can be held against them: one that is
 * believed must be a state that the exchange's book once had, whatever became of the frames in between.
 * @module
 */

import type { Book } from "../../src/core/book.ts";
import type { Ladder } from "../../src/core/ladder.ts";
import { MICROS_PER_SECOND, ONE_DOLLAR_PRICE } from "../../src/core/units.ts";
import type { Exchange } from "../../src/venues/exchange/exchange.ts";
import type { ListedMarket } from "../../src/venues/exchange/listed_market.ts";

/** Sums over the levels of a book that tell two books apart, cheap to keep up to date. */
class Fingerprint {
  readonly #sums = [0, 0, 0, 0, 0, 0];

  add(side: "yes" | "no", price: number, size: number): void {
    const at = side === "yes" ? 0 : 3;
    this.#sums[at] += size;
    this.#sums[at + 1] += size * price;
    // Keeps below 2^53 for any book there is.
    this.#sums[at + 2] += size * ((price * price) % 8_191);
  }

  get text(): string {
    return this.#sums.join(" ");
  }
}

const LEVELS_MAX = 10_000;

function addLadder(print: Fingerprint, side: "yes" | "no", ladder: Ladder): void {
  for (const [price, size] of ladder.top(LEVELS_MAX)) print.add(side, price, size);
}

function printOf(market: ListedMarket): Fingerprint {
  const print = new Fingerprint();
  for (const [price, size] of market.book.levels("bid")) print.add("yes", price, size);
  for (const [price, size] of market.book.levels("ask")) print.add("no", ONE_DOLLAR_PRICE - price, size);
  return print;
}

interface Past {
  readonly now: Fingerprint;
  /** When each state that it was in ended; the one it is in has not. */
  readonly ended: Map<string, number>;
}

export class TrueBooks {
  readonly #exchange: Exchange;
  readonly #pasts = new Map<string, Past>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    for (const market of exchange.markets.values()) this.#begin(market.ticker, printOf(market));
    exchange.listen((event) => {
      if (event.type !== "book") return;
      const { market, side, price, delta } = event;
      // A market that was not there at the start began empty.
      const past = this.#pasts.get(market.ticker) ?? this.#begin(market.ticker, new Fingerprint());
      past.ended.set(past.now.text, exchange.now);
      if (side === "bid") past.now.add("yes", price, delta);
      else past.now.add("no", ONE_DOLLAR_PRICE - price, delta);
      past.ended.set(past.now.text, Infinity);
    });
  }

  /** Seconds since the exchange's book of this market was last like this one: 0 where it is, infinite where it never was. */
  age(ticker: string, book: Book): number {
    const ended = this.#pasts.get(ticker)?.ended.get(this.#print(book));
    return ended === undefined ? Infinity : Math.max(0, this.#exchange.now - ended) / MICROS_PER_SECOND;
  }

  /** Whether the exchange's book of this market is like this one. */
  is(ticker: string, book: Book): boolean {
    const market = this.#exchange.markets.get(ticker);
    return market !== undefined && printOf(market).text === this.#print(book);
  }

  #print(book: Book): string {
    const print = new Fingerprint();
    addLadder(print, "yes", book.yes);
    addLadder(print, "no", book.no);
    return print.text;
  }

  #begin(ticker: string, now: Fingerprint): Past {
    const past = { now, ended: new Map([[now.text, Infinity]]) };
    this.#pasts.set(ticker, past);
    return past;
  }
}
