/**
 * What traders of the weather know: what the stations measured, some minutes late, and the forecast of the last hour, which
 * they take for a little warmer or colder than it is. Nobody here knows the day's report before it is out.
 * @module
 */

import { climateEvent } from "../../core/climate_event.ts";
import { type Micros, micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import { forecastExtreme } from "./climate_cycle.ts";
import { normalCdf } from "./fair_value.ts";
import { keyOf, wander } from "./feeds/noise.ts";
import { MEASURED_EVERY, type SimulatedWeather } from "./feeds/nws_weather.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { ClimateSeries } from "./series.ts";

const HOUR = 60 * MICROS_PER_MINUTE;
/** From a measurement, and from a forecast, until they heed it. */
const OBSERVATIONS_LATE = 12 * MICROS_PER_MINUTE;
const FORECASTS_LATE = 25 * MICROS_PER_MINUTE;
/** How far a forecast is off: at once, for each hour ahead, and what five-minute values add to an hourly one. */
const DEVIATION_F = 1;
const DEVIATION_PER_HOUR_F = 0.05;
const DEVIATION_MAX_F = 5;
const BEYOND_F = 0.4;
/** What they misjudge it by, one deviation, and how long they keep to that. */
const OPINION_F = 0.9;
const OPINION_LASTS = 3 * HOUR;
const HALF_DEGREE = 0.5;
/** Days of stations that are remembered: some series on two days each. */
const DAYS_MAX = 200;

/** What was measured of a day up to a moment. */
interface Seen {
  until: number;
  high: number;
  low: number;
}

/** A forecast of what is to come of a day; `null` where nothing is. */
interface Coming {
  readonly key: string;
  readonly degrees: number | null;
}

export class ClimateEyes {
  readonly #weather: SimulatedWeather;
  readonly #seed: number;
  readonly #seen = new Map<string, Seen>();
  readonly #coming = new Map<string, Coming>();

  constructor(weather: SimulatedWeather, seed: number) {
    this.#weather = weather;
    this.#seed = seed;
  }

  /** Probability of YES. Asked in order of time. */
  judge({ series, event, terms }: ListedMarket<ClimateSeries>, at: Micros): number {
    const about = climateEvent(event);
    if (about === null) throw new Error(`${event} is about no day`);
    const known = micros(at - OBSERVATIONS_LATE);
    const from = known < about.span.start ? about.span.start : known;
    const seen = this.#seenUntil(series, event, about.span.start, known);
    const coming = this.#comingFrom(series, event, at, { from, to: about.span.end });
    const key = keyOf(this.#seed, `traders/climate/${event}`);
    const opinion = OPINION_F * wander(key, at, OPINION_LASTS);
    const lead = Math.max(0, (about.span.start + about.span.end) / 2 - at) / HOUR;
    const deviation = Math.min(DEVIATION_MAX_F, DEVIATION_F + DEVIATION_PER_HOUR_F * lead);
    /** P(extreme <= degrees). */
    const below = (degrees: number): number => {
      const comes = (sign: 1 | -1) =>
        coming === null
          ? (sign === 1 ? 1 : 0)
          : normalCdf((degrees + HALF_DEGREE - coming - opinion - sign * BEYOND_F) / deviation);
      if (series.extreme === "high") return seen !== null && seen.high > degrees ? 0 : comes(1);
      return seen !== null && seen.low <= degrees ? 1 : comes(-1);
    };
    const { strikeType, floorStrike, capStrike } = terms;
    if (strikeType === "less") return below((capStrike ?? 0) - 1);
    if (strikeType === "greater") return 1 - below(floorStrike ?? 0);
    return Math.max(0, below(capStrike ?? 0) - below((floorStrike ?? 0) - 1));
  }

  #seenUntil({ station }: ClimateSeries, event: string, start: Micros, until: Micros): Seen | null {
    if (until < start) return null;
    let seen = this.#seen.get(event);
    if (seen === undefined) {
      if (this.#seen.size >= DAYS_MAX) this.#seen.clear();
      const first = Math.ceil(start / MEASURED_EVERY) * MEASURED_EVERY;
      this.#seen.set(event, seen = { until: first - MEASURED_EVERY, high: -Infinity, low: Infinity });
    }
    while (seen.until + MEASURED_EVERY <= until) {
      seen.until += MEASURED_EVERY;
      const degrees = this.#weather.measured(station, micros(seen.until));
      seen.high = Math.max(seen.high, degrees);
      seen.low = Math.min(seen.low, degrees);
    }
    return seen;
  }

  #comingFrom(
    series: ClimateSeries,
    event: string,
    at: Micros,
    hours: { readonly from: Micros; readonly to: Micros },
  ): number | null {
    const first = Math.ceil(hours.from / HOUR);
    if (first * HOUR >= hours.to) return null;
    const issued = Math.floor((at - FORECASTS_LATE) / HOUR);
    const key = `${issued}/${first}`;
    let coming = this.#coming.get(event);
    if (coming?.key !== key) {
      if (this.#coming.size >= DAYS_MAX) this.#coming.clear();
      const degrees = forecastExtreme(this.#weather, series, micros(issued * HOUR), hours);
      this.#coming.set(event, coming = { key, degrees });
    }
    return coming.degrees;
  }
}
