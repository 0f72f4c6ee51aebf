/**
 * One market as the engine follows it.
 * @module
 */

import { Book } from "../core/book.ts";
import type { BookView } from "../core/book_view.ts";
import { type ClimateEvent, climateEvent } from "../core/climate_event.ts";
import type { Market, MarketResult } from "../core/market.ts";
import { PriceGrid } from "../core/price_grid.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import { type Count, type Micros, type Money, money, ONE_DOLLAR, type Price } from "../core/units.ts";
import type { Opinion } from "../strategies/strategy.ts";
import type { BoundStrategy } from "../strategies/registry.ts";
import type { Groups, MarketGroup } from "./groups.ts";
import type { Parents } from "./pacer.ts";
import type { StrategyState } from "./strategy_states.ts";

/** What one strategy makes of a market. */
export interface Standing {
  readonly strategy: BoundStrategy;
  readonly state: StrategyState;
  /** The markets that it decides about together with this one; `null` where it decides about each by itself. */
  group: MarketGroup | null;
  /** As of the last decision; `null` before the first and after the close. */
  opinion: Opinion | null;
  /** Why nothing of it goes out here, though it may want to; `null` while it may. */
  obstacle: string | null;
  /** The word for its reason to keep still, as of the last decision; `""` where it had none. */
  code: string;
  /** What it wants in slices; `null` for nothing. */
  parents: Parents | null;
  /** When it last sent an order here; 0 before. */
  lastOrderAt: Micros;
}

/** Micro-dollars in a unit of price, for one contract. */
const MONEY_PER_PRICE = 100;

export class MarketState {
  market: Market;
  grid: PriceGrid | null;
  readonly book = new Book();
  /** The index that it settles on, `null` where the engine follows none for it. */
  readonly index: string | null;
  /** The weather that it settles on, `null` where it is on none. */
  readonly climate: ClimateEvent | null;
  /** Contracts traded so far, as far as they were heard of, hundredths. */
  traded = 0;
  /** When the best bid or ask last changed. */
  quotedAt = 0 as Micros;
  /** Of YES, by the model; NaN where it has none. */
  probability = NaN;
  /** The number of the step that decided about it last. */
  decidedIn = 0;
  /** Why the engine itself lets nothing out here; `null` while it may. */
  obstacle: string | null = null;
  /** As `determined` or the market itself named it. */
  result: MarketResult = "";
  settlementValue: Money | null = null;
  /** Whether it was heard of before it was paid out: what a listing names as over already was never followed. */
  followed = false;
  /** When the exchange last said anything of the market itself; its book and its trades do not count. */
  heardAt = 0 as Micros;
  closed = false;
  closedAt: Micros | null = null;
  settledAt: Micros | null = null;
  #bid: Price | null = null;
  #ask: Price | null = null;
  #bidSize = 0;
  #askSize = 0;
  #mark: Price | null = null;
  readonly #standings: Standing[] = [];

  constructor(market: Market) {
    this.market = market;
    this.index = settlementIndexOf(market.series);
    this.climate = this.index === null ? climateEvent(market.event) : null;
    this.grid = gridOf(market);
  }

  /** The strategies that trade it, each by itself: what stops one does not stop the others. */
  get standings(): readonly Standing[] {
    return this.#standings;
  }

  /** One more strategy is asked about it from now on, if it trades such markets. */
  join(strategy: BoundStrategy, state: StrategyState, groups: Groups): void {
    if (!strategy.trades(this.market.series)) return;
    const key = "groupOf" in strategy ? strategy.groupOf(this.market) : null;
    if ("groupOf" in strategy && key === null) return;
    const lastOrderAt = 0 as Micros;
    const standing: Standing = {
      strategy,
      state,
      group: null,
      opinion: null,
      obstacle: null,
      code: "",
      parents: null,
      lastOrderAt,
    };
    this.#standings.push(standing);
    if ("groupOf" in strategy && key !== null) groups.enter(strategy, key, this, standing);
  }

  update(market: Market): void {
    if (market.priceRanges !== this.market.priceRanges) this.grid = gridOf(market);
    this.market = market;
  }

  /** Nothing is decided here any more. */
  letGo(): void {
    this.obstacle = null;
    for (const standing of this.#standings) {
      standing.opinion = null;
      standing.obstacle = null;
    }
  }

  /** Takes note of how it ended, as far as that was said. Another result than before takes the old one's value back. */
  ends(result: MarketResult, settlementValue: Money | null): void {
    if (result !== "") {
      if (result !== this.result) this.settlementValue = null;
      this.result = result;
    }
    if (settlementValue !== null) this.settlementValue = settlementValue;
  }

  /** Value of one YES contract for the books: the last mid seen before the close, what it pays once that is known. */
  get mark(): Price | null {
    const paid = this.payout;
    return paid === null ? this.#mark : Math.round(paid / MONEY_PER_PRICE) as Price;
  }

  /** What one YES contract pays; `null` until the exchange has said. */
  get payout(): Money | null {
    if (this.result === "") return null;
    if (this.settlementValue !== null || this.result === "scalar") return this.settlementValue;
    return this.result === "yes" ? ONE_DOLLAR : money(0);
  }

  /**
   * Takes note of the top of the book as others make it; true where anything of it changed. Not for a closed market: the exchange takes the
   * orders off one by one then (KALSHI.md 4.8), and what is left on the way is no price.
   */
  touched(at: Micros, { bid, ask, bidSize, askSize }: BookView): boolean {
    if (bid !== this.#bid || ask !== this.#ask) this.quotedAt = at;
    else if (bidSize === this.#bidSize && askSize === this.#askSize) return false;
    this.#bid = bid;
    this.#ask = ask;
    this.#bidSize = bidSize;
    this.#askSize = askSize as Count;
    if (bid !== null && ask !== null && bid < ask) this.#mark = Math.floor((bid + ask) / 2) as Price;
    return true;
  }
}

function gridOf(market: Market): PriceGrid | null {
  const grid = PriceGrid.from(market.priceRanges);
  return grid instanceof PriceGrid ? grid : null;
}
