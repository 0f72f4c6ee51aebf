/**
 * S6, weather: buys YES or NO of the buckets of a day's highest or lowest temperature where the model of the day
 * (models/day_temperature.ts) finds them worth more than they cost.
 *
 *     P(degree) from what was observed so far, the hourly forecast of the rest, and a preliminary report
 *     edge = worth - cost - fee - buffer >= min_edge + doubt_weight x doubt       (event_value.ts)
 *
 * When something may be bought, in a market at most once for each of them:
 *
 * | when | how long |
 * | --- | --- |
 * | 18:00 and 20:00 Eastern time, by the clock on the wall | `window_seconds` |
 * | something new was heard of the event's day: an observation, a forecast, a report | `news_seconds` after it arrived |
 *
 * A maker rests its orders during these times, moves them as others move, and takes them back after; a sniper sends one
 * order a market. What is held is closed at any time if the model turns against it. Nothing is remembered: what a run did
 * shows in positions and in the time of the market's last order, and after a restart in the positions alone.
 *
 * Risks: the forecast's errors are chosen and not learnt (models/forecast_errors.ts), and those of the cities of one day go
 * together, which no joint size of one event knows. A station's report may differ from its observations. Since August 2026
 * another company's relay of the reports decides (KALSHI.md 9).
 * @module
 */

import { z } from "zod";
import { type ClimateEvent, climateEvent, climateSeries } from "../core/climate_event.ts";
import { easternMoments, easternWallTime } from "../core/eastern_time.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.ts";
import type { Refusal } from "../risk/limits.ts";
import type { EventOutlook } from "./event_outlook.ts";
import { decideEvent, everywhere, isHeld } from "./event_value.ts";
import { eventValueShape } from "./event_value_parameters.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import { no, timeObstacle } from "./obstacles.ts";
import { flag, seconds } from "./parameters.ts";
import type { GroupStrategy } from "./strategy.ts";
import type { ClimateReading, StrategyView } from "./view.ts";
import { weatherOutlook } from "./weather_outlook.ts";

const WEEK = 604_800;

export const weatherParameters = z.strictObject({
  ...eventValueShape,
  scheduled: flag(true, "Whether to look at 18:00 and 20:00 Eastern time"),
  window_seconds: seconds(600, 7_200, "After these, how long orders may be sent"),
  intraday: flag(true, "Whether to look when something new is heard of the weather"),
  news_seconds: seconds(300, 3_600, "How long after that orders may be sent"),
  min_seconds: seconds(600, WEEK, "Nearer to the close nothing is bought"),
  max_seconds: seconds(172_800, WEEK, "Farther from the close nothing is bought"),
  max_observation_age: z.number().min(0).max(1_440).default(90).meta({
    unit: "minutes",
    text: "On the day itself, an older newest observation says too little",
  }),
  max_missing_hours: z.number().int().min(0).max(25).default(3).meta({
    unit: "hours",
    text: "Of the hours of the day that are over, how many may be without an observation",
  }),
  max_forecast_age: z.number().min(0).max(168).default(6).meta({ unit: "hours", text: "An older forecast is stale" }),
  error_scale: z.number().gt(0).max(5).default(1).meta({
    unit: "times",
    text: "How large forecast errors are, against the table that the model rests on",
  }),
  spread_doubt: z.number().min(0).max(0.9).default(0.25).meta({
    unit: "fraction",
    text: "By how much of themselves these errors may be larger or smaller than that",
  }),
  forecast_doubt: z.number().min(0).max(10).default(0.5).meta({
    unit: "degrees F",
    text: "By how much the forecast as a whole may lie too high or too low",
  }),
});

export type WeatherParameters = z.infer<typeof weatherParameters>;

const RUN_HOURS = [18, 20] as const;

export const weather: GroupStrategy<WeatherParameters> = {
  name: "weather",
  title: "Weather (highs and lows of a day; off by default)",
  startsOff: true,
  parameters: weatherParameters,
  hooks: STANDARD_HOOKS,
  trades: (series) => climateSeries(series) !== null,
  groupOf: (market) => market.event,
  decideGroup(view, parameters) {
    const event = climateEvent(view.group);
    const [first] = view.markets;
    const reading = first.climate;
    if (event === null) return everywhere(view, no("no_climate_day", "The event names no climate day"));
    if (reading === null) return everywhere(view, no("no_weather", `Nothing was heard of ${event.station.id} yet`));
    const run = runOf(view.at, reading, parameters);
    // The model takes long: it is asked where something may come of it.
    if ("code" in run && !isHeld(view)) return everywhere(view, run);
    const outlook = outlookOf(event, reading, view.at, parameters);
    if ("code" in outlook) return everywhere(view, outlook);
    return decideEvent(view, outlook, (market) => openingObstacle(market, run, parameters), parameters);
  },
};

/** A time at which something may be bought. */
interface Run {
  readonly since: Micros;
}

/** The newest run that is on, or why none is. */
export function runOf(at: Micros, reading: ClimateReading, parameters: WeatherParameters): Run | Refusal {
  const { scheduled, window_seconds, intraday, news_seconds } = parameters;
  const news = intraday ? newsOf(reading) : 0;
  const hour = scheduled ? hourOf(at) : 0;
  const isNews = news > 0 && at - news <= news_seconds * MICROS_PER_SECOND;
  const isHour = hour > 0 && at - hour <= window_seconds * MICROS_PER_SECOND;
  if (isNews || isHour) return { since: micros(Math.max(isNews ? news : 0, isHour ? hour : 0)) };
  return no("between_runs", "It is neither the hour to look nor was anything new heard of the weather");
}

/** When the newest of the day's hours to look was; 0 where none was yet. */
function hourOf(at: Micros): number {
  const { year, month, day } = easternWallTime(at);
  let newest = 0;
  for (const hour of RUN_HOURS) {
    // Neither hour is skipped or repeated when clocks change.
    for (const moment of easternMoments({ year, month, day, hour, minute: 0 })) {
      if (moment <= at) newest = Math.max(newest, moment);
    }
  }
  return newest;
}

/** When a reading's newest word came, by reading: they live as long as nothing new is heard. */
const newsTimes = new WeakMap<ClimateReading, number>();

function newsOf(reading: ClimateReading): number {
  let newest = newsTimes.get(reading);
  if (newest === undefined) {
    const { observations, forecast, report } = reading;
    newest = observations.reduce(
      (latest, { at }) => Math.max(latest, at),
      Math.max(forecast?.at ?? 0, report?.at ?? 0),
    );
    newsTimes.set(reading, newest);
  }
  return newest;
}

function openingObstacle(view: StrategyView, run: Run | Refusal, parameters: WeatherParameters): Refusal | null {
  const early = timeObstacle(view, parameters) ?? ("code" in run ? run : null);
  if (early !== null || "code" in run) return early;
  // An order that rests is moved, and a large one worked off, as long as the run lasts.
  if (parameters.execution !== "sniper" || view.lastOrderAt < run.since) return null;
  return no("decided_already", "An order was sent here since the run began, or since the newest word");
}

interface Kept {
  readonly minute: number;
  readonly event: string;
  readonly outlook: EventOutlook | Refusal;
}

/**
 * What follows from a reading, in one minute: of each reading and set of parameters one for the high and one for the low. They
 * are forgotten with the reading.
 */
const kept = new WeakMap<WeatherParameters, WeakMap<ClimateReading, Map<string, Kept>>>();

function outlookOf(
  event: ClimateEvent,
  reading: ClimateReading,
  at: Micros,
  parameters: WeatherParameters,
): EventOutlook | Refusal {
  let byReading = kept.get(parameters);
  if (byReading === undefined) kept.set(parameters, byReading = new WeakMap());
  let byExtreme = byReading.get(reading);
  if (byExtreme === undefined) byReading.set(reading, byExtreme = new Map());
  const minute = Math.floor(at / MICROS_PER_MINUTE);
  const known = byExtreme.get(event.extreme);
  if (known !== undefined && known.minute === minute && known.event === event.event) return known.outlook;
  const outlook = weatherOutlook(event, reading, micros(minute * MICROS_PER_MINUTE), parameters);
  byExtreme.set(event.extreme, { minute, event: event.event, outlook });
  return outlook;
}
