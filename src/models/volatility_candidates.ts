/**
 * The volatility forecasters that a run compares.
 * @module
 */

import type { VolatilityLimits } from "./volatility.ts";
import {
  ewmaForecaster,
  MinuteWindowForecaster,
  realisedForecaster,
  type VolatilityForecaster,
} from "./volatility_forecaster.ts";
import { GarchVolatility } from "./volatility_garch.ts";
import { HarVolatility } from "./volatility_har.ts";
import { SeasonalVolatility } from "./volatility_seasonality.ts";

const REALISED_SECONDS = 900;
/** Of D8. */
const WINDOWS = [15, 30, 60, 90, 120] as const;
/** The longest of them is the one that the time of day can be seen in. */
const LONG_WINDOW = 120;

/**
 * New ones, the engine's own first: it is believed until another one has proved better.
 *
 * @param limits of those that look at one-second returns
 */
export function forecastCandidates(
  halfLifeSeconds: number,
  limits?: Partial<VolatilityLimits>,
): VolatilityForecaster[] {
  return [
    ewmaForecaster(halfLifeSeconds, limits),
    realisedForecaster(REALISED_SECONDS, limits),
    ...WINDOWS.map((minutes) => new MinuteWindowForecaster(minutes)),
    new HarVolatility(),
    new GarchVolatility(),
    new SeasonalVolatility(new MinuteWindowForecaster(LONG_WINDOW), LONG_WINDOW * 60),
  ];
}
