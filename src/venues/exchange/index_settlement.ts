/**
 * What markets on an index settle on, and when (KALSHI.md 8.1).
 * @module
 */

import { SETTLEMENT_SECONDS, settlementNumber } from "../../core/settlement.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import type { IndexProcess } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { Settlement } from "./market_ending.ts";
import type { CryptoSeries } from "./series.ts";

const DETERMINED_DELAY = 3 * MICROS_PER_SECOND;
const SETTLED_DELAY = { fifteen_min: 8_100 * MICROS_PER_MILLISECOND, hourly: 168 * MICROS_PER_SECOND } as const;

/** The mean of the 60 index values that end at this time, as the exchange rounds it. */
export function indexAverage(index: IndexProcess, series: CryptoSeries, at: Micros): number {
  const last = at / MICROS_PER_SECOND;
  const { sum, count } = index.sum(series.index, last - SETTLEMENT_SECONDS + 1, last);
  if (count !== SETTLEMENT_SECONDS) throw new Error(`The index has ${count} of 60 values before second ${last}`);
  return settlementNumber(sum / count, 2);
}

/** Of a market that has closed: the value is taken now, because the index keeps its values only for some hours. */
export function indexSettlement(index: IndexProcess, { series, closeTime }: ListedMarket<CryptoSeries>): Settlement {
  const value = indexAverage(index, series, closeTime);
  return {
    determinedAt: micros(closeTime + DETERMINED_DELAY),
    settledAt: micros(closeTime + SETTLED_DELAY[series.frequency]),
    value: () => value,
  };
}
