/**
 * The daily temperature events (KALSHI.md 9): for every climate day six markets on its highest or lowest temperature, whole
 * degrees Fahrenheit, of which exactly one pays.
 *
 * | moment | what happens |
 * | --- | --- |
 * | 10:11Z of the day before | listed, around what is then forecast |
 * | 14:00Z of the day before | `active`, silently: for ten hours or so two events of a series trade |
 * | the climate day's end | closed: midnight in local standard time |
 * | 10:18Z after it | determined by the final climate report of the simulated weather service |
 * | 11:18Z | settled |
 * @module
 */

import { climateDayOf, climateDaySpan } from "../../core/climate_day.ts";
import type { DayExtreme } from "../../core/climate_event.ts";
import type { ClimateStation } from "../../core/climate_station.ts";
import { dailyTicker } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { SimulatedWeather } from "./feeds/nws_weather.ts";
import { ListedMarket, type MarketTerms } from "./listed_market.ts";
import type { CycleParts } from "./market_cycle.ts";
import { MarketEnding, type Settlement } from "./market_ending.ts";
import type { ClimateSeries } from "./series.ts";
import { RANK } from "./timeline.ts";

const HOUR = 60 * MICROS_PER_MINUTE;
/** From midnight UTC of a day's date. */
const LISTED_AFTER = -MICROS_PER_DAY + 10 * HOUR + 11 * MICROS_PER_MINUTE;
const OPENS_AFTER = -MICROS_PER_DAY + 14 * HOUR;
const DETERMINED_AFTER = MICROS_PER_DAY + 10 * HOUR + 18 * MICROS_PER_MINUTE;
const SETTLED_AFTER = MICROS_PER_DAY + 11 * HOUR + 18 * MICROS_PER_MINUTE;
/** Events kept per series once they are settled. */
const SETTLED_EVENTS_MAX = 7;
/** Settled events that exist when the exchange starts. */
const DAYS_BEFORE = 2;
/** Ranges between the two tails, and the degrees that each covers. */
const RANGES = 4;
const RANGE_DEGREES = 2;

type Strikes = Pick<MarketTerms, "strikeType" | "floorStrike" | "capStrike"> & {
  readonly letter: "T" | "B";
  readonly value: number;
};

/** The six strikes of an event about this temperature, lowest first. */
export function climateStrikes(expectedF: number): readonly Strikes[] {
  const lowest = expectedF - RANGES * RANGE_DEGREES / 2 + 1;
  const highest = lowest + RANGES * RANGE_DEGREES - 1;
  const ranges = Array.from({ length: RANGES }, (_, at): Strikes => {
    const floor = lowest + at * RANGE_DEGREES;
    const cap = floor + RANGE_DEGREES - 1;
    return { letter: "B", value: (floor + cap) / 2, strikeType: "between", floorStrike: floor, capStrike: cap };
  });
  return [
    { letter: "T", value: lowest, strikeType: "less", floorStrike: null, capStrike: lowest },
    ...ranges,
    { letter: "T", value: highest, strikeType: "greater", floorStrike: highest, capStrike: null },
  ];
}

/** What was forecast at a moment for a day's extreme. */
export function forecastExtreme(
  weather: SimulatedWeather,
  { station, extreme }: { readonly station: ClimateStation; readonly extreme: DayExtreme },
  issued: Micros,
  hours: { readonly from: Micros; readonly to: Micros },
): number {
  const degrees: number[] = [];
  for (let hour = Math.ceil(hours.from / HOUR) * HOUR; hour < hours.to; hour += HOUR) {
    degrees.push(weather.forecast(station, issued, micros(hour)));
  }
  return extreme === "high" ? Math.max(...degrees) : Math.min(...degrees);
}

/** One day's markets of a series. */
interface DayEvent {
  readonly day: string;
  readonly markets: readonly ListedMarket<ClimateSeries>[];
}

export class ClimateCycle {
  readonly #parts: CycleParts;
  readonly #weather: SimulatedWeather;
  readonly #series: readonly ClimateSeries[];
  readonly #ending: MarketEnding;
  /** Events of each series, oldest first. */
  readonly #events = new Map<ClimateSeries, DayEvent[]>();

  constructor(parts: CycleParts, weather: SimulatedWeather, series: readonly ClimateSeries[]) {
    this.#parts = parts;
    this.#weather = weather;
    this.#series = series;
    this.#ending = new MarketEnding(parts);
  }

  /** The markets of this series that trade now: those of today, and of tomorrow once they have opened. */
  active(series: ClimateSeries): readonly ListedMarket<ClimateSeries>[] {
    const events = this.#events.get(series) ?? [];
    return events.filter(({ markets }) => markets[0].status === "active").flatMap(({ markets }) => markets);
  }

  /** Lists everything that exists at this time and sets the cycle going. */
  begin(at: Micros): void {
    for (const series of this.#series) {
      this.#events.set(series, []);
      const today = midnightOf(climateDayOf(at, series.station.standardTime));
      let midnight = micros(today - DAYS_BEFORE * MICROS_PER_DAY);
      for (; midnight + LISTED_AFTER <= at; midnight = micros(midnight + MICROS_PER_DAY)) {
        this.#place(this.#list(series, midnight), midnight, at);
      }
      this.#listNext(series, midnight);
    }
  }

  #listNext(series: ClimateSeries, midnight: Micros): void {
    this.#parts.timeline.schedule(micros(midnight + LISTED_AFTER), RANK.cycle, (at) => {
      const event = this.#list(series, midnight);
      this.#parts.emit({ type: "event_created", market: event.markets[0], at });
      for (const market of event.markets) this.#parts.emit({ type: "lifecycle", kind: "created", market, at });
      this.#place(event, midnight, at);
      this.#dropOld(series);
      this.#listNext(series, micros(midnight + MICROS_PER_DAY));
    });
  }

  #list(series: ClimateSeries, midnight: Micros): DayEvent {
    const day = dayAt(midnight);
    const span = climateDaySpan(day, series.station.standardTime);
    if (span === null) throw new Error(`${day} is no day`);
    const createdAt = micros(midnight + LISTED_AFTER);
    const issued = micros(Math.floor(createdAt / HOUR) * HOUR);
    const expected = forecastExtreme(this.#weather, series, issued, { from: span.start, to: span.end });
    const markets = climateStrikes(expected).map(({ letter, value, ...strike }) => {
      const { event, market: ticker } = dailyTicker(series.ticker, day, { letter, value });
      const openTime = micros(midnight + OPENS_AFTER);
      const terms = { series, ticker, event, openTime, closeTime: span.end, ...strike };
      return new ListedMarket(terms, createdAt, this.#parts.random.uuid());
    });
    for (const market of markets) this.#parts.markets.set(market.ticker, market);
    const event = { day, markets };
    this.#events.get(series)?.push(event);
    return event;
  }

  /** Brings an event to where it is in its life, and has it go on. */
  #place({ day, markets }: DayEvent, midnight: Micros, at: Micros): void {
    const [{ series, openTime, closeTime }] = markets;
    const settlement: Settlement = {
      determinedAt: micros(midnight + DETERMINED_AFTER),
      settledAt: micros(midnight + SETTLED_AFTER),
      value: () => this.#reported(series, day),
    };
    if (settlement.settledAt <= at) {
      for (const market of markets) this.#ending.finishPast(market, settlement);
      return;
    }
    const open = () => {
      for (const market of markets) market.status = "active";
    };
    const close = (time: Micros) => {
      for (const market of markets) this.#ending.close(market, time, settlement);
    };
    if (openTime <= at) open();
    else this.#parts.timeline.schedule(openTime, RANK.cycle, open);
    if (closeTime <= at) close(at);
    else this.#parts.timeline.schedule(closeTime, RANK.cycle, close);
  }

  /** What the day's final climate report says. */
  #reported({ station, extreme }: ClimateSeries, day: string): number {
    const extremes = this.#weather.dayExtremes(station, day);
    const degrees = extreme === "high" ? extremes?.highF : extremes?.lowF;
    if (degrees === null || degrees === undefined) throw new Error(`Nothing was measured at ${station.id} on ${day}`);
    return degrees;
  }

  #dropOld(series: ClimateSeries): void {
    const events = this.#events.get(series) ?? [];
    const settled = () => events.filter(({ markets }) => markets[0].status === "finalized").length;
    while (settled() > SETTLED_EVENTS_MAX && events[0].markets[0].status === "finalized") {
      for (const market of events.shift()?.markets ?? []) this.#parts.markets.delete(market.ticker);
    }
  }
}

const midnightOf = (day: string): Micros => micros(Date.parse(`${day}T00:00:00Z`) * 1_000);
const dayAt = (midnight: Micros): string => new Date(midnight / 1_000).toISOString().slice(0, 10);
