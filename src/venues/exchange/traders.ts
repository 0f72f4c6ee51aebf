/**
 * The simulated population: market makers of different speed and skill, takers who do not care, and takers who watch
 * the index closely. Together they make books that move, spreads that vary and quotes that lag the index by 0.3 to 3 s.
 *
 * A strategy with a good model finds stale quotes now and then, worth a few cents before fees; the watchful takers
 * compete for them. Nobody here knows the future: each sees the index late, through its own {@link Belief}.
 * @module
 */

import type { Side } from "../../core/order.ts";
import {
  type Count,
  count,
  type Micros,
  micros,
  MICROS_PER_SECOND,
  ONE_CONTRACT,
  type Price,
} from "../../core/units.ts";
import { Account } from "./account.ts";
import { probability } from "./fair_value.ts";
import type { TradingFloor } from "./floor.ts";
import type { IndexProcess } from "./index_process.ts";
import { GRID, type ListedMarket } from "./listed_market.ts";
import type { BookOrder } from "./order.ts";
import { Random } from "./random.ts";
import { LISTED_SERIES, type Series } from "./series.ts";
import { RANK, type Timeline } from "./timeline.ts";

const PRICE_SCALE = 10_000;
const AVERAGED_SECONDS = 60;
/** The owner number of the first simulated trader; members have the numbers below. */
export const FIRST_TRADER = 1_000;

export interface TraderParts {
  readonly timeline: Timeline;
  readonly index: IndexProcess;
  readonly floor: TradingFloor;
  readonly active: (series: Series) => ListedMarket | null;
  readonly seed: number;
}

/** What a trader sees: how late, and how it misjudges volatility. */
interface Sight {
  readonly latencySeconds: number;
  readonly knowsAverage: boolean;
  /** Long-run factor on the true volatility. */
  readonly volatilityFactor: number;
  /** How far the factor wanders, in log units. */
  readonly volatilityNoise: number;
}

interface MakerStyle extends Sight {
  readonly name: string;
  readonly intervalSeconds: number;
  /** Half spread on top of what the delay costs, in dollars. */
  readonly halfSpread: number;
  readonly levels: number;
  readonly levelStep: number;
  readonly size: number;
  /** Share of a cent by which a hundred contracts of inventory move its quotes. */
  readonly skew: number;
  /** Leaves the market this long before the close. */
  readonly quitSeconds: number;
}

const MAKERS: readonly MakerStyle[] = [
  {
    name: "fast",
    latencySeconds: 0.3,
    intervalSeconds: 0.35,
    halfSpread: 0.012,
    levels: 2,
    levelStep: 0.01,
    size: 60,
    skew: 0.25,
    quitSeconds: 2,
    knowsAverage: true,
    volatilityFactor: 1.02,
    volatilityNoise: 0.08,
  },
  {
    name: "steady",
    latencySeconds: 0.8,
    intervalSeconds: 0.7,
    halfSpread: 0.015,
    levels: 3,
    levelStep: 0.01,
    size: 150,
    skew: 0.12,
    quitSeconds: 5,
    knowsAverage: true,
    volatilityFactor: 0.97,
    volatilityNoise: 0.14,
  },
  {
    name: "slow",
    latencySeconds: 1.6,
    intervalSeconds: 1.2,
    halfSpread: 0.018,
    levels: 3,
    levelStep: 0.015,
    size: 250,
    skew: 0.08,
    quitSeconds: 8,
    knowsAverage: true,
    volatilityFactor: 1.1,
    volatilityNoise: 0.2,
  },
  {
    name: "plain",
    latencySeconds: 3,
    intervalSeconds: 2,
    halfSpread: 0.022,
    levels: 3,
    levelStep: 0.02,
    size: 200,
    skew: 0.06,
    quitSeconds: 12,
    knowsAverage: false,
    volatilityFactor: 0.95,
    volatilityNoise: 0.2,
  },
  {
    name: "deep",
    latencySeconds: 2.5,
    intervalSeconds: 3,
    halfSpread: 0.07,
    levels: 5,
    levelStep: 0.04,
    size: 900,
    skew: 0.01,
    quitSeconds: 0,
    knowsAverage: true,
    volatilityFactor: 1.15,
    volatilityNoise: 0.1,
  },
];

/** A trader's eyes: the index as late as it sees it, and its own idea of volatility. */
class Eyes {
  readonly #parts: TraderParts;
  readonly #sight: Sight;
  readonly #random: Random;
  #noise: number;

  constructor(parts: TraderParts, sight: Sight, random: Random) {
    this.#parts = parts;
    this.#sight = sight;
    this.#random = random;
    this.#noise = sight.volatilityNoise * random.normal();
  }

  /** The second whose index value this trader is looking at. */
  second(at: Micros): number {
    return Math.floor(at / MICROS_PER_SECOND - this.#sight.latencySeconds);
  }

  /** Probability of YES, and by how much of it a standard move of the index over this trader's delay would shift it. */
  judge(market: ListedMarket, strike: number, at: Micros): { readonly fair: number; readonly risk: number } {
    const { index } = this.#parts;
    const id = market.series.index;
    const second = this.second(at);
    const close = market.closeTime / MICROS_PER_SECOND;
    const spot = index.value(id, second);
    const seen = index.sum(id, close - AVERAGED_SECONDS + 1, Math.min(second, close));
    this.#noise = 0.995 * this.#noise + 0.1 * this.#sight.volatilityNoise * this.#random.normal();
    const sigma = index.volatility(id) * this.#sight.volatilityFactor * Math.exp(this.#noise);
    const belief = {
      spot,
      strike,
      sigma,
      secondsLeft: Math.max(0, close - at / MICROS_PER_SECOND),
      seenSum: seen.sum,
      seenCount: Math.min(seen.count, AVERAGED_SECONDS - 1),
      knowsAverage: this.#sight.knowsAverage,
    };
    const fair = probability(belief);
    const move = sigma * spot * Math.sqrt(this.#sight.latencySeconds);
    const shifted = probability({ ...belief, spot: spot + move });
    return { fair, risk: Math.abs(shifted - fair) };
  }
}

class MarketMaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #style: MakerStyle;
  readonly #series: Series;
  readonly #random: Random;
  readonly #eyes: Eyes;
  #market: ListedMarket | null = null;
  #quotes: BookOrder[] = [];

  constructor(parts: TraderParts, style: MakerStyle, series: Series, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#style = style;
    this.#series = series;
    this.#random = Random.named(parts.seed, `maker/${style.name}/${series.ticker}`);
    this.#eyes = new Eyes(parts, style, this.#random);
  }

  start(at: Micros): void {
    this.#sleep(at);
  }

  #sleep(at: Micros): void {
    const wait = this.#style.intervalSeconds * this.#random.between(0.5, 1.5);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#wake(time);
      this.#sleep(time);
    });
  }

  #wake(at: Micros): void {
    const market = this.#parts.active(this.#series);
    if (market !== this.#market) {
      this.#market = market;
      this.#quotes = [];
    }
    if (market === null || market.floorStrike === null) return;
    const { fair, risk } = this.#eyes.judge(market, market.floorStrike, at);
    const size = this.#random.between(0.6, 1.4) * this.#style.size;
    const quitting = market.closeTime - at < this.#style.quitSeconds * MICROS_PER_SECOND;
    const wanted = quitting ? [] : this.#targets(market, fair, risk);
    this.#quotes = this.#quotes.filter((quote) => quote.remaining > 0 && this.#keep(quote, wanted, at));
    for (const target of wanted) this.#quote(market, target, size, at);
  }

  #targets(market: ListedMarket, fair: number, risk: number): { side: Side; price: Price; level: number }[] {
    const inventory = this.account.contracts(market.ticker) / ONE_CONTRACT;
    const limit = this.#style.size * 40;
    const middle = fair - Math.max(-1, Math.min(1, inventory / limit)) * 0.08 -
      Math.max(-0.03, Math.min(0.03, this.#style.skew * inventory / 100 / 100));
    // Near 0 and 1 prices move less, and so do quotes: the spread shrinks with the contract's own deviation.
    const edge = Math.max(0.12, 2 * Math.sqrt(fair * (1 - fair)));
    const half = this.#style.halfSpread * edge + 1.1 * risk;
    const targets: { side: Side; price: Price; level: number }[] = [];
    for (let level = 0; level < this.#style.levels; level++) {
      const away = half + level * this.#style.levelStep * edge;
      const bid = GRID.floor(Math.round((middle - away) * PRICE_SCALE) as Price);
      const ask = GRID.ceil(Math.max(0, Math.round((middle + away) * PRICE_SCALE)) as Price);
      if (bid !== null && inventory < limit) targets.push({ side: "bid", price: bid, level });
      if (ask !== null && inventory > -limit) targets.push({ side: "ask", price: ask, level });
    }
    return targets;
  }

  /** True where a quote may stay: some target is met by it. Takes it off the book otherwise. */
  #keep(quote: BookOrder, wanted: { side: Side; price: Price; level: number }[], at: Micros): boolean {
    const met = wanted.findIndex((target) => target.side === quote.side && target.price === quote.price);
    if (met >= 0) {
      wanted.splice(met, 1);
      return true;
    }
    if (this.#market !== null) this.#parts.floor.withdraw(this.#market, quote, at);
    return false;
  }

  #quote(market: ListedMarket, target: { side: Side; price: Price; level: number }, size: number, at: Micros): void {
    const price = inside(market, target.side, target.price);
    if (price === null) return;
    const contracts = Math.max(1, Math.round(size * (1 + 0.5 * target.level)));
    const order: BookOrder = {
      owner: this.account.owner,
      account: this.account,
      member: null,
      side: target.side,
      price,
      remaining: count(contracts * ONE_CONTRACT),
    };
    this.#parts.floor.place(market, order, "taker_at_cross", true, at);
    this.#quotes.push(order);
  }
}

/** The nearest price to this one at which an order would rest instead of trading; `null` where there is none. */
function inside(market: ListedMarket, side: Side, wanted: Price): Price | null {
  if (!market.book.crosses(side, wanted)) return wanted;
  const best = market.book.best(side === "bid" ? "ask" : "bid");
  if (best === null) return wanted;
  return side === "bid" ? GRID.previous(best) : GRID.next(best);
}

/** Sends one order that trades at once or not at all. */
function take(parts: TraderParts, account: Account, market: ListedMarket, side: Side, at: Micros, wanted: {
  readonly price: Price;
  readonly contracts: number;
}): void {
  const order: BookOrder = {
    owner: account.owner,
    account,
    member: null,
    side,
    price: wanted.price,
    remaining: Math.max(1, Math.round(wanted.contracts * ONE_CONTRACT)) as Count,
  };
  parts.floor.place(market, order, "taker_at_cross", false, at);
}

/** People who like one side and pay what it costs. */
class NoiseTaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #series: Series;
  readonly #random: Random;

  constructor(parts: TraderParts, series: Series, owner: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#series = series;
    this.#random = Random.named(parts.seed, `noise/${series.ticker}`);
  }

  start(at: Micros): void {
    const wait = this.#random.exponential(0.9);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const side: Side = this.#random.chance(0.5) ? "bid" : "ask";
    const whole = this.#random.chance(0.85);
    const contracts = Math.min(1_500, Math.exp(2.6 + 1.2 * this.#random.normal()));
    const ticks = this.#random.integer(0, 2);
    const market = this.#parts.active(this.#series);
    const best = market?.book.best(side === "bid" ? "ask" : "bid") ?? null;
    if (market === null || best === null) return;
    let price = best;
    for (let k = 0; k < ticks; k++) price = (side === "bid" ? GRID.next(price) : GRID.previous(price)) ?? price;
    take(this.#parts, this.account, market, side, at, { price, contracts: whole ? Math.ceil(contracts) : contracts });
  }
}

/** Takers who compare quotes with the index and pick off what is stale. */
class WatchfulTaker {
  readonly account: Account;
  readonly #parts: TraderParts;
  readonly #series: Series;
  readonly #random: Random;
  readonly #eyes: Eyes;
  readonly #edge: number;

  constructor(parts: TraderParts, series: Series, owner: number, name: string, latencySeconds: number, edge: number) {
    this.account = new Account(owner);
    this.#parts = parts;
    this.#series = series;
    this.#edge = edge;
    this.#random = Random.named(parts.seed, `watchful/${name}/${series.ticker}`);
    const sight = { latencySeconds, knowsAverage: true, volatilityFactor: 1, volatilityNoise: 0.1 };
    this.#eyes = new Eyes(parts, sight, this.#random);
  }

  start(at: Micros): void {
    const wait = this.#random.between(0.2, 1);
    this.#parts.timeline.schedule(micros(at + Math.round(wait * MICROS_PER_SECOND)), RANK.trader, (time) => {
      this.#act(time);
      this.start(time);
    });
  }

  #act(at: Micros): void {
    const acts = this.#random.chance(0.6);
    const contracts = this.#random.integer(20, 400);
    const market = this.#parts.active(this.#series);
    if (market === null || market.floorStrike === null) return;
    const { fair } = this.#eyes.judge(market, market.floorStrike, at);
    if (!acts) return;
    const ask = market.book.best("ask");
    const bid = market.book.best("bid");
    const needed = this.#edge + 0.07 * fair * (1 - fair);
    if (ask !== null && fair - ask / PRICE_SCALE > needed) {
      take(this.#parts, this.account, market, "bid", at, { price: ask, contracts });
    } else if (bid !== null && bid / PRICE_SCALE - fair > needed) {
      take(this.#parts, this.account, market, "ask", at, { price: bid, contracts });
    }
  }
}

/** Builds the population and sets it going. Returns every trader's account. */
export function startTraders(parts: TraderParts, at: Micros): readonly Account[] {
  const accounts: Account[] = [];
  let owner = FIRST_TRADER;
  for (const series of LISTED_SERIES) {
    const traders = [
      ...MAKERS.map((style) => new MarketMaker(parts, style, series, owner++)),
      new NoiseTaker(parts, series, owner++),
      new WatchfulTaker(parts, series, owner++, "quick", 0.25, 0.01),
      new WatchfulTaker(parts, series, owner++, "patient", 1.0, 0.02),
    ];
    for (const trader of traders) {
      trader.start(at);
      accounts.push(trader.account);
    }
  }
  return accounts;
}
