import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../backtest/recording/recording_fixture.ts";
import { climateDaySpan } from "../core/climate_day.ts";
import { climateEvent } from "../core/climate_event.ts";
import { climateStation } from "../core/climate_station.ts";
import type { StrikeType } from "../core/market.ts";
import { micros, parseTime } from "../core/units.ts";
import { readObservations } from "../feeds/weather/observations.ts";
import { DAY_TEMPERATURE_DEFAULTS, dayTemperature, type DayTemperatureSettings } from "./day_temperature.ts";
import { logarithm } from "./elementary.ts";
import type { SettlementRule } from "./settlement_interval.ts";
import { HIGHEST_F } from "./temperature_distribution.ts";

const HOUR = 3_600_000_000;

async function* lines(folder: string, prefix: string): AsyncGenerator<Record<string, unknown>> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names) {
    const file = await Deno.open(join(folder, name));
    const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
    for (const line of text.split("\n")) if (line !== "") yield JSON.parse(line);
  }
}

/** The settled highs by event, `KXHIGHNY-26JUL17` 86. */
async function settledHighs(folder: string): Promise<Map<string, number>> {
  const highs = new Map<string, number>();
  for await (const line of lines(folder, "weather_actuals_settlements_")) {
    const { settled_markets } = line as {
      settled_markets: { events: { event_ticker: string; expiration_value: string | null }[] };
    };
    for (const { event_ticker, expiration_value } of settled_markets.events) {
      if (climateEvent(event_ticker)?.extreme === "high" && expiration_value !== null) {
        highs.set(event_ticker, Number(expiration_value));
      }
    }
  }
  return highs;
}

interface Bucket {
  readonly rule: SettlementRule;
  readonly mid: number;
}

interface Book {
  readonly capturedAt: string;
  readonly event: string;
  readonly buckets: Bucket[];
}

/** The first capture of every event that has all its books. */
async function firstBooks(folder: string): Promise<Map<string, Book>> {
  const books = new Map<string, Book>();
  for await (const line of lines(folder, "kalshi_weather_books_")) {
    const { ticker, captured_at, capture_id, strike_type, floor_strike, cap_strike, best_yes_bid, best_yes_ask } =
      line as {
        ticker: string;
        captured_at: string;
        capture_id: string;
        strike_type: StrikeType;
        floor_strike: number | null;
        cap_strike: number | null;
        best_yes_bid: number | null;
        best_yes_ask: number | null;
      };
    const event = ticker.slice(0, ticker.lastIndexOf("-"));
    const key = `${capture_id} ${event}`;
    const book = books.get(key) ?? { capturedAt: captured_at, event, buckets: [] };
    books.set(key, book);
    const rule = { strikeType: strike_type, floorStrike: floor_strike, capStrike: cap_strike, roundDigits: 2 };
    book.buckets.push({ rule, mid: ((best_yes_bid ?? 0) + (best_yes_ask ?? 1)) / 2 });
  }
  const first = new Map<string, Book>();
  for (const book of books.values()) {
    if (book.buckets.length === 6 && !first.has(book.event)) first.set(book.event, book);
  }
  return first;
}

const holds = ({ strikeType, floorStrike, capStrike }: SettlementRule, high: number): boolean => {
  if (strikeType === "greater") return high > (floorStrike ?? NaN);
  if (strikeType === "less") return high < (capStrike ?? NaN);
  return high >= (floorStrike ?? NaN) && high <= (capStrike ?? NaN);
};

class Scores {
  #brier = 0;
  #log = 0;
  #events = 0;

  add(probabilities: readonly number[], happened: readonly boolean[]): void {
    const sum = probabilities.reduce((all, p) => all + p, 0);
    probabilities.forEach((p, k) => this.#brier += (p / sum - (happened[k] ? 1 : 0)) ** 2);
    this.#log -= logarithm(Math.max(1e-3, probabilities[happened.indexOf(true)] / sum));
    this.#events++;
  }

  get events(): number {
    return this.#events;
  }

  get text(): string {
    return `Brier ${this.brier.toFixed(3)}, log loss ${(this.#log / this.#events).toFixed(3)}`;
  }

  /** Summed over an event's six markets. */
  get brier(): number {
    return this.#brier / this.#events;
  }
}

/** What a high changes from one summer day to the next, about; nothing was fitted to these days. */
const DAY_TO_DAY: DayTemperatureSettings = {
  ...DAY_TEMPERATURE_DEFAULTS,
  errors: {
    high: [{ leadHours: 0, beyondF: 0, deviationF: 4 }],
    low: [{ leadHours: 0, beyondF: 0, deviationF: 4 }],
  },
};

/** Where the exchange laid the buckets the morning before: their middle is what was expected then. */
const middleOf = (buckets: readonly Bucket[]): number => {
  const inside = buckets.map(({ rule }) => rule).filter(({ strikeType }) => strikeType === "between");
  return inside.reduce((sum, { floorStrike, capStrike }) => sum + ((floorStrike ?? NaN) + (capStrike ?? NaN)) / 2, 0) /
    inside.length;
};

/** Of a day of which nothing was seen yet, with a forecast that peaks at three. */
function bucketProbabilities(
  { event: ticker, capturedAt, buckets }: Book,
  peakF: number,
  settings: DayTemperatureSettings,
): number[] {
  const event = climateEvent(ticker);
  const now = parseTime(capturedAt.replace("+00:00", "Z"));
  assert.ok(event !== null && now !== null);
  const { span } = event;
  const hours = Array.from({ length: 25 }, (_, hour) => ({
    start: micros(span.start + hour * HOUR),
    temperatureF: peakF - 8 * (1 - Math.cos(2 * Math.PI * (hour - 15) / 24)),
  }));
  const forecast = { issuedAt: now, hours };
  const result = dayTemperature({ extreme: "high", span, now, observations: [], forecast, report: null }, settings);
  assert.ok(result.ok);
  const probabilities = buckets.map(({ rule }) => result.distribution.probabilityOfYes(rule) ?? NaN);
  const sum = probabilities.reduce((all, p) => all + p, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12, `${ticker}: ${sum}`);
  return probabilities;
}

Deno.test("recorded days, without a forecast on record: scores of what stands for one beside the books' mids", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const highs = await settledHighs(folder);
  const [middle, yesterday, market, uniform] = Array.from({ length: 4 }, () => new Scores());
  for (const book of (await firstBooks(folder)).values()) {
    const event = climateEvent(book.event);
    assert.ok(event !== null, book.event);
    const high = highs.get(book.event);
    const before = highs.get(`${event.series}-${tickerDay(event.span.start - 12 * HOUR)}`);
    if (high === undefined || before === undefined) continue;
    const happened = book.buckets.map(({ rule }) => holds(rule, high));
    assert.equal(happened.filter(Boolean).length, 1, book.event);
    middle.add(bucketProbabilities(book, middleOf(book.buckets), DAY_TEMPERATURE_DEFAULTS), happened);
    yesterday.add(bucketProbabilities(book, before, DAY_TO_DAY), happened);
    market.add(book.buckets.map(({ mid }) => mid), happened);
    uniform.add(book.buckets.map(() => 1), happened);
  }
  console.log(
    [
      `${market.events} events, their first books:`,
      `the middle of the buckets as the forecast: ${middle.text}`,
      `the high of the day before as the forecast: ${yesterday.text}`,
      `the books' mids: ${market.text}`,
      `every bucket alike: ${uniform.text}`,
    ].join("\n"),
  );
  assert.ok(market.events >= 20, `${market.events}`);
  // Sanity and no more: six buckets cannot score above 2, and what always says the truth scores 0.
  for (const scores of [middle, yesterday]) assert.ok(scores.brier > 0 && scores.brier < 1.2, scores.text);
});

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** `26JUL17`. */
function tickerDay(at: number): string {
  const [year, month, day] = new Date(at / 1_000).toISOString().slice(0, 10).split("-");
  return `${year.slice(2)}${MONTHS[Number(month) - 1]}${day}`;
}

Deno.test("recorded observations of Midway: the five-minute values leave more degrees open than METARs", async () => {
  const folder = await recordedData("nws");
  const station = climateStation("KMDW");
  if (folder === null || station === null) return;
  const body = JSON.parse(
    Deno.readTextFileSync(join(folder, "kmdw_observations_2026-09-04_trimmed_transcribed.json")),
  );
  const now = parseTime("2026-09-04T05:00:00Z");
  const span = climateDaySpan("2026-09-03", station.standardTime);
  assert.ok(now !== null && span !== null);
  const rules = { station: "KMDW", standardTime: station.standardTime, verified: new Set(["V"]), now };
  const read = readObservations(body, rules);
  assert.ok(read.ok && read.value.observations.length > 0);
  const { observations } = read.value;
  const highest = Math.max(...observations.map(({ temperatureF, roundingF }) => temperatureF - roundingF));
  // Only an evening was recorded: what came before it is a forecast's.
  const hours = Array.from({ length: 25 }, (_, hour) => ({
    start: micros(span.start + hour * HOUR),
    temperatureF: 90 - 8 * (1 - Math.cos(2 * Math.PI * (hour - 15) / 24)),
  }));
  const state = { extreme: "high", span, now, report: null, forecast: { issuedAt: span.start, hours } } as const;
  const result = dayTemperature({ ...state, observations });
  assert.ok(result.ok);
  const lowest = Math.floor(highest + 0.5);
  assert.equal(result.distribution.atMost(lowest - 1), 0);
  assert.ok(Math.abs(result.distribution.atMost(HIGHEST_F) - 1) < 1e-12);
  const open = (which: (roundingF: number) => boolean): number => {
    const seen = observations.filter(({ roundingF }) => which(roundingF));
    assert.ok(seen.length > 0);
    const [least, most] = [-1, 1].map((side) =>
      Math.max(...seen.map((one) => one.temperatureF + side * one.roundingF))
    );
    return Math.floor(most + 0.5) - Math.floor(least + 0.5) + 1;
  };
  console.log(`degrees left open: METARs ${open((r) => r < 0.5)}, five-minute values ${open((r) => r >= 0.5)}`);
  assert.ok(open((r) => r < 0.5) <= open((r) => r >= 0.5));
});
