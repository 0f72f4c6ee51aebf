/**
 * What a strategy sees of one market at one moment.
 * @module
 */

import type { BookView } from "../core/book_view.ts";
import type { ClimateEvent } from "../core/climate_event.ts";
import { assetOf } from "../core/index_parameters.ts";
import type { FedFundsInput } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import type { PriceGrid } from "../core/price_grid.ts";
import { type Count, count, type Micros, micros, MICROS_PER_SECOND, type Money, type Price } from "../core/units.ts";
import { termsAhead } from "../execution/order_change.ts";
import { type OrderState, remaining } from "../execution/order_state.ts";
import { headroom } from "../risk/limits.ts";
import type {
  ClimateReading,
  EventReading,
  FlowReading,
  GroupView,
  IndexReading,
  OwnOrder,
  PastMarket,
  PeerReading,
  SpotReading,
  StrategyView,
} from "../strategies/view.ts";
import type { Desk } from "./desk.ts";
import type { MarketGroup } from "./groups.ts";
import type { MarketFlows } from "./market_flow.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { Markets } from "./markets.ts";
import type { OutsideReadings } from "./outside_readings.ts";
import type { SpotPrices } from "./spot_prices.ts";

const FLAT = count(0);

/** Where a strategy's look reaches beyond its market. */
export interface Surroundings {
  readonly markets: Markets;
  readonly spot: SpotPrices;
  readonly outside: OutsideReadings;
  readonly flows: MarketFlows;
  readonly desk: Desk;
}

/**
 * A class and not an object literal with getters, of which V8 makes one in a microsecond and not in ten nanoseconds. The
 * strategies of a market look at the same one in turn ({@link Sight.turnTo}). What costs a walk over all orders and positions
 * is only worked out when asked for.
 */
export class Sight implements StrategyView {
  readonly market: Market;
  readonly book: BookView;
  readonly quotedAt: Micros;
  readonly probability: number | null;
  readonly secondsToClose: number;
  readonly position: Count;
  #standing: Standing;
  readonly #index: string | null;
  readonly #climate: ClimateEvent | null;
  readonly #state: MarketState;
  readonly #open: ReadonlySet<OrderState>;
  readonly #surroundings: Surroundings;

  constructor(
    readonly at: Micros,
    state: MarketState,
    readonly grid: PriceGrid,
    readonly index: IndexReading | null,
    standing: Standing,
    surroundings: Surroundings,
  ) {
    const { market } = state;
    const { desk } = surroundings;
    const { ticker } = market;
    this.market = market;
    this.book = desk.othersBook(state);
    this.quotedAt = state.quotedAt;
    this.probability = Number.isNaN(state.probability) ? null : state.probability;
    this.secondsToClose = (market.closeTime - at) / MICROS_PER_SECOND;
    this.position = desk.ledger.position(ticker)?.position ?? FLAT;
    this.#standing = standing;
    this.#index = state.index;
    this.#climate = state.climate;
    this.#state = state;
    this.#open = desk.orders.openIn(ticker);
    this.#surroundings = surroundings;
  }

  /** Shows the market as another strategy sees it. */
  turnTo(standing: Standing): this {
    this.#standing = standing;
    return this;
  }

  get lastOrderAt(): Micros {
    return this.#standing.lastOrderAt;
  }

  get restingBid(): Price | null {
    return restingPrice(this.#open, this.#strategy, "bid");
  }

  get restingAsk(): Price | null {
    return restingPrice(this.#open, this.#strategy, "ask");
  }

  get #strategy(): string {
    return this.#standing.strategy.name;
  }

  get ownPosition(): Count {
    return this.#surroundings.desk.ledger.partOf(this.market.ticker, this.#strategy);
  }

  get restingBidLeft(): Count {
    return restingLeft(this.#open, this.#strategy, "bid");
  }

  get restingAskLeft(): Count {
    return restingLeft(this.#open, this.#strategy, "ask");
  }

  get rivalBid(): Price | null {
    return this.book.bid;
  }

  get rivalAsk(): Price | null {
    return this.book.ask;
  }

  get event(): EventReading {
    const { markets, desk } = this.#surroundings;
    const own = this.market.floorStrike;
    let strikeBelow: number | null = null;
    let lastOrderAt = 0;
    let held = false;
    for (const { market, standings } of markets.inEvent(this.market.event)) {
      const { ticker, floorStrike } = market;
      if (own !== null && floorStrike !== null && floorStrike < own && floorStrike > (strikeBelow ?? -Infinity)) {
        strikeBelow = floorStrike;
      }
      for (const { strategy, lastOrderAt: sent } of standings) {
        if (strategy.name === this.#strategy && sent > lastOrderAt) lastOrderAt = sent;
      }
      held ||= this.#isIn(desk, ticker);
    }
    return { strikeBelow, lastOrderAt: micros(lastOrderAt), held };
  }

  #isIn({ ledger, orders }: Desk, ticker: string): boolean {
    if (ledger.partOf(ticker, this.#strategy) !== 0) return true;
    for (const { intent } of orders.openIn(ticker)) if (intent.strategy === this.#strategy) return true;
    return false;
  }

  get spot(): SpotReading | null {
    const asset = this.#index === null ? null : assetOf(this.#index);
    return asset === null ? null : this.#surroundings.spot.reading(asset, this.at);
  }

  get orders(): readonly OwnOrder[] {
    const own: OwnOrder[] = [];
    for (const order of this.#open) {
      const { clientOrderId, strategy, side } = order.intent;
      if (strategy !== this.#strategy) continue;
      const { phase, sentAt, queueAhead } = order;
      const { price } = termsAhead(order);
      const ahead = queueAhead === null ? {} : { queueAhead };
      own.push({ clientOrderId, side, price, left: remaining(order), phase, sentAt, ...ahead });
    }
    return own;
  }

  get unheard(): Count {
    let sum = 0;
    for (const { intent, reported, filled } of this.#surroundings.desk.orders.short()) {
      if (intent.ticker === this.market.ticker && intent.strategy === this.#strategy) sum += reported - filled;
    }
    return count(sum);
  }

  get flow(): FlowReading | null {
    return this.#surroundings.flows.reading(this.#state, this.at);
  }

  get peer(): PeerReading | null {
    return this.#surroundings.outside.peers.reading(this.market.ticker, this.at);
  }

  get climate(): ClimateReading | null {
    return this.#surroundings.outside.weather.reading(this.#climate);
  }

  get fedFunds(): FedFundsInput | null {
    return this.#surroundings.outside.fedFunds;
  }

  get recovering(): boolean {
    return this.#surroundings.desk.recovering;
  }

  get nav(): Money {
    return this.#surroundings.desk.exposure.nav;
  }

  get headroom(): Money {
    const { desk } = this.#surroundings;
    return headroom(desk.exposure.without(this.market, this.#strategy), desk.limits);
  }
}

/** What a group strategy sees of its markets. */
export class GroupSight implements GroupView {
  readonly group: string;
  readonly joinedAt: Micros;
  readonly lastOrderAt: Micros;
  readonly lastBasketAt: Micros;

  constructor(
    readonly at: Micros,
    { key, joinedAt, lastBasketAt }: MarketGroup,
    readonly markets: readonly Sight[],
    readonly unseen: readonly string[],
    readonly over: readonly PastMarket[],
    readonly nav: Money,
    readonly recovering: boolean,
  ) {
    this.group = key;
    this.joinedAt = joinedAt;
    this.lastBasketAt = lastBasketAt;
    let last = 0;
    for (const { lastOrderAt } of markets) last = Math.max(last, lastOrderAt);
    this.lastOrderAt = micros(last);
  }
}

function restingPrice(open: ReadonlySet<OrderState>, strategy: string, side: Side): Price | null {
  let best: Price | null = null;
  if (open.size === 0) return best;
  for (const order of open) {
    if (!restsFor(order, strategy, side)) continue;
    const { price } = termsAhead(order);
    if (best === null || (side === "bid" ? price > best : price < best)) best = price;
  }
  return best;
}

function restingLeft(open: ReadonlySet<OrderState>, strategy: string, side: Side): Count {
  if (open.size === 0) return FLAT;
  let sum = 0;
  for (const order of open) if (restsFor(order, strategy, side)) sum += remaining(order);
  return sum === 0 ? FLAT : count(sum);
}

const restsFor = ({ intent, phase }: OrderState, strategy: string, side: Side): boolean =>
  intent.strategy === strategy && intent.side === side && phase === "resting";
