/**
 * What a strategy sees of one market at one moment.
 * @module
 */

import type { Book } from "../core/book.ts";
import { assetOf } from "../core/index_parameters.ts";
import type { Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import type { PriceGrid } from "../core/price_grid.ts";
import { type Count, count, type Micros, MICROS_PER_SECOND, type Money, type Price } from "../core/units.ts";
import type { OrderState } from "../execution/order_state.ts";
import { headroom, type RiskLimits } from "../risk/limits.ts";
import type { IndexReading, SpotReading, StrategyView } from "../strategies/strategy.ts";
import type { Desk } from "./desk.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { SpotPrices } from "./spot_prices.ts";

const FLAT = count(0);

/**
 * A class and not an object literal with getters, of which V8 makes one in a microsecond and not in ten nanoseconds: each
 * decision has its own. What costs a walk over all orders and positions is only worked out when asked for.
 */
export class Sight implements StrategyView {
  readonly market: Market;
  readonly book: Book;
  readonly quotedAt: Micros;
  readonly probability: number | null;
  readonly secondsToClose: number;
  readonly position: Count;
  readonly restingBid: Price | null;
  readonly restingAsk: Price | null;
  readonly lastOrderAt: Micros;
  readonly #strategy: string;
  readonly #index: string | null;
  readonly #spot: SpotPrices;
  readonly #desk: Desk;
  readonly #risk: RiskLimits;

  constructor(
    readonly at: Micros,
    state: MarketState,
    readonly grid: PriceGrid,
    readonly index: IndexReading | null,
    standing: Standing,
    spot: SpotPrices,
    desk: Desk,
    risk: RiskLimits,
  ) {
    const { market } = state;
    const { ticker } = market;
    const strategy = standing.strategy.name;
    const open = desk.orders.openIn(ticker);
    this.market = market;
    this.book = state.book;
    this.quotedAt = state.quotedAt;
    this.probability = Number.isNaN(state.probability) ? null : state.probability;
    this.secondsToClose = (market.closeTime - at) / MICROS_PER_SECOND;
    this.position = desk.ledger.position(ticker)?.position ?? FLAT;
    this.restingBid = restingPrice(open, strategy, "bid");
    this.restingAsk = restingPrice(open, strategy, "ask");
    this.lastOrderAt = standing.lastOrderAt;
    this.#strategy = strategy;
    this.#index = state.index;
    this.#spot = spot;
    this.#desk = desk;
    this.#risk = risk;
  }

  get spot(): SpotReading | null {
    const asset = this.#index === null ? null : assetOf(this.#index);
    return asset === null ? null : this.#spot.reading(asset, this.at);
  }

  get nav(): Money {
    return this.#desk.exposure.nav;
  }

  get headroom(): Money {
    return headroom(this.#desk.exposure.without(this.market, this.#strategy), this.#risk);
  }
}

function restingPrice(open: ReadonlySet<OrderState>, strategy: string, side: Side): Price | null {
  if (open.size === 0) return null;
  for (const { intent, phase } of open) {
    if (intent.strategy === strategy && intent.side === side && phase === "resting") return intent.price;
  }
  return null;
}
