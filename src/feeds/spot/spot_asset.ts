/**
 * What one exchange says of one asset, judged as it comes in (D13): nothing that cannot be so gets in, and whatever is
 * refused has a reason. Prices come in dollars, sizes in coins.
 *
 * | found | what becomes of it |
 * | --- | --- |
 * | a price or size that is no number, not positive | refused; inside a book: the book is out of sync |
 * | a price far from the recent ones | refused until it has shown to be meant; a book that stands there is not given out |
 * | a stamp that is no time, or ahead of the clock | refused; inside a book: only the stamp is |
 * | a trade older than others already known | a little: counted, but not the last price; more: refused |
 * | a book older than the one known | the book is out of sync |
 * | a trade known from the connection before | passed over in silence: exchanges repeat the last ones |
 * | a crossed or one-sided book or quote | kept as it is; it says so itself |
 * | a book that stays crossed | something was missed: the book is out of sync |
 * @module
 */

import { SpotBook, type SpotSide } from "../../core/spot_book.ts";
import { type Micros, MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { JumpGuard } from "./jump_guard.ts";
import type { SpotLast, SpotQuote, SpotVwap } from "./source.ts";
import { TradeWindow } from "./trade_window.ts";

/** A stamp further ahead of the clock is wrong; so much a clock may be off. */
const AHEAD_MAX = MICROS_PER_MINUTE;
/** The last trade of a quiet coin may be from yesterday. */
const PAST_MAX = MICROS_PER_DAY;
/** Messages of one exchange may come so much out of order: they leave several machines. */
const DISORDER_MAX = 5 * MICROS_PER_SECOND;
/** A book is asked for anew once holes may begin behind this share of the levels that it could have. */
const WHOLE_SHARE_MIN = 0.25;

/** Why something was refused, `null` where it was not. */
export type Refused = string | null;

export class SpotAsset {
  readonly asset: string;
  readonly #book = new SpotBook();
  readonly #window: TradeWindow;
  readonly #guard = new JumpGuard();
  #phase: "none" | "beginning" | "synced" = "none";
  /** The book's prices jumped, and have not shown to be meant. */
  #jumped = false;
  #bookAt: Micros | null = null;
  #bookStamp = 0;
  #crossedSince: Micros | null = null;
  #quote: SpotQuote | null = null;
  #last: SpotLast | null = null;
  #newestTrade = 0;
  /** Trades up to here were heard on connections before this one. */
  #knownTo = 0;
  #connectedAt = 0;
  #heardAt: Micros | null = null;
  #latency: number | null = null;

  /** @param window length of the window of trades, in microseconds */
  constructor(asset: string, window: number) {
    this.asset = asset;
    this.#window = new TradeWindow(window);
  }

  /** In sync and where it can be believed to be; else `null`. */
  get book(): SpotBook | null {
    return this.#phase === "synced" && !this.#jumped ? this.#book : null;
  }

  /** Not begun, or lost since: what is heard of it is passed over until it begins. */
  get isLost(): boolean {
    return this.#phase === "none";
  }

  get bookAt(): Micros | null {
    return this.book === null ? null : this.#bookAt;
  }

  get last(): SpotLast | null {
    return this.#last;
  }

  get heardAt(): Micros | null {
    return this.#heardAt;
  }

  get latency(): number | null {
    return this.#latency;
  }

  /** Best bid and ask: the book's where it is in sync and goes on. */
  get quote(): SpotQuote | null {
    if (this.book === null || this.#bookAt === null) return this.#quote;
    if (this.#quote !== null && this.#quote.at > this.#bookAt + DISORDER_MAX) return this.#quote;
    const { bids, asks, bid, ask } = this.#book;
    const bidSize = bid === null ? 0 : bids.sizes[0];
    const askSize = ask === null ? 0 : asks.sizes[0];
    return { bid, bidSize, ask, askSize, at: this.#bookAt };
  }

  vwap(now: Micros): SpotVwap | null {
    return this.#window.vwap(now);
  }

  /** A connection opened. */
  connected(now: Micros): void {
    this.#connectedAt = now;
    this.#knownTo = this.#newestTrade;
    this.lose();
  }

  /** The book is not to be believed until it begins anew. */
  lose(): void {
    this.#phase = "none";
    this.#jumped = false;
    this.#bookAt = null;
  }

  /** A public trade. */
  trade(price: number, size: number, time: Micros | null, now: Micros): Refused {
    if (!isPositive(size)) return "size of a trade is not positive";
    const wrong = judgePrice(price) ?? judgeTime(time, now);
    if (wrong !== null) return wrong;
    if (time !== null && time <= this.#knownTo) return null;
    if (time !== null && time < this.#newestTrade - DISORDER_MAX) return "trade older than those before it";
    if (!this.#guard.accepts(price, now)) return "price jumped";
    this.#heard(time, now);
    this.#window.push(price, size, time === null || time > now ? now : time);
    if (time !== null && time < this.#newestTrade) return null;
    this.#newestTrade = time ?? this.#newestTrade;
    this.#last = { price, at: now };
    return null;
  }

  /** The price that the REST fallback gives: it says nothing of volume. */
  lastPrice(price: number, time: Micros | null, now: Micros): Refused {
    const wrong = judgePrice(price) ?? judgeTime(time, now);
    if (wrong !== null) return wrong;
    if (!this.#guard.accepts(price, now)) return "price jumped";
    this.#heardAt = now;
    if (time !== null && time < this.#newestTrade) return null;
    this.#last = { price, at: now };
    return null;
  }

  quoted(bid: number, bidSize: number, ask: number, askSize: number, time: Micros | null, now: Micros): Refused {
    const wrong = judgePrice(bid) ?? judgePrice(ask) ?? judgeTime(time, now);
    if (wrong !== null) return wrong;
    if (!(bidSize >= 0 && bidSize < Infinity && askSize >= 0 && askSize < Infinity)) {
      return "size of a quote is negative";
    }
    if (!this.#guard.accepts((bid + ask) / 2, now)) return "price jumped";
    this.#heard(time, now);
    this.#quote = { bid, bidSize, ask, askSize, at: now };
    return null;
  }

  bookBegins(): void {
    this.#book.clear();
    this.#crossedSince = null;
    this.#phase = "beginning";
    this.#bookStamp = 0;
  }

  /** Passed over while the book is out of sync. */
  level(side: "bid" | "ask", price: number, size: number): Refused {
    if (this.#phase === "none") return null;
    const wrong = judgePrice(price) ?? (size >= 0 && size < Infinity ? null : "size of a level is negative");
    if (wrong === null) this.#book.set(side, price, size);
    else this.lose();
    return wrong;
  }

  bookEnds(time: Micros | null, now: Micros): Refused {
    if (this.#phase === "none") return null;
    const wrong = judgeTime(time, now);
    const stamp = wrong === null ? time : null;
    if (stamp !== null && stamp < this.#bookStamp - DISORDER_MAX) {
      this.lose();
      return "book older than the one before it";
    }
    this.#heard(stamp, now);
    if (stamp !== null) this.#bookStamp = Math.max(this.#bookStamp, stamp);
    this.#phase = "synced";
    this.#bookAt = now;
    return wrong ?? this.#judgeMid(now);
  }

  /** Since when the book is crossed without a break, `null` while it is not. */
  get crossedSince(): Micros | null {
    return this.#phase === "synced" ? this.#crossedSince : null;
  }

  /** Levels fell off the book's end, and the price came near to where: it should be asked for anew. */
  get isShallow(): boolean {
    return this.#phase === "synced" &&
      (this.#isShallow("bid", this.#book.bids) || this.#isShallow("ask", this.#book.asks));
  }

  #isShallow(side: "bid" | "ask", { fallen, prices }: SpotSide): boolean {
    return fallen !== null && this.#book.whole(side) < prices.length * WHOLE_SHARE_MIN;
  }

  #judgeMid(now: Micros): Refused {
    const { mid, crossed } = this.#book;
    this.#crossedSince = crossed ? this.#crossedSince ?? now : null;
    if (mid === null || crossed) return null;
    const jumpedBefore = this.#jumped;
    this.#jumped = !this.#guard.accepts(mid, now);
    return this.#jumped && !jumpedBefore ? "book jumped" : null;
  }

  #heard(time: Micros | null, now: Micros): void {
    this.#heardAt = now;
    // What happened before the connection was made was told late because of that.
    if (time !== null && time >= this.#connectedAt) this.#latency = now - time;
  }
}

const isPositive = (value: number): boolean => value > 0 && value < Infinity;

const judgePrice = (price: number): Refused => isPositive(price) ? null : "price is not positive";

function judgeTime(time: Micros | null, now: Micros): Refused {
  if (time === null) return null;
  if (!Number.isSafeInteger(time)) return "time is none";
  if (time > now + AHEAD_MAX) return "time is ahead of the clock";
  return time < now - PAST_MAX ? "time is long past" : null;
}
