/**
 * One simulated spot market: its book and trades at any moment, made from the index and from hashes, so that they are
 * what they are whether or not anybody listens.
 *
 * Time goes in steps. At each step the middle of the market lies near the index, off by a basis that wanders and comes
 * back. Both sides have one level at the top, which moves with the middle, and below it levels that stand on fixed
 * prices and change their size now and then, so that a step changes only a few.
 * @module
 */

import { type Micros, micros, MICROS_PER_SECOND } from "../../../../core/units.ts";
import type { IndexId, IndexProcess } from "../../index_process.ts";
import { keyOf, mix, normal, uniform, wander } from "../noise.ts";

export type SpotAsset = "BTC" | "ETH";
export const SPOT_ASSETS: readonly SpotAsset[] = ["BTC", "ETH"];

/** The character of a market. */
export interface MarketCharacter {
  readonly index: IndexId;
  /** Dollars, a power of ten. */
  readonly tick: number;
  /** Decimals of printed prices and sizes. */
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
  /** Between the best bid and the best ask on average, dollars. */
  readonly spread: number;
  /** Typical distance of its middle from the index, as a share of the price. */
  readonly basis: number;
  /** What it is off by all the time, as a share of the price: a stablecoin's discount. */
  readonly offset: number;
  /** Distance of the levels next to the top, dollars; further out they are {@link FAR_SPACING} times as far apart. */
  readonly spacing: number;
  /** Typical size of a level next to the top, coins. */
  readonly levelSize: number;
  /** Levels on each side. */
  readonly depth: number;
  readonly tradesPerSecond: number;
  /** Typical size of a trade, coins. */
  readonly tradeSize: number;
  /** Book changes a second. */
  readonly stepsPerSecond: number;
}

/** Prices in ticks, sizes in units of 1e-8 coins. */
export interface Level {
  readonly price: number;
  readonly size: number;
}

export interface Book {
  readonly step: number;
  readonly at: Micros;
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface Trade {
  /** Counts from the start of the simulation, without a hole. */
  readonly number: number;
  readonly at: Micros;
  readonly price: number;
  readonly size: number;
  /** Whether the taker bought. */
  readonly buy: boolean;
}

export interface MarketParts {
  readonly character: MarketCharacter;
  readonly index: IndexProcess;
  readonly seed: number;
  /** Of the exchange and the asset: names its streams. */
  readonly name: string;
  /** Of the simulation. */
  readonly start: Micros;
  /** How far the market is ahead of the index, microseconds: an index is made of what exchanges have told. */
  readonly lead: number;
}

/** What troubles do to prices. */
export interface Bent {
  readonly outlier: boolean;
  readonly crossed: boolean;
}

/** Units of a size in a coin. */
export const SIZE_UNITS = 100_000_000;
const OUTLIER = 1.06;
/** How far the bids lie above the asks of a crossed market, in spreads. */
const CROSSED_SPREADS = 5;
/** This share of the levels stands next to the top, the others stand apart and are thicker. */
const NEAR_SHARE = 0.36;
const FAR_SPACING = 4;
const FAR_SIZE = 2;
/** Steps for which a level keeps its size. */
const LIFE_MIN = 6;
const LIFE_SPREAD = 30;
const SIZE_DEVIATION = 0.5;
/** The basis is the sum of paths with these periods, seconds, and shares of its size. */
const BASIS = [[3, 0.35], [29, 0.55], [311, 0.76]] as const;
/** No step has more trades. */
const TRADES_PER_STEP_MAX = 8;
/** How far back trades are looked for, steps. */
const RECENT_STEPS = 400;

export class SpotMarket {
  readonly character: MarketCharacter;
  readonly #index: IndexProcess;
  readonly #keys: { readonly basis: number; readonly level: number; readonly step: number; readonly trade: number };
  /** Microseconds. */
  readonly #step: number;
  readonly #origin: number;
  readonly #lead: number;
  /** Trades of all steps before `#countedTo`. */
  #counted = 0;
  #countedTo: number;
  #newest: Book | null = null;

  constructor({ character, index, seed, name, start, lead }: MarketParts) {
    this.character = character;
    this.#index = index;
    this.#lead = lead;
    const key = (what: string) => keyOf(seed, `feeds/${name}/${what}`);
    this.#keys = { basis: key("basis"), level: key("level"), step: key("step"), trade: key("trade") };
    this.#step = Math.round(MICROS_PER_SECOND / character.stepsPerSecond);
    // Markets do not all change at the same moments.
    this.#origin = mix(key("phase"), 0) % this.#step;
    this.#countedTo = this.stepAt(start);
  }

  /** The newest step at this time. */
  stepAt(time: number): number {
    return Math.floor((time - this.#origin) / this.#step);
  }

  timeOf(step: number): Micros {
    return micros(step * this.#step + this.#origin);
  }

  /** A number of this step's own, for whatever varies from step to step. */
  chanceOf(step: number): number {
    return uniform(mix(this.#keys.step, step, 2));
  }

  /**
   * The market as it stands from this step to the next. May be asked for once the lead is over, and while the index's
   * history reaches back to it.
   */
  book(step: number, bent: Bent): Book {
    if (this.#newest?.step === step && !bent.outlier && !bent.crossed) return this.#newest;
    const { spread, tick, spacing } = this.character;
    const at = this.timeOf(step);
    const middle = this.#middle(at) * (bent.outlier ? OUTLIER : 1) / tick;
    const width = Math.max(1, Math.round(spread / tick * (0.4 + 1.2 * uniform(mix(this.#keys.step, step)))));
    const bid = Math.floor(middle - width / 2);
    const ask = bid + width;
    const lift = bent.crossed ? (CROSSED_SPREADS + 1) * Math.max(width, Math.round(spacing / tick)) : 0;
    const book = {
      step,
      at,
      bids: this.#side(step, bid + lift, -1),
      asks: this.#side(step, ask, 1),
    };
    if (!bent.outlier && !bent.crossed) this.#newest = book;
    return book;
  }

  /** Trades between this step and the next, in order of time, at the top of the step's book. */
  trades(step: number, bent: Bent): readonly Trade[] {
    const count = this.#tradesIn(step);
    if (count === 0) return [];
    const first = this.#tradesBefore(step);
    const { bids, asks } = this.book(step, bent);
    const from = this.timeOf(step);
    const moments = Array.from({ length: count }, (_, k) => uniform(mix(this.#keys.trade, step, 4 * k))).sort((a, b) =>
      a - b
    );
    return moments.map((moment, k) => {
      const buy = uniform(mix(this.#keys.trade, step, 4 * k + 1)) < 0.5;
      const scale = Math.exp(1.3 * normal(mix(this.#keys.trade, step, 4 * k + 2)));
      return {
        number: first + k,
        at: micros(Math.floor(from + moment * this.#step)),
        price: (buy ? asks : bids)[0].price,
        size: this.#sizeUnits(this.character.tradeSize * scale),
        buy,
      };
    });
  }

  /** The newest trades at this time, newest first; a market that has just begun has one to show. */
  recentTrades(time: number, count: number, bent: Bent): readonly Trade[] {
    const newest = this.stepAt(time);
    const oldest = Math.max(newest - RECENT_STEPS, this.stepAt(this.#index.oldestSecond * MICROS_PER_SECOND) + 1);
    const trades: Trade[] = [];
    for (let step = newest; step >= oldest && trades.length < count; step--) {
      trades.push(...this.trades(step, bent).filter((trade) => trade.at <= time).toReversed());
    }
    if (trades.length > 0) return trades.slice(0, count);
    const { at, bids } = this.book(newest, bent);
    return [{ number: 0, at, price: bids[0].price, size: this.#sizeUnits(this.character.tradeSize), buy: false }];
  }

  priceText(ticks: number): string {
    return (ticks * this.character.tick).toFixed(this.character.priceDecimals);
  }

  sizeText(units: number): string {
    return (units / SIZE_UNITS).toFixed(this.character.sizeDecimals);
  }

  #middle(at: Micros): number {
    const { basis, offset, index } = this.character;
    let off = offset;
    for (const [period, share] of BASIS) {
      off += basis * share * wander(this.#keys.basis + period, at / MICROS_PER_SECOND, period);
    }
    return this.#index.priceAt(index, micros(at + this.#lead)) * (1 + off);
  }

  #sizeUnits(coins: number): number {
    const printed = 10 ** -this.character.sizeDecimals;
    return Math.round(Math.max(printed, Math.round(coins / printed) * printed) * SIZE_UNITS);
  }

  /** One side from its top outwards; `out` is the direction in which prices get worse. */
  #side(step: number, top: number, out: 1 | -1): Level[] {
    const { depth, spacing, tick, levelSize } = this.character;
    const near = Math.round(depth * NEAR_SHARE);
    const width = Math.round(spacing / tick);
    const levels: Level[] = [{ price: top, size: this.#levelSize(mix(this.#keys.step, step, out), levelSize / 2) }];
    let slot = Math.floor(top / width);
    while (levels.length < depth) {
      const far = levels.length > near;
      if (!far || slot % FAR_SPACING === 0) {
        const hash = mix(this.#keys.level, slot, out);
        const price = slot * width + hash % width;
        if (out * (price - top) > 0) {
          const life = LIFE_MIN + (hash >>> 8) % LIFE_SPREAD;
          const age = Math.floor((step + (hash >>> 16)) / life);
          const thick = slot % FAR_SPACING === 0 ? levelSize * FAR_SIZE : levelSize;
          levels.push({ price, size: this.#levelSize(mix(hash, age), thick) });
        }
      }
      slot += out;
    }
    return levels;
  }

  #levelSize(hash: number, typical: number): number {
    return this.#sizeUnits(typical * Math.exp(SIZE_DEVIATION * normal(hash)));
  }

  #tradesIn(step: number): number {
    // Poisson by inversion.
    const mean = this.character.tradesPerSecond * this.#step / MICROS_PER_SECOND;
    let left = uniform(mix(this.#keys.trade, step, 3));
    let share = Math.exp(-mean);
    for (let count = 0; count < TRADES_PER_STEP_MAX; count++) {
      if (left < share) return count;
      left -= share;
      share *= mean / (count + 1);
    }
    return TRADES_PER_STEP_MAX;
  }

  /** Counts on from where it was counted last; a step before that is counted back. */
  #tradesBefore(step: number): number {
    while (this.#countedTo < step) this.#counted += this.#tradesIn(this.#countedTo++);
    let count = this.#counted;
    for (let back = this.#countedTo; back > step; back--) count -= this.#tradesIn(back - 1);
    return count;
  }
}

/** Levels that differ between two books: their new sizes, 0 for those that are gone. */
export interface Changes {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

function sideChanges(before: readonly Level[], after: readonly Level[]): Level[] {
  const old = new Map(before.map(({ price, size }) => [price, size]));
  const changes: Level[] = [];
  for (const level of after) {
    if (old.get(level.price) !== level.size) changes.push(level);
    old.delete(level.price);
  }
  for (const price of old.keys()) changes.push({ price, size: 0 });
  return changes;
}

export const changesBetween = (before: Book, after: Book): Changes => ({
  bids: sideChanges(before.bids, after.bids),
  asks: sideChanges(before.asks, after.asks),
});
