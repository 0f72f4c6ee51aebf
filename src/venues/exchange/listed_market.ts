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
import { type Series, shardOf } from "./series.ts";

/** The newest trade of a market, as its ticker and its body tell it. */
export interface LastTrade {
  readonly price: Price;
  readonly count: Count;
}

/** A strike of type `custom`: a word instead of numbers. */
export interface CustomStrike {
  /** As `custom_strike` prints it: `{"Cut":"25"}`. */
  readonly body: Readonly<Record<string, string>>;
  /** Whether a settlement number makes the market pay. */
  readonly holds: (value: number) => boolean;
}

/** What is fixed about a market when it is listed. */
export interface MarketTerms<Kind extends Series = Series> {
  readonly series: Kind;
  readonly ticker: string;
  readonly event: string;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  readonly strikeType: StrikeType;
  /** Dollars; `null` where the market has none, or until the exchange names it. */
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  /** Absent for strikes that numbers tell. */
  readonly customStrike?: CustomStrike;
}

/** The ranges and the grid of a structure, by name. */
function gridOf(structure: string): { readonly ranges: readonly PriceRange[]; readonly grid: PriceGrid } {
  const ranges = NAMED_PRICE_RANGES[structure];
  const grid = PriceGrid.from(ranges ?? []);
  if ("error" in grid) throw new Error(`Price structure ${structure}: ${grid.error}`);
  return { ranges, grid };
}

export class ListedMarket<Kind extends Series = Series> implements PositionMarket {
  readonly terms: MarketTerms<Kind>;
  /** The UUID that frames call `market_id`. */
  readonly id: string;
  readonly shard: number;
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

  constructor(terms: MarketTerms<Kind>, createdAt: Micros, id: string) {
    this.terms = terms;
    this.id = id;
    this.shard = shardOf(terms.series);
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
    this.floorStrike = terms.floorStrike;
    const { ranges, grid } = gridOf(terms.series.structure);
    this.#structure = terms.series.structure;
    this.#ranges = ranges;
    this.#grid = grid;
  }

  get series(): Kind {
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
    return this.floorStrike !== null || this.terms.capStrike !== null || this.terms.customStrike !== undefined;
  }

  /** Takes the settlement number and what follows from it. A market whose strike was never named resolves to No. */
  decide(expirationValue: number): void {
    const { strikeType, capStrike, customStrike } = this.terms;
    this.expirationValue = expirationValue;
    const decided = customStrike === undefined
      ? outcome(strikeType, expirationValue, this.floorStrike, capStrike)
      : customStrike.holds(expirationValue)
      ? "yes"
      : "no";
    this.result = this.hasStrike ? decided ?? "no" : "no";
  }

  /** What one YES contract pays; `null` before it is known. */
  get yesValue(): Price | null {
    return this.result === "" ? null : (this.result === "yes" ? 10_000 : 0) as Price;
  }
}
