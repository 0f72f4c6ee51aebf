/**
 * What simulated options are worth: volatility by expiry and strike, around the volatility that the simulated indices
 * have at the moment. Deribit's traders expect it to come back to its usual level within hours, and are a little wrong.
 * @module
 */

import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../../core/units.ts";
import type { OptionName } from "../../../feeds/deribit/instrument.ts";
import type { IndexId, IndexProcess } from "../index_process.ts";
import { Random } from "../random.ts";

const YEAR_SECONDS = 31_536_000;
const EXPIRY_OFFSET = 8 * 60 * MICROS_PER_MINUTE;
/** Days to the listed expiries, counted from the next one. */
const EXPIRY_DAYS = [0, 1, 2, 7, 14, 28] as const;
/** What traders take for the usual level of BTC's volatility, and how fast they think it is back there. */
const USUAL_VOLATILITY = 0.6;
const RETURN_SECONDS = 6 * 3_600;
/** How far a day's quotes lie off, relative. */
const NOISE = 0.01;
/** The smile: volatility grows by this share at a distance of one deviation from the money. */
const SMILE = 0.04;
/** Futures stand above the index by this share a year. */
const CARRY = 0.06;
const STRIKES_EACH_SIDE = 12;
const DVOL_SECONDS = 30 * 86_400;

export interface OptionMarket {
  readonly currency: "BTC" | "ETH";
  readonly index: IndexId;
  readonly strikeStep: number;
  /** Usual volatility as a multiple of BTC's. */
  readonly ratio: number;
}

export const OPTION_MARKETS: readonly OptionMarket[] = [
  { currency: "BTC", index: "BRTI", strikeStep: 500, ratio: 1 },
  { currency: "ETH", index: "ETHUSD_RTI", strikeStep: 25, ratio: 1.25 },
];

export interface OptionQuote {
  readonly option: OptionName;
  readonly forward: number;
  /** Annualised percent. */
  readonly volatility: number;
}

/** Annualised volatility that traders expect over so many seconds from now, as a fraction. */
export function expectedVolatility(market: OptionMarket, index: IndexProcess, seconds: number): number {
  const usual = USUAL_VOLATILITY * market.ratio;
  const current = index.volatility(market.index) * Math.sqrt(YEAR_SECONDS);
  const decay = seconds / RETURN_SECONDS;
  const share = decay === 0 ? 1 : -Math.expm1(-decay) / decay;
  return usual + (current - usual) * share;
}

/** One number per minute, series and seed, whoever asks and whenever. */
const noiseAt = (seed: number, series: string, at: Micros): number =>
  Math.exp(NOISE * Random.named(seed, `feeds/deribit/${series}/${Math.floor(at / MICROS_PER_MINUTE)}`).normal());

/** DVOL of this moment, annualised percent. */
export const volatilityIndex = (market: OptionMarket, index: IndexProcess, seed: number, at: Micros): number =>
  100 * expectedVolatility(market, index, DVOL_SECONDS) * noiseAt(seed, `${market.currency}/dvol`, at);

/** The moments at which listed options expire, soonest first: always later than now. */
function expiries(at: Micros): readonly Micros[] {
  const next = Math.floor((at - EXPIRY_OFFSET) / MICROS_PER_DAY + 1) * MICROS_PER_DAY + EXPIRY_OFFSET;
  return EXPIRY_DAYS.map((days) => micros(next + days * MICROS_PER_DAY));
}

/** Every listed option of a currency. */
export function optionQuotes(market: OptionMarket, index: IndexProcess, seed: number, at: Micros): OptionQuote[] {
  const spot = index.priceAt(market.index, at);
  const quotes: OptionQuote[] = [];
  for (const expiry of expiries(at)) {
    const seconds = (expiry - at) / MICROS_PER_SECOND;
    const level = expectedVolatility(market, index, seconds) * noiseAt(seed, `${market.currency}/${expiry}`, at);
    const forward = spot * Math.exp(CARRY * seconds / YEAR_SECONDS);
    const deviation = level * Math.sqrt(seconds / YEAR_SECONDS);
    const middle = Math.round(forward / market.strikeStep) * market.strikeStep;
    for (let step = -STRIKES_EACH_SIDE; step <= STRIKES_EACH_SIDE; step++) {
      const strike = middle + step * market.strikeStep;
      const distance = Math.log(strike / forward) / deviation;
      const volatility = 100 * level * (1 + SMILE * Math.min(distance * distance, 9));
      for (const kind of ["call", "put"] as const) {
        quotes.push({ option: { underlying: market.currency, expiry, strike, kind }, forward, volatility });
      }
    }
  }
  return quotes;
}
