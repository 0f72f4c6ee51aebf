/**
 * What is known by everything that was heard: the books, in step with the exchange, and all else that somebody has to be told who
 * begins to listen now. Whoever publishes a feed and whoever takes it keep one each, by the same rules, so that they are the same.
 *
 * | heard | kept |
 * | --- | --- |
 * | markets | until a day after they closed |
 * | how they ended | the same |
 * | books | as changed; none that cannot be believed |
 * | values of a second of an index | as many as a volatility needs |
 * | minutes of a price | as many as the statistics of volatility need |
 * | weather and rates | the newest of each station |
 * | whether the exchange takes orders, whether it is connected | the newest word |
 * | spot prices, quotes elsewhere, options, live values, trades | nothing: they come again, or are over |
 *
 * @module
 */

import { Book } from "../../core/book.ts";
import type { BookDeltaInput, BookSnapshotInput, Input, SequencePoint } from "../../core/input.ts";
import { MINUTES_KEPT } from "../../core/price_history.ts";
import { SequenceGuard } from "../../core/sequence.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";

interface Kept {
  readonly input: Input;
  /** When it was heard, as a number that counts up. */
  readonly serial: number;
}

/** Open at once and closed for less than a day, of every series that there is. */
const MARKETS_MAX = 20_000;
/** Markets that are over are looked for so often, and not at each of the thousands that a keyframe brings. */
const LOOK_EVERY = MICROS_PER_MINUTE;
/** Of one index by one source: twice what a volatility needs at most. */
const INDEX_VALUES_MAX = 600;
/** Different things that are kept beside markets. */
export const KEYS_MAX = 1_000;
const ENDINGS_MAX = 4;
/** Of two climate days, every five minutes. */
const OBSERVATIONS_MAX = 600;
const REPORTS_MAX = 4;

/** Under which name an input is kept, and how many of it; `null` for what is not. */
function keptAs(input: Input): { readonly key: string; readonly most: number } | null {
  switch (input.type) {
    case "index":
      if (input.live === true) return null;
      return { key: `index ${input.index} ${input.source} ${input.exchange ?? ""}`, most: INDEX_VALUES_MAX };
    case "minute":
      return { key: `minute ${input.asset}`, most: MINUTES_KEPT };
    case "weather_observation":
      return { key: `observation ${input.station}`, most: OBSERVATIONS_MAX };
    case "weather_forecast":
      return { key: `forecast ${input.station}`, most: 1 };
    case "climate_report":
      return { key: `report ${input.station} ${input.source}`, most: REPORTS_MAX };
    case "fed_funds":
    case "exchange_status":
      return { key: input.type, most: 1 };
    case "link":
      return { key: `link ${input.link}`, most: 1 };
    default:
      return null;
  }
}

export class Mirror {
  readonly #markets = new Map<string, Kept>();
  readonly #endings = new Map<string, readonly Kept[]>();
  readonly #books = new Map<string, Book>();
  readonly #kept = new Map<string, Kept[]>();
  #guard = new SequenceGuard();
  #serial = 0;
  /** When markets that are over were looked for last, by the time of what was heard. */
  #lookedAt = -Infinity;

  /** Heard so far. What is kept from after it is asked for by {@link since}. */
  get serial(): number {
    return this.#serial;
  }

  /** @returns what an engine has to hear of it: books without their place in a sequence, which was judged here */
  take(input: Input): readonly Input[] {
    this.#serial++;
    switch (input.type) {
      case "market":
        this.#market(input.market.ticker, { input, serial: this.#serial }, input.at);
        return [input];
      case "lifecycle":
        this.#ending(input.ticker, { input, serial: this.#serial });
        return [input];
      case "book_snapshot":
        return this.#snapshot(input);
      case "book_delta":
        return this.#delta(input);
      case "sequence":
        return this.#judge(input.sequence, input.at).stale;
      case "book_stale":
        return this.#makeStale(input.tickers === "all" ? this.#books.keys() : input.tickers, input.reason)
          ? [input]
          : [];
      default:
        this.#keep(input);
        return [input];
    }
  }

  /**
   * What somebody has to hear who heard everything up to a serial: what is kept and newer, and all books that can be believed.
   *
   * @param serial -1 for somebody who heard nothing
   */
  since(serial: number, at: Micros): Input[] {
    const kept = [...this.#kept.values(), [...this.#markets.values()], ...this.#endings.values()].flat();
    const newer = kept.filter((each) => each.serial > serial).sort((a, b) => a.serial - b.serial);
    return [...newer.map(({ input }): Input => ({ ...input, at })), ...this.snapshots(this.#books.keys(), at)];
  }

  /** The books of these markets, those that can be believed and are not over. */
  snapshots(tickers: Iterable<string>, at: Micros): Input[] {
    const found: Input[] = [];
    for (const ticker of tickers) {
      const book = this.#books.get(ticker);
      if (book?.phase !== "synced" || this.#isOver(ticker, at)) continue;
      const [yes, no] = [book.yes.top(book.yes.levels), book.no.top(book.no.levels)];
      found.push({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null });
    }
    return found;
  }

  /** Books that the venue has to be asked for. */
  wanted(at: Micros): string[] {
    return [...this.#books].flatMap(([ticker, { phase }]) =>
      phase === "stale" && !this.#isOver(ticker, at) ? [ticker] : []
    );
  }

  /** Begins anew with what a keyframe says; serials go on. */
  reset(inputs: readonly Input[]): void {
    for (const each of [this.#markets, this.#endings, this.#books, this.#kept]) each.clear();
    this.#guard = new SequenceGuard();
    this.#lookedAt = -Infinity;
    for (const input of inputs) this.take(input);
  }

  #market(ticker: string, kept: Kept, at: Micros): void {
    this.#markets.delete(ticker);
    this.#markets.set(ticker, kept);
    if (!this.#books.has(ticker)) {
      const book = new Book();
      // A hole before its first snapshot makes it stale, too.
      book.awaitSnapshot();
      this.#books.set(ticker, book);
    }
    if (this.#markets.size > MARKETS_MAX) {
      const [oldest] = this.#markets.keys();
      this.#forget(oldest);
    }
    if (at - this.#lookedAt >= LOOK_EVERY) this.#forgetOver(at);
  }

  #forgetOver(at: Micros): void {
    this.#lookedAt = at;
    const before = micros(Math.max(0, at - MICROS_PER_DAY));
    for (const ticker of this.#markets.keys()) if (this.#isOver(ticker, before)) this.#forget(ticker);
  }

  #isOver(ticker: string, at: Micros): boolean {
    const input = this.#markets.get(ticker)?.input;
    return input?.type === "market" && input.market.closeTime < at;
  }

  #forget(ticker: string): void {
    this.#markets.delete(ticker);
    this.#endings.delete(ticker);
    this.#books.delete(ticker);
    this.#guard.forget(ticker);
  }

  #ending(ticker: string, kept: Kept): void {
    if (!this.#markets.has(ticker)) return;
    this.#endings.set(ticker, [...this.#endings.get(ticker) ?? [], kept].slice(-ENDINGS_MAX));
  }

  #snapshot(input: BookSnapshotInput): readonly Input[] {
    const { isNew, stale } = this.#judge(input.sequence, input.at);
    const book = this.#books.get(input.ticker);
    if (!isNew || book === undefined) return stale;
    book.replace(input.yes, input.no, input.at);
    return [{ ...input, sequence: null }];
  }

  #delta(input: BookDeltaInput): readonly Input[] {
    const { isNew, stale } = this.#judge(input.sequence, input.at);
    const book = this.#books.get(input.ticker);
    if (!isNew || book === undefined) return stale;
    switch (book.change(input.side, input.price, input.delta, input.at)) {
      case "applied":
        return [{ ...input, sequence: null }];
      case "negative":
        return [...stale, { type: "book_stale", at: input.at, tickers: [input.ticker], reason: book.staleReason }];
      case "ignored":
        return stale;
    }
  }

  /**
   * A hole makes every book stale, that of the frame behind it, too: who began to listen late does not know which markets are on
   * that subscription, and cannot see the hole but by the word of who did, which comes after the frame.
   */
  #judge(
    point: SequencePoint | null,
    at: Micros,
  ): { readonly isNew: boolean; readonly stale: readonly Input[] } {
    const verdict = point === null ? "next" : this.#guard.observe(point, null);
    if (point === null || verdict !== "gap") return { isNew: verdict !== "repeated", stale: [] };
    const reason = `Sequence gap before ${point.seq} on subscription ${point.sid}`;
    for (const book of this.#books.values()) book.markStale(reason);
    return { isNew: false, stale: [{ type: "book_stale", at, tickers: "all", reason }] };
  }

  /** Whether any of them was believed before. */
  #makeStale(tickers: Iterable<string>, reason: string): boolean {
    let any = false;
    for (const ticker of tickers) {
      const book = this.#books.get(ticker);
      if (book?.phase !== "synced") continue;
      book.markStale(reason);
      any = true;
    }
    return any;
  }

  #keep(input: Input): void {
    const as = keptAs(input);
    if (as === null) return;
    const before = this.#kept.get(as.key) ?? [];
    if (before.length === 0 && this.#kept.size >= KEYS_MAX) return;
    before.push({ input, serial: this.#serial });
    if (before.length > as.most) before.splice(0, before.length - as.most);
    this.#kept.set(as.key, before);
  }
}
