/**
 * A market on the simulated exchange: its life, its book and what traded.
 * @module
 */

import type { MarketResult, MarketStatus, PriceRange, StrikeType } from "../../core/market.ts";
import { NAMED_PRICE_RANGES, PriceGrid } from "../../core/price_grid.ts";
import { outcome } from "../../core/settlement.ts";
import type { Count, Micros, Price } from "../../core/units.ts";
import type { PositionMarket } from "./account.ts";
import { CandleStore } from "./candles.ts";
import { MatchingBook } from "./matching.ts";
import type { BookOrder } from "./order.ts";
import { CRYPTO_SHARD, type Series } from "./series.ts";

/** The newest trade of a market, as its ticker and its body tell it. */
export interface LastTrade {
  readonly price: Price;
  readonly count: Count;
}

/** What is fixed about a market when it is listed. */
export interface MarketTerms {
  readonly series: Series;
  readonly ticker: string;
  readonly event: string;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  readonly strikeType: StrikeType;
  /** Dollars; `null` where the market has none, or until the exchange names it. */
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
}

/** The ranges and the grid of a structure, by name. */
function gridOf(structure: string): { readonly ranges: readonly PriceRange[]; readonly grid: PriceGrid } {
  const ranges = NAMED_PRICE_RANGES[structure];
  const grid = PriceGrid.from(ranges ?? []);
  if ("error" in grid) throw new Error(`Price structure ${structure}: ${grid.error}`);
  return { ranges, grid };
}

export class ListedMarket implements PositionMarket {
  readonly terms: MarketTerms;
  /** The UUID that frames call `market_id`. */
  readonly id: string;
  readonly shard = CRYPTO_SHARD;
  readonly createdAt: Micros;
  updatedAt: Micros;
  status: MarketStatus = "initialized";
  floorStrike: number | null;
  result: MarketResult = "";
  /** The settlement number, once determined. */
  expirationValue: number | null = null;
  settledAt: Micros | null = null;
  last: LastTrade | null = null;
  /** In 0.01 contracts. */
  volume = 0;
  openInterest = 0;
  /** Micro-dollars traded. */
  dollarVolume = 0;
  readonly book = new MatchingBook<BookOrder>();
  readonly candles = new CandleStore();
  /** What the last ticker message said, to say nothing twice. */
  tickerSaid = "";
  #structure: string;
  #ranges: readonly PriceRange[];
  #grid: PriceGrid;

  constructor(terms: MarketTerms, createdAt: Micros, id: string) {
    this.terms = terms;
    this.id = id;
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
    this.floorStrike = terms.floorStrike;
    const { ranges, grid } = gridOf(terms.series.structure);
    this.#structure = terms.series.structure;
    this.#ranges = ranges;
    this.#grid = grid;
  }

  get series(): Series {
    return this.terms.series;
  }

  get ticker(): string {
    return this.terms.ticker;
  }

  get event(): string {
    return this.terms.event;
  }

  get openTime(): Micros {
    return this.terms.openTime;
  }

  get closeTime(): Micros {
    return this.terms.closeTime;
  }

  /** The name of its price grid: it can change while the market is open. */
  get structure(): string {
    return this.#structure;
  }

  set structure(name: string) {
    const { ranges, grid } = gridOf(name);
    this.#structure = name;
    this.#ranges = ranges;
    this.#grid = grid;
  }

  get ranges(): readonly PriceRange[] {
    return this.#ranges;
  }

  get grid(): PriceGrid {
    return this.#grid;
  }

  /** Whether traders can tell what it pays on: a quarter-hour market has no strike in its first moment. */
  get hasStrike(): boolean {
    return this.floorStrike !== null || this.terms.capStrike !== null;
  }

  /** Takes the settlement number and what follows from it. A market whose strike was never named resolves to No. */
  decide(expirationValue: number): void {
    const { strikeType, capStrike } = this.terms;
    this.expirationValue = expirationValue;
    this.result = this.hasStrike ? outcome(strikeType, expirationValue, this.floorStrike, capStrike) ?? "no" : "no";
  }

  /** What one YES contract pays; `null` before it is known. */
  get yesValue(): Price | null {
    return this.result === "" ? null : (this.result === "yes" ? 10_000 : 0) as Price;
  }
}
