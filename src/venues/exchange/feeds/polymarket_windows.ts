/**
 * The simulated Polymarket's up-or-down windows: one for each quarter-hour market of the exchange, with a book that its
 * own traders quote. They look at another price (the last one, as Chainlink would have it), a moment late, and are a
 * little wrong. What a book is at a moment follows from the seed and that moment alone.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../../core/units.ts";
import { probability } from "../fair_value.ts";
import type { IndexId, IndexProcess } from "../index_process.ts";
import type { ListedMarket } from "../listed_market.ts";
import { hash32, Random } from "../random.ts";

/** Books change at whole steps of this. */
export const STEP = 500 * MICROS_PER_MILLISECOND;
/** How late its traders see the price. */
const LAG = 1_500 * MICROS_PER_MILLISECOND;
const LEVELS = 6;
const CENTS_MIN = 2;
const CENTS_MAX = 98;
/** Cents that the middle is off by, one deviation: the same for some seconds, so that it is worth something. */
const NOISE_CENTS = 1.2;
const NOISE_STEPS = 16;
/** Of a step, that the book differs from the one before. */
const CHANGE_CHANCE = 0.7;
/** What its traders take volatility for, whatever it is: a book then follows from its moment alone. */
const ANNUAL_VOLATILITY: Readonly<Record<IndexId, number>> = { BRTI: 0.6, ETHUSD_RTI: 0.75 };
const YEAR_SECONDS = 31_536_000;
/** The price it settles on differs from the index by this much at most, relative. */
const BASIS = 0.0001;
const HEX_PER_HASH = 8;
const CONDITION_DIGITS = 64;
const TOKEN_DIGITS = 77;

/** The series that have a mirror, and what its slug starts with. */
const MIRRORED: Readonly<Record<string, { readonly slug: string; readonly coin: string }>> = {
  KXBTC15M: { slug: "btc-updown-15m", coin: "Bitcoin" },
  KXETH15M: { slug: "eth-updown-15m", coin: "Ethereum" },
};

export interface PeerWindow {
  readonly slug: string;
  readonly coin: string;
  readonly index: IndexId;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  readonly conditionId: string;
  readonly up: string;
  readonly down: string;
}

/** `[cents, hundredths of a share]`, best first. */
export type PeerLevel = readonly [cents: number, size: number];

export interface PeerBook {
  readonly bids: readonly PeerLevel[];
  readonly asks: readonly PeerLevel[];
}

/** So many digits, the same for the same text. */
function digits(text: string, count: number, base: 10 | 16): string {
  let all = "";
  for (let part = 0; all.length < count; part++) {
    all += hash32(`${text}/${part}`).toString(base).padStart(HEX_PER_HASH, "0");
  }
  return all.slice(0, count);
}

/** The mirror of a market; `null` where it has none. */
export function windowOf(market: ListedMarket, seed: number): PeerWindow | null {
  const { series } = market;
  const mirrored = MIRRORED[series.ticker];
  if (mirrored === undefined || series.kind !== "crypto") return null;
  const { openTime, closeTime } = market;
  const slug = `${mirrored.slug}-${openTime / MICROS_PER_SECOND}`;
  return {
    slug,
    coin: mirrored.coin,
    index: series.index,
    openTime,
    closeTime,
    conditionId: `0x${digits(`${seed}/${slug}/condition`, CONDITION_DIGITS, 16)}`,
    up: `1${digits(`${seed}/${slug}/up`, TOKEN_DIGITS - 1, 10)}`,
    down: `2${digits(`${seed}/${slug}/down`, TOKEN_DIGITS - 1, 10)}`,
  };
}

/** The stream of prices that it settles on: near the index, and not the index. */
function chainlink(window: PeerWindow, index: IndexProcess, seed: number, at: Micros): number {
  const minute = Math.floor(at / (60 * MICROS_PER_SECOND));
  const basis = Random.named(seed, `feeds/polymarket/basis/${window.index}/${minute}`).between(-BASIS, BASIS);
  const oldest = micros(index.oldestSecond * MICROS_PER_SECOND);
  return index.priceAt(window.index, at < oldest ? oldest : at) * (1 + basis);
}

/** Whether it resolves Up: the last price is at least the first. Asked at the close or later. */
export const isUp = (window: PeerWindow, index: IndexProcess, seed: number): boolean =>
  chainlink(window, index, seed, window.closeTime) >= chainlink(window, index, seed, window.openTime);

/** The step that a moment belongs to. */
export const stepAt = (at: Micros): number => Math.floor(at / STEP);

/** The book of the token `up` from this step on; empty before the window opens and from its close on. */
export function bookAt(window: PeerWindow, index: IndexProcess, seed: number, step: number): PeerBook {
  const at = micros(step * STEP);
  if (at < window.openTime || at >= window.closeTime) return { bids: [], asks: [] };
  const random = (name: string) => Random.named(seed, `feeds/polymarket/${window.slug}/${name}`);
  // A step that changes nothing has the book of the one before.
  let shown = step;
  while (shown > stepAt(window.openTime) && step - shown < 8 && !random(`${shown}/change`).chance(CHANGE_CHANCE)) {
    shown--;
  }
  const seenAt = micros(Math.max(window.openTime, shown * STEP - LAG));
  const fair = probability({
    spot: chainlink(window, index, seed, seenAt),
    strike: chainlink(window, index, seed, window.openTime),
    sigma: ANNUAL_VOLATILITY[window.index] / Math.sqrt(YEAR_SECONDS),
    secondsLeft: (window.closeTime - shown * STEP) / MICROS_PER_SECOND,
    seenSum: 0,
    seenCount: 0,
    knowsAverage: false,
  });
  const noise = NOISE_CENTS * random(`noise/${Math.floor(shown / NOISE_STEPS)}`).normal();
  const middle = Math.min(CENTS_MAX, Math.max(CENTS_MIN, Math.round(100 * fair + noise)));
  const sizes = random(`${shown}/sizes`);
  const wide = sizes.chance(0.4) ? 1 : 0;
  const size = () => sizes.integer(500, 60_000);
  const levels = (first: number, direction: 1 | -1) =>
    Array.from({ length: LEVELS }, (_, at): PeerLevel => [first + direction * at, size()])
      .filter(([cents]) => cents >= 1 && cents <= 99);
  return { bids: levels(middle - 1, -1), asks: levels(middle + wide, 1) };
}

/** The other token's book: whoever bids for Up at p offers Down at 1 - p. */
export const mirrored = ({ bids, asks }: PeerBook): PeerBook => ({
  bids: asks.map(([cents, size]): PeerLevel => [100 - cents, size]),
  asks: bids.map(([cents, size]): PeerLevel => [100 - cents, size]),
});
