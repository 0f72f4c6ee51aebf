import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../backtest/recording/recording_fixture.ts";
import { climateEvent } from "../core/climate_event.ts";
import type { Input, Level, WeatherForecastInput } from "../core/input.ts";
import { aMarket } from "../core/market_fixture.ts";
import type { MarketResult, StrikeType } from "../core/market.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { count, formatMoney, type Micros, micros, MICROS_PER_SECOND, money, parseTime, price } from "../core/units.ts";
import { Engine } from "../engine/engine.ts";
import { engineOptions } from "../engine/engine_fixture.ts";
import { HOUR } from "./weather_fixture.ts";

const CAPITAL = money(10_000_000_000);

async function* lines(folder: string, prefix: string): AsyncGenerator<Record<string, unknown>> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.startsWith(prefix)).sort();
  for (const name of names) {
    const file = await Deno.open(join(folder, name));
    const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
    for (const line of text.split("\n")) if (line !== "") yield JSON.parse(line);
  }
}

interface Endings {
  /** `KXHIGHNY-26JUL17` 86. */
  readonly highs: ReadonlyMap<string, number>;
  readonly results: ReadonlyMap<string, MarketResult>;
}

async function endings(folder: string): Promise<Endings> {
  const highs = new Map<string, number>();
  const results = new Map<string, MarketResult>();
  for await (const line of lines(folder, "weather_actuals_settlements_")) {
    const { settled_markets } = line as {
      settled_markets: {
        events: { event_ticker: string; expiration_value: string | null; results: Record<string, MarketResult> }[];
      };
    };
    for (const { event_ticker, expiration_value, results: ended } of settled_markets.events) {
      if (expiration_value !== null) highs.set(event_ticker, Number(expiration_value));
      for (const [ticker, result] of Object.entries(ended)) results.set(ticker, result);
    }
  }
  return { highs, results };
}

interface Capture {
  readonly at: Micros;
  readonly ticker: string;
  readonly strikeType: StrikeType;
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  readonly closeTime: Micros;
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
}

function timeOf(text: string): Micros {
  const at = parseTime(text.replace("+00:00", "Z"));
  assert.ok(at !== null, text);
  return at;
}

const levels = (side: readonly (readonly [string, string])[]): readonly Level[] =>
  side.map(([at, size]) => [price(Math.round(Number(at) * 10_000)), count(Math.round(Number(size) * 100))]);

async function captures(folder: string): Promise<Capture[]> {
  const found: Capture[] = [];
  for await (const line of lines(folder, "kalshi_weather_books_")) {
    const { ticker, captured_at, close_time, strike_type, floor_strike, cap_strike, raw_orderbook } = line as {
      ticker: string;
      captured_at: string;
      close_time: string;
      strike_type: StrikeType;
      floor_strike: number | null;
      cap_strike: number | null;
      raw_orderbook: { yes_dollars: [string, string][]; no_dollars: [string, string][] };
    };
    found.push({
      at: timeOf(captured_at),
      ticker,
      strikeType: strike_type,
      floorStrike: floor_strike,
      capStrike: cap_strike,
      closeTime: timeOf(close_time),
      yes: levels(raw_orderbook.yes_dollars),
      no: levels(raw_orderbook.no_dollars),
    });
  }
  return found.sort((a, b) => a.at - b.at);
}

const eventOf = (ticker: string): string => ticker.slice(0, ticker.lastIndexOf("-"));
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

function dayBefore(event: string): string {
  const { series, span } = climateEvent(event) ?? assert.fail(event);
  const [year, month, day] = new Date((span.start - 12 * HOUR) / 1_000).toISOString().slice(0, 10).split("-");
  return `${series}-${year.slice(2)}${MONTHS[Number(month) - 1]}${day}`;
}

/** What stands for a forecast of the day, because none was recorded: a day that peaks at three. */
function standIn(event: string, peakF: number, now: Micros): WeatherForecastInput {
  const { station: { id: station }, span } = climateEvent(event) ?? assert.fail(event);
  const hours = Array.from({ length: 25 }, (_, hour) => ({
    start: micros(span.start + hour * HOUR),
    temperatureF: peakF - 8 * (1 - Math.cos(2 * Math.PI * (hour - 15) / 24)),
  }));
  return { type: "weather_forecast", at: now, station, issuedAt: now, hours };
}

interface Run {
  readonly orders: number;
  readonly fills: number;
  readonly events: number;
  readonly won: number;
  readonly pnl: number;
  readonly reasons: ReadonlyMap<string, number>;
  readonly refusals: ReadonlyMap<string, number>;
  readonly hash: string;
}

/**
 * All books of the evenings before the days that settled, each market's book as it was captured, with what stands for a
 * forecast told before each capture.
 */
function run(
  books: readonly Capture[],
  { results }: Endings,
  peakOf: (event: string) => number | null,
  parameters: Readonly<Record<string, unknown>>,
): Run {
  const wanted = books.filter(({ ticker, at }) => {
    const event = climateEvent(eventOf(ticker));
    return event !== null && at < event.span.start && results.has(ticker) && peakOf(eventOf(ticker)) !== null;
  });
  assert.ok(wanted.length > 0);
  const engine = new Engine(engineOptions({
    startedAt: wanted[0].at,
    capital: CAPITAL,
    strategies: [{ name: "weather", enabled: true, parameters }],
  }));
  let orders = 0;
  let fills = 0;
  const reasons = new Map<string, number>();
  const step = (input: Input): void => {
    for (const action of engine.step(input)) {
      if (action.type === "place") orders++;
      if (action.type === "record" && action.record.kind === "trade") fills++;
    }
  };
  let now = wanted[0].at;
  const told = new Set<string>();
  const known = new Set<string>();
  for (const [place, { at, ticker, closeTime, yes, no, ...rule }] of wanted.entries()) {
    const event = eventOf(ticker);
    now = micros(Math.max(now, at));
    if (!known.has(ticker)) {
      known.add(ticker);
      const priceRanges = NAMED_PRICE_RANGES.linear_cent;
      const series = event.split("-")[0];
      const market = aMarket({ ...rule, ticker, event, series, closeTime, priceRanges, openTime: now, shard: 0 });
      step({ type: "market", at: now, market });
    }
    step({ type: "book_snapshot", at: now, ticker, sequence: null, yes, no, exchangeTime: null });
    // The last of the event's books of this capture.
    const next = wanted[place + 1];
    if (next !== undefined && eventOf(next.ticker) === event) continue;
    const peakF = peakOf(event) ?? assert.fail(event);
    told.add(event);
    // Ten seconds after its markets were heard of.
    now = micros(Math.max(now, at + 12 * MICROS_PER_SECOND));
    step(standIn(event, peakF, now));
    for (let seconds = 0; seconds < 3; seconds++) {
      now = micros(now + MICROS_PER_SECOND);
      step({ type: "clock", at: now });
    }
    for (const { market: { event: each }, standings } of engine.markets.values()) {
      if (each !== event) continue;
      const code = standings[0].opinion?.refusal?.code ?? "acts";
      reasons.set(code, (reasons.get(code) ?? 0) + 1);
    }
  }
  const positions = [...engine.desk.ledger.positions()].map(({ ticker }) => ticker);
  let won = 0;
  const end = Math.max(now, ...wanted.map(({ closeTime }) => closeTime)) + 12 * HOUR;
  const before = engine.desk.ledger;
  for (const ticker of positions) {
    const result = results.get(ticker) ?? assert.fail(ticker);
    const held = before.position(ticker)?.position ?? 0;
    if (held > 0 === (result === "yes")) won++;
    for (const event of ["determined", "settled"] as const) {
      step({ type: "lifecycle", at: micros(end), ticker, event, result, settlementValue: null });
    }
  }
  assert.equal([...engine.desk.ledger.positions()].length, 0, "everything was paid out");
  assert.equal(engine.desk.halts.list().length, 0);
  return {
    orders,
    fills,
    events: told.size,
    won: won / Math.max(1, positions.length),
    pnl: engine.desk.nav - CAPITAL,
    reasons,
    refusals: engine.desk.refusals,
    hash: engine.decisionHash,
  };
}

const told = (name: string, { orders, fills, events, won, pnl, reasons }: Run): string => {
  const counts = [...reasons].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason} ${count}`).join(", ");
  const result = `P&L ${formatMoney(money(pnl))}, ${(100 * won).toFixed(0)} % of positions won`;
  return `${name}: ${events} events, ${orders} orders, ${fills} fills, ${result}; ${counts}`;
};

Deno.test("recorded evenings, without a forecast on record: what the strategy earns with what stands for one", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const books = await captures(folder);
  const ended = await endings(folder);
  const inside = new Map<string, number[]>();
  for (const { ticker, strikeType, floorStrike, capStrike } of books) {
    if (strikeType !== "between") continue;
    const event = eventOf(ticker);
    inside.set(event, [...inside.get(event) ?? [], ((floorStrike ?? NaN) + (capStrike ?? NaN)) / 2]);
  }
  const middle = (event: string): number | null => {
    const middles = inside.get(event) ?? [];
    return middles.length === 0 ? null : middles.reduce((sum, each) => sum + each, 0) / middles.length;
  };
  const yesterday = (event: string): number | null => ended.highs.get(dayBefore(event)) ?? null;
  const both = (event: string): number | null => yesterday(event) === null ? null : middle(event);
  const cases: readonly (readonly [string, typeof middle, Readonly<Record<string, unknown>>])[] = [
    ["the middle of the buckets, defaults", both, {}],
    ["the high of the day before, errors of a third more", yesterday, { error_scale: 4 / 3 }],
    ["the middle of the buckets, a maker", both, { execution: "maker" }],
  ];
  const runs = cases.map(([name, peakOf, parameters]) => {
    const result = run(books, ended, peakOf, parameters);
    console.log(told(name, result));
    return result;
  });
  for (const [at, { events, pnl, refusals }] of runs.entries()) {
    assert.ok(events >= 20, `${events}`);
    assert.ok(Math.abs(pnl) <= events * 100 * 1_000_000 * 2, "no more than what events may bind");
    if (cases[at][2].execution !== "maker") {
      assert.deepEqual([...refusals.keys()], [], "a sniper asks for nothing that risk refuses");
    }
  }
  assert.ok(runs.some(({ fills }) => fills > 10), "recorded books were met");
  const [, peakOf, parameters] = cases[0];
  assert.equal(run(books, ended, peakOf, parameters).hash, runs[0].hash, "the same again");
});
