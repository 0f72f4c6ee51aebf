/**
 * A recorded market, kept as the tape tells it: its book, its quotes, and where it is in its life.
 * @module
 */

import type { Side } from "../../../core/order.ts";
import { parseTicker, seriesOf } from "../../../core/ticker.ts";
import {
  type Count,
  type Micros,
  micros,
  MICROS_PER_MILLISECOND,
  MICROS_PER_MINUTE,
  ONE_DOLLAR_PRICE,
  parseCount,
  parsePrice,
  type Price,
} from "../../../core/units.ts";
import { Account } from "../account.ts";
import { ListedMarket, type MarketTerms } from "../listed_market.ts";
import type { BookOrder } from "../order.ts";
import { type CryptoSeries, LADDER_SERIES, LISTED_SERIES, type Series } from "../series.ts";
import type { Message, TapeFrame, TapeMarket } from "./tape.ts";

const WINDOW = 15 * MICROS_PER_MINUTE;
/** After the close a 15-minute market is settled (KALSHI.md 8.1). */
const SETTLED_DELAY = 8_100 * MICROS_PER_MILLISECOND;
const NOBODY = new Account(0);

/** A series that the simulated exchange lists itself, or what can be told of another by its name. */
export function seriesNamed(ticker: string, structure: string | null): CryptoSeries {
  const known = [...LISTED_SERIES, ...LADDER_SERIES].find((series) => series.ticker === ticker);
  if (known !== undefined) return structure === null ? known : { ...known, structure };
  return {
    kind: "crypto",
    ticker,
    title: ticker,
    coin: ticker.replace(/^KX|15M$/g, ""),
    index: "BRTI",
    indexName: "the recorded source",
    shape: "up_down",
    frequency: "fifteen_min",
    structure: structure ?? "linear_cent",
    settlementTimerSeconds: 1,
  };
}

function termsOf({ ticker, firstAt, lastAt, settlement }: TapeMarket, series: Series): MarketTerms {
  const parsed = parseTicker(ticker);
  const named = parsed !== null && "closeTime" in parsed ? parsed.closeTime : null;
  const closeTime = settlement?.closeTime ?? named ?? lastAt;
  return {
    series,
    ticker,
    event: parsed?.event ?? ticker,
    openTime: settlement?.openTime ?? (named === null ? firstAt : micros(named - WINDOW)),
    closeTime,
    strikeType: settlement?.strikeType ?? "greater_or_equal",
    floorStrike: settlement?.floorStrike ?? null,
    capStrike: null,
  };
}

const text = (msg: Message, name: string): string => {
  const value = msg[name];
  return typeof value === "string" ? value : "";
};

export class ReplayedMarket {
  readonly listed: ListedMarket;
  readonly #tape: TapeMarket;
  /** One anonymous order for each level, by side and price. */
  readonly #levels = new Map<string, BookOrder>();

  constructor(tape: TapeMarket, series: Series) {
    this.#tape = tape;
    const terms = termsOf(tape, series);
    this.listed = new ListedMarket(terms, terms.openTime, "");
  }

  /** Takes one of its frames. Levels that go below zero, or that cannot be read, are the tape's and are left out. */
  take({ type, msg }: TapeFrame): void {
    if (type === "orderbook_snapshot") this.#reset(msg);
    else if (type === "orderbook_delta") {
      const side = text(msg, "side") === "yes" ? "bid" : "ask";
      this.#change(side, text(msg, "price_dollars"), parseCount(text(msg, "delta_fp")) ?? 0);
    } else if (type === "trade") {
      const [price, count] = [parsePrice(text(msg, "yes_price_dollars")), parseCount(text(msg, "count_fp"))];
      if (price === null || count === null) return;
      this.listed.last = { price, count };
      this.listed.volume += count;
    }
  }

  #reset(msg: Message): void {
    for (const order of this.#levels.values()) this.listed.book.remove(order);
    this.#levels.clear();
    for (const [side, name] of [["bid", "yes_dollars_fp"], ["ask", "no_dollars_fp"]] as const) {
      const levels = msg[name];
      if (!Array.isArray(levels)) continue;
      for (const level of levels) {
        if (Array.isArray(level)) this.#change(side, String(level[0]), parseCount(String(level[1])) ?? 0);
      }
    }
  }

  /** NO levels come in NO prices; the book inside has YES prices on both sides. */
  #change(side: Side, priceText: string, by: number): void {
    const told = parsePrice(priceText);
    if (told === null) return;
    const price = (side === "bid" ? told : ONE_DOLLAR_PRICE - told) as Price;
    const key = `${side} ${price}`;
    const order = this.#levels.get(key);
    const size = (order?.remaining ?? 0) + by;
    if (order !== undefined) this.listed.book.remove(order);
    this.#levels.delete(key);
    if (size <= 0) return;
    const level: BookOrder = { owner: 0, account: NOBODY, member: null, side, price, remaining: size as Count };
    this.#levels.set(key, level);
    this.listed.book.rest(level);
  }

  /** Where it is in its life at this time: settled only where the recording knows the result. */
  moveTo(now: Micros): void {
    const { listed } = this;
    const { settlement } = this.#tape;
    if (now < listed.openTime) listed.status = "initialized";
    else if (now < listed.closeTime) listed.status = "active";
    else listed.status = "closed";
    const paidAt = micros(settlement?.settledAt ?? listed.closeTime + SETTLED_DELAY);
    if (settlement === null || settlement.result === null || now < paidAt) return;
    listed.result = settlement.result;
    listed.expirationValue = settlement.expirationValue;
    listed.settledAt = paidAt;
    listed.status = "finalized";
  }
}

/** The series of all these markets, each once. */
export function seriesOfTape(markets: readonly TapeMarket[]): ReadonlyMap<string, Series> {
  const found = new Map<string, Series>();
  for (const { ticker, settlement } of markets) {
    const name = seriesOf(ticker);
    if (!found.has(name)) found.set(name, seriesNamed(name, settlement?.priceStructure ?? null));
  }
  return found;
}
