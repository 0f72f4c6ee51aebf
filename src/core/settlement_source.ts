/**
 * Whose word settles a daily temperature market, which is a property of the series and of the day that it is about
 * (KALSHI.md 9). The rules changed once so far; the next change is one more row.
 * @module
 */

import type { ClimateReportInput } from "./input.ts";
import { climateSeries } from "./climate_event.ts";

/** Who settles, by the names that {@link ClimateReportInput} has for its sources. */
export type SettlementSource = ClimateReportInput["source"];

interface Period {
  /** First climate day that it holds for. */
  readonly from: string;
  readonly source: SettlementSource;
}

/** Newest first. The rules of events dated 2026-08-14 and later name The Weather Company, those before the NWS report. */
const PERIODS: readonly Period[] = [
  { from: "2026-08-14", source: "weather_company" },
  { from: "", source: "nws" },
];

/**
 * Share of series-days on which The Weather Company's value was that of the NWS report: 447 of the 448 that were
 * compared (KALSHI.md 9). A final NWS report is therefore near certain for a later market and not certain.
 */
export const RELAY_AGREEMENT = 447 / 448;

/**
 * Who settles the markets of this series on this climate day; `null` for a series that is no daily temperature of a
 * known station.
 *
 * @example
 * ```ts
 * import { settlementSource } from "./settlement_source.ts";
 * import assert from "node:assert/strict";
 * assert.equal(settlementSource("KXHIGHNY", "2026-08-13"), "nws");
 * assert.equal(settlementSource("KXHIGHNY", "2026-08-14"), "weather_company");
 * ```
 */
export function settlementSource(series: string, day: string): SettlementSource | null {
  if (climateSeries(series) === null) return null;
  return PERIODS.find((period) => day >= period.from)?.source ?? null;
}
