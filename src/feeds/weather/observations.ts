/**
 * Reads a station's observations as api.weather.gov gives them (KALSHI.md 11.7): a GeoJSON collection of
 * `/stations/KMDW/observations`, or the single feature of `/observations/latest`.
 *
 * Two kinds come mixed. The METAR of each hour (and each special one) has tenths of a degree Celsius and its raw message;
 * the values of every five minutes are whole degrees Celsius with an empty raw message, so the truth may lie 0.9 degrees
 * Fahrenheit from them, which is enough to be in another bin. Each observation therefore says how far rounding may have
 * moved it.
 *
 * Only verified values pass. Their quality letters are those of MADIS: V verified (range, consistency in time and with
 * the neighbours), S screened, C coarse, Z none yet, X rejected, Q questioned, G and B judged good or bad by a person.
 * @module
 */

import { climateDayOf, climateDaySpan, type StandardTime } from "../../core/climate_day.ts";
import { type Micros, micros } from "../../core/units.ts";
import { type Answer, fahrenheit, isEarthly, isObject, type JsonObject, parseOffsetTime, refused } from "./answer.ts";
import { type MetarTemperatures, readMetar } from "./metar.ts";

/** One believed temperature. */
export interface Observation {
  readonly observedAt: Micros;
  readonly temperatureF: number;
  readonly roundingF: number;
}

export interface Observations {
  /** In order of time, one for each moment. */
  readonly observations: readonly Observation[];
  /** What was left out. */
  readonly refused: readonly RefusedFeature[];
}

export interface RefusedFeature {
  readonly reason: string;
  /** `null` where it does not say. */
  readonly observedAt: Micros | null;
}

/** Letters of the quality control, as settings may allow them. */
export const QUALITY_LETTERS = ["V", "S", "C", "G", "Z"] as const;
export type QualityLetter = typeof QUALITY_LETTERS[number];

export interface ObservationRules {
  readonly station: string;
  readonly standardTime: StandardTime;
  /** Quality letters that are believed. */
  readonly verified: ReadonlySet<string>;
  readonly now: Micros;
}

/** 36 hours of five-minute values and METARs, with room. */
const FEATURES_MAX = 1_000;
/** Further ahead of the run's clock, a stamp is wrong. */
const AHEAD_MAX = 10 * 60_000_000;
const SIX_HOURS = 6 * 3_600_000_000;
/** Stations measure on whole minutes: what is told of no certain moment stands beside them, and replaces nothing. */
const BESIDE_THE_MINUTE = 1_000_000;
/** The value of an observation and its own METAR may differ by rounding, and little more. */
const CONTRADICTION_CELSIUS = 0.6;

const TENTHS_ROUNDING_F = 0.05 * 9 / 5;
const WHOLE_CELSIUS_ROUNDING_F = 0.5 * 9 / 5;
const WHOLE_FAHRENHEIT_ROUNDING_F = 0.5;

/** Reads one parsed answer. */
export function readObservations(body: unknown, rules: ObservationRules): Answer<Observations> {
  if (!isObject(body)) return refused("no JSON object");
  const features = body.type === "Feature" ? [body] : body.features;
  if (!Array.isArray(features)) return refused("answer without features");
  if (features.length > FEATURES_MAX) return refused("too many features");
  const left: RefusedFeature[] = [];
  const byTime = new Map<Micros, Observation>();
  for (const feature of features as readonly unknown[]) {
    const read = readFeature(feature, rules);
    if (!read.ok) {
      left.push({ reason: read.reason, observedAt: timeOf(feature) });
      continue;
    }
    for (const observation of read.value) {
      const known = byTime.get(observation.observedAt);
      if (known !== undefined) left.push({ reason: "repeated observation", observedAt: observation.observedAt });
      if (known === undefined || observation.roundingF < known.roundingF) {
        byTime.set(observation.observedAt, observation);
      }
    }
  }
  const observations = [...byTime.values()].sort((a, b) => a.observedAt - b.observedAt);
  return { ok: true, value: { observations, refused: left } };
}

/** The temperature of one feature, and the extremes that its METAR looks back on; nothing where none was measured. */
function readFeature(feature: unknown, rules: ObservationRules): Answer<readonly Observation[]> {
  const properties = isObject(feature) ? feature.properties : undefined;
  if (!isObject(properties)) return refused("feature without properties");
  if (!isOf(properties, rules.station)) return refused("observation of another station");
  const observedAt = parseOffsetTime(properties.timestamp);
  if (observedAt === null) return refused("observation without a time");
  if (observedAt > rules.now + AHEAD_MAX) return refused("observation from the future");
  const raw = properties.rawMessage;
  const metar = typeof raw === "string" && raw !== "" ? readMetar(raw, rules.station) : null;
  const temperature = readTemperature(properties.temperature, metar, rules.verified);
  if (!temperature.ok) return temperature;
  if (temperature.value === null) return { ok: true, value: [] };
  const extremes = metar === null ? [] : extremesOf(metar, observedAt, rules.standardTime);
  return { ok: true, value: [{ observedAt, ...temperature.value }, ...extremes] };
}

const timeOf = (feature: unknown): Micros | null =>
  isObject(feature) && isObject(feature.properties) ? parseOffsetTime(feature.properties.timestamp) : null;

/** Features without a station's name are taken for the one that was asked for. */
function isOf(properties: JsonObject, station: string): boolean {
  const { stationId, station: url } = properties;
  if (typeof stationId === "string") return stationId === station;
  return typeof url !== "string" || url.endsWith(`/${station}`);
}

type Temperature = Pick<Observation, "temperatureF" | "roundingF">;

/** `null` where the station says that it measured none, as stations now and then do: nothing is wrong with that. */
function readTemperature(
  value: unknown,
  metar: MetarTemperatures | null,
  verified: ReadonlySet<string>,
): Answer<Temperature | null> {
  if (!isObject(value)) return refused("observation without a temperature");
  if (value.value === null) return { ok: true, value: null };
  if (typeof value.value !== "number" || !Number.isFinite(value.value)) return refused("temperature is no number");
  const quality = letterOf(value.qualityControl);
  if (quality === null) return refused("temperature without a quality letter");
  if (!verified.has(quality)) return refused(`quality ${quality}`);
  const unit = typeof value.unitCode === "string" ? value.unitCode.replace(/^.*:/, "") : "";
  if (unit !== "degC" && unit !== "degF") return refused("unit of temperature");
  const celsius = unit === "degC" ? value.value : (value.value - 32) * 5 / 9;
  const told = metar?.tenths ?? metar?.whole ?? null;
  if (told !== null && Math.abs(told - celsius) > CONTRADICTION_CELSIUS) return refused("METAR contradicts the value");
  const tenths = metar?.tenths ?? null;
  const temperature = tenths !== null
    ? { temperatureF: fahrenheit(tenths), roundingF: TENTHS_ROUNDING_F }
    : { temperatureF: fahrenheit(celsius), roundingF: roundingOf(value.value, unit) };
  return isEarthly(temperature.temperatureF) ? { ok: true, value: temperature } : refused("temperature out of range");
}

/** `V`, or `qc:V` as the service wrote it until 2020; one capital letter, so that reasons stay few. */
function letterOf(quality: unknown): string | null {
  const match = typeof quality === "string" ? /^(?:qc:)?([A-Z])$/.exec(quality) : null;
  return match?.[1] ?? null;
}

/** A whole number says that it was rounded to one; a METAR whose value is whole by chance comes with its tenths. */
function roundingOf(value: number, unit: "degC" | "degF"): number {
  if (!Number.isInteger(value)) return TENTHS_ROUNDING_F;
  return unit === "degC" ? WHOLE_CELSIUS_ROUNDING_F : WHOLE_FAHRENHEIT_ROUNDING_F;
}

/**
 * The highest and lowest temperatures of the six hours before a METAR, where all of these hours belong to one climate
 * day. Nobody says at which moment they were measured: they are told a quarter and three quarters into these hours, in
 * the past, so that none is taken for the temperature now.
 */
function extremesOf(metar: MetarTemperatures, at: Micros, zone: StandardTime): readonly Observation[] {
  const begin = at - SIX_HOURS;
  const day = climateDaySpan(climateDayOf(at, zone), zone);
  if (day === null || begin < day.start) return [];
  const told = (celsius: number | null, share: number): readonly Observation[] => {
    const temperatureF = celsius === null ? NaN : fahrenheit(celsius);
    if (!isEarthly(temperatureF)) return [];
    const observedAt = micros(begin + share * SIX_HOURS + BESIDE_THE_MINUTE);
    return [{ observedAt, temperatureF, roundingF: TENTHS_ROUNDING_F }];
  };
  return [...told(metar.sixHourLow, 1 / 4), ...told(metar.sixHourHigh, 3 / 4)];
}
