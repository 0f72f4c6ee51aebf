/**
 * What all spot exchanges together say of one asset at one moment: how far each can be believed, the composite index, and
 * the one exchange that stands in where there are too few for it.
 * @module
 */

import { BOOK_AGE_MAX, CompositeIndex } from "../../core/composite_index.ts";
import type { IndexParameters } from "../../core/index_parameters.ts";
import type { SpotInput, SpotState } from "../../core/input.ts";
import { settlementNumber } from "../../core/settlement.ts";
import { SpotOutliers } from "../../core/spot_outliers.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { SpotSource } from "./source.ts";

/**
 * Heard of longer ago, an exchange is quiet. Its book still counts among others until it is stale, but of quiet exchanges
 * alone an index would stand still and look new. Books of coins that are traded here move several times a second.
 */
const QUIET_AFTER = 3 * MICROS_PER_SECOND;

/** Without a live book a quote or a trade stands for an exchange for so long: the REST fallback asks every 3 s. */
const STAND_IN_AGE_MAX = 5 * MICROS_PER_SECOND;

/** The exchange in use gives way to one that stands before it once that has been live for so long. */
const GIVES_WAY_AFTER = 60 * MICROS_PER_SECOND;

/** The price of the single exchange that is preferred now. */
export interface SinglePrice {
  readonly exchange: string;
  readonly price: number;
}

export class AssetPrices {
  readonly asset: string;
  readonly parameters: IndexParameters;
  /** Those that trade the asset, the preferred first. */
  readonly sources: readonly SpotSource[];
  readonly states: SpotState[];
  /** The composite index, `null` while fewer exchanges count, and are not quiet, than are needed. */
  composite: number | null = null;
  single: SinglePrice | null = null;
  readonly #constituentsMin: number;
  readonly #index: CompositeIndex;
  readonly #outliers: SpotOutliers;
  readonly #mids: Float64Array;
  /** Since when each is live and not quiet without a break, NaN where it is not. */
  readonly #liveSince: Float64Array;
  readonly #quiet: Uint8Array;
  #constituents = 0;
  #preferred: SpotSource | null = null;

  constructor(asset: string, parameters: IndexParameters, sources: readonly SpotSource[], constituentsMin: number) {
    this.asset = asset;
    this.parameters = parameters;
    this.sources = sources.filter((source) => source.assets.includes(asset));
    this.states = this.sources.map(() => "down");
    this.#constituentsMin = constituentsMin;
    this.#index = new CompositeIndex(parameters, Math.max(1, this.sources.length));
    this.#outliers = new SpotOutliers(this.sources.length);
    this.#mids = new Float64Array(this.sources.length);
    this.#liveSince = new Float64Array(this.sources.length).fill(NaN);
    this.#quiet = new Uint8Array(this.sources.length);
  }

  /** Exchanges that count in the composite index and are not quiet, enough or not. */
  get constituents(): number {
    return this.#constituents;
  }

  /** Nothing was heard of its book, or of its quotes where it has none, for a while. */
  isQuiet(place: number): boolean {
    return this.#quiet[place] === 1;
  }

  /** Looks at every exchange as it is now. */
  look(now: Micros): void {
    this.sources.forEach((source, at) => {
      this.#mids[at] = midOf(source, this.asset, now);
    });
    this.#outliers.judge(this.#mids);
    this.sources.forEach((source, at) => this.#offer(source, at, now));
    const value = this.#index.value();
    this.#constituents = 0;
    this.sources.forEach((source, at) => {
      const heardAt = source.quote(this.asset)?.at ?? -Infinity;
      this.#quiet[at] = now - (source.bookAt(this.asset) ?? heardAt) > QUIET_AFTER ? 1 : 0;
      if (source.constituent && !this.isQuiet(at) && this.#index.verdict(at) === "used") this.#constituents++;
    });
    this.composite = this.#constituents >= this.#constituentsMin ? value : null;
    this.sources.forEach((source, at) => {
      const state = this.#stateOf(source, at, now);
      this.states[at] = state;
      if (state !== "live" || this.isQuiet(at)) this.#liveSince[at] = NaN;
      else if (Number.isNaN(this.#liveSince[at])) this.#liveSince[at] = now;
    });
    this.single = this.#singlePrice(now);
  }

  /** What is told of one exchange. */
  inputOf(place: number, now: Micros): SpotInput {
    const source = this.sources[place];
    const { asset } = this;
    const quote = source.quote(asset);
    const vwap = source.vwap(asset, now);
    return {
      type: "spot",
      at: now,
      exchange: source.exchange,
      asset,
      state: this.states[place],
      bid: quote?.bid ?? null,
      ask: quote?.ask ?? null,
      last: source.last(asset)?.price ?? null,
      vwap: vwap?.price ?? null,
      volume: vwap?.volume ?? 0,
      weight: this.composite === null ? 0 : this.#index.weight(place),
      age: source.age(asset, now),
      latency: source.latency(asset),
    };
  }

  /** Only constituents count, and none that stands apart from all others. */
  #offer(source: SpotSource, place: number, now: Micros): void {
    const book = source.constituent && !this.#outliers.isOutlier(place) ? source.book(this.asset) : null;
    const bookAt = source.bookAt(this.asset);
    if (book === null || bookAt === null) this.#index.withdraw(place);
    else this.#index.offer(place, book.bids, book.asks, now - bookAt);
  }

  #stateOf(source: SpotSource, place: number, now: Micros): SpotState {
    if (!source.up) return "down";
    if (this.#outliers.isOutlier(place)) return "outlier";
    if (source.constituent) {
      const verdict = this.#index.verdict(place);
      return verdict === "used" ? "live" : verdict === "absent" ? "down" : verdict;
    }
    const quote = source.quote(this.asset);
    if (quote === null) return "down";
    if (now - quote.at > BOOK_AGE_MAX) return "stale";
    if (quote.bid === null || quote.ask === null) return "one_sided";
    return quote.bid >= quote.ask ? "crossed" : "live";
  }

  /**
   * The first in order whose book is live and not quiet, but the one in use stays for as long as the other has not been so
   * for a minute: going back and forth between two prices would make moves of their difference. Without a live book the
   * first that tells any price.
   */
  #singlePrice(now: Micros): SinglePrice | null {
    const inUse = this.#preferred === null ? -1 : this.sources.indexOf(this.#preferred);
    const live = (place: number) =>
      this.sources[place].constituent && this.states[place] === "live" && !this.isQuiet(place);
    const isFree = inUse < 0 || !live(inUse);
    const place = this.sources.findIndex((_, at) =>
      live(at) && (isFree || at === inUse || now - this.#liveSince[at] >= GIVES_WAY_AFTER)
    );
    if (place >= 0) return this.#prefer(place, this.#mids[place]);
    for (let at = 0; at < this.sources.length; at++) {
      const source = this.sources[at];
      if (!source.constituent || this.#outliers.isOutlier(at)) continue;
      const price = standInOf(source, this.asset, now);
      if (price !== null) return this.#prefer(at, price);
    }
    this.#preferred = null;
    return null;
  }

  #prefer(place: number, price: number): SinglePrice {
    const source = this.sources[place];
    this.#preferred = source;
    return { exchange: source.exchange, price: settlementNumber(price, this.parameters.decimals) };
  }
}

/** NaN where its book or quote is no better than none. */
function midOf(source: SpotSource, asset: string, now: Micros): number {
  const quote = source.quote(asset);
  if (quote === null || quote.bid === null || quote.ask === null) return NaN;
  return now - quote.at > BOOK_AGE_MAX || quote.bid >= quote.ask ? NaN : (quote.bid + quote.ask) / 2;
}

/** What an exchange without a live book last said, where that is not long ago. */
function standInOf(source: SpotSource, asset: string, now: Micros): number | null {
  const quote = source.quote(asset);
  if (quote !== null && now - quote.at <= STAND_IN_AGE_MAX) {
    const mid = midOf(source, asset, now);
    if (!Number.isNaN(mid)) return mid;
  }
  const last = source.last(asset);
  return last !== null && now - last.at <= STAND_IN_AGE_MAX ? last.price : null;
}
