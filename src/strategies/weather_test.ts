import assert from "node:assert/strict";
import type { ClimateReportInput } from "../core/input.ts";
import { aMarket } from "../core/market_fixture.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, ONE_DOLLAR_PRICE } from "../core/units.ts";
import { dayTemperature } from "../models/day_temperature.ts";
import { HIGHEST_F, LOWEST_F } from "../models/temperature_distribution.ts";
import { BUCKETS, buckets, groupOf, ordersOf, type Quoted, reasonsOf } from "./arbitrage_fixture.ts";
import { statesOf } from "./event_outlook.ts";
import type { GroupOpinion, StrategyView } from "./strategy.ts";
import type { ClimateReading } from "./view.ts";
import { runOf, weather, type WeatherParameters, weatherParameters } from "./weather.ts";
import { eventOf, HOUR, readingOf, time } from "./weather_fixture.ts";
import { weatherOutlook } from "./weather_outlook.ts";

const EVENT = eventOf("KXHIGHNY-26NOV20");
const DEFAULTS = weatherParameters.parse({});
/** 18:00 Eastern standard time of the day. */
const SIX = time("2026-11-20T23:00:00Z");
/** 9:30, between all runs; the newest observation came half an hour ago. */
const MORNING = time("2026-11-20T14:30:00Z");

const parameters = (change: Partial<WeatherParameters>): WeatherParameters => weatherParameters.parse(change);
const markets = BUCKETS.map((bucket) => aMarket({ ...bucket, series: "KXHIGHNY", event: "KXHIGHNY-26NOV20" }));

const outlookOf = (reading: ClimateReading, now: Micros, change: Partial<WeatherParameters> = {}) => {
  const outlook = weatherOutlook(EVENT, reading, now, parameters(change));
  assert.ok("probabilities" in outlook, JSON.stringify(outlook));
  return outlook;
};

interface Day {
  readonly at?: Micros;
  readonly reading?: ClimateReading | null;
  readonly quoted?: readonly Quoted[];
  readonly view?: Partial<StrategyView>;
  readonly parameters?: Partial<WeatherParameters>;
}

/** About what a peak of 52 makes of the buckets at six. */
const CALM = buckets([[1, 3], [1, 3], [91, 97], [2, 8]]);

function decide({ at = SIX, reading, quoted = CALM, view, parameters: change }: Day): GroupOpinion {
  const climate = reading === undefined ? readingOf(EVENT, at, { peakF: 52 }) : reading;
  const scene = { view: { at, climate, secondsToClose: (EVENT.span.end - at) / MICROS_PER_SECOND, ...view } };
  const group = groupOf(
    quoted.map((each) => ({ ...each, scene: { ...each.scene, view: { ...scene.view, ...each.scene?.view } } })),
    { at, joinedAt: micros(0) },
  );
  return weather.decideGroup(group, parameters(change ?? {}));
}

const report = (change: Partial<ClimateReportInput>): ClimateReportInput => ({
  type: "climate_report",
  at: SIX,
  station: "KNYC",
  day: "2026-11-20",
  highF: 52,
  lowF: 32,
  final: false,
  issuedAt: SIX,
  source: "nws",
  ...change,
});

Deno.test("it looks at 18:00 and 20:00 by the clock on the wall, on the days too on which clocks change", () => {
  const cases = [
    ["2026-07-16T22:00:00Z", "18:00 in summer"],
    ["2026-07-17T00:00:00Z", "20:00 in summer"],
    ["2026-10-31T22:00:00Z", "18:00 on the last day of summer time"],
    ["2026-11-01T00:00:00Z", "20:00 of the same day"],
    ["2026-11-01T23:00:00Z", "18:00 on the day of 25 hours"],
    ["2026-11-02T01:00:00Z", "20:00 of the same day"],
    ["2027-03-13T23:00:00Z", "18:00 on the last day of winter time"],
    ["2027-03-14T22:00:00Z", "18:00 on the day of 23 hours"],
    ["2027-03-15T00:00:00Z", "20:00 of the same day"],
  ];
  const nothing: ClimateReading = { observations: [], forecast: null, report: null };
  for (const [text, name] of cases) {
    const hour = time(text);
    const at = (seconds: number) => runOf(micros(hour + seconds * MICROS_PER_SECOND), nothing, DEFAULTS);
    for (const seconds of [0, 1, 600]) assert.deepEqual(at(seconds), { since: hour }, `${name} and ${seconds} s`);
    for (const seconds of [-1, 601, 3_600]) assert.ok("code" in at(seconds), `${name} and ${seconds} s`);
    assert.ok("code" in runOf(hour, nothing, parameters({ scheduled: false })));
    assert.deepEqual(
      runOf(micros(hour + 7_200 * MICROS_PER_SECOND - 1), nothing, parameters({ window_seconds: 7_200 })),
      {
        since: hour,
      },
    );
  }
});

Deno.test("it looks when an observation, a forecast or a report is new, from its arrival on", () => {
  const old = readingOf(EVENT, MORNING, { peakF: 52 });
  const arrived = micros(MORNING - 299 * MICROS_PER_SECOND);
  const [first, ...others] = old.observations;
  const cases: readonly (readonly [string, ClimateReading])[] = [
    ["an observation, though of yesterday", { ...old, observations: [{ ...first, at: arrived }, ...others] }],
    ["a forecast", { ...old, forecast: old.forecast === null ? null : { ...old.forecast, at: arrived } }],
    ["a report", { ...old, report: report({ at: arrived }) }],
  ];
  assert.ok("code" in runOf(MORNING, old, DEFAULTS), "the newest word is half an hour old");
  for (const [name, reading] of cases) {
    assert.deepEqual(runOf(MORNING, reading, DEFAULTS), { since: arrived }, name);
    assert.ok("code" in runOf(micros(MORNING + 2 * MICROS_PER_SECOND), reading, DEFAULTS), `${name}, too late`);
    assert.ok("code" in runOf(MORNING, reading, parameters({ intraday: false })), `${name}, not asked for`);
  }
});

Deno.test("the outlook is the model's, bucket by bucket, and its outcomes sum to one", () => {
  const at = time("2026-11-20T17:00:00Z");
  const reading = readingOf(EVENT, at, { peakF: 52 });
  const model = dayTemperature({ extreme: "high", span: EVENT.span, now: at, ...reading, report: null });
  assert.ok(model.ok);
  const { markets: found, probabilities } = statesOf(outlookOf(reading, at), markets);
  assert.ok(Math.abs(probabilities.reduce((sum, each) => sum + each, 0) - 1) < 1e-12);
  assert.equal(probabilities.length, 4);
  for (const market of markets) {
    const { probability = NaN } = found.get(market.ticker) ?? {};
    const wanted = model.distribution.probabilityOfYes(market) ?? NaN;
    assert.ok(Math.abs(probability - wanted) < 1e-12 && wanted > 0, `${market.ticker}: ${probability}, ${wanted}`);
  }
});

Deno.test("nothing lies below what was observed, nor what a preliminary report says", () => {
  const seen = readingOf(EVENT, SIX, { peakF: 52 });
  const { markets: found } = statesOf(outlookOf(seen, SIX), markets);
  assert.deepEqual(["T50", "B50.5"].map((name) => found.get(`KXHIGHNY-26NOV20-${name}`)?.probability), [0, 0]);
  assert.deepEqual(found.get("KXHIGHNY-26NOV20-T50")?.doubt, { bid: 0, ask: 0 }, "no supposition changes that");
  const reported = { ...seen, report: report({ highF: 54 }) };
  assert.equal(statesOf(outlookOf(reported, SIX), markets).markets.get("KXHIGHNY-26NOV20-B52.5")?.probability, 0);
  const missing = { ...seen, report: report({ highF: null }) };
  assert.deepEqual(outlookOf(missing, SIX).probabilities, outlookOf(seen, SIX).probabilities);
});

Deno.test("doubt is large while the day is to come, and gone once its extreme was seen", () => {
  const doubtAt = (text: string, change: Partial<WeatherParameters> = {}): number => {
    const at = time(text);
    const outlook = outlookOf(readingOf(EVENT, at, { peakF: 52 }), at, change);
    const { bid, ask } = statesOf(outlook, markets).markets.get("KXHIGHNY-26NOV20-B52.5")?.doubt ?? assert.fail();
    return Math.max(bid, ask);
  };
  const before = doubtAt("2026-11-20T04:00:00Z");
  const after = doubtAt("2026-11-21T03:00:00Z");
  assert.ok(before > 0.02 && after < before / 4, `${before}, ${after}`);
  assert.ok(doubtAt("2026-11-20T04:00:00Z", { spread_doubt: 0.5 }) > before);
  const night = time("2026-11-20T04:00:00Z");
  const spread = outlookOf(readingOf(EVENT, night, { peakF: 52 }), night, { forecast_doubt: 0 });
  const { bid, ask } = statesOf(spread, markets).markets.get("KXHIGHNY-26NOV20-B52.5")?.doubt ?? assert.fail();
  assert.ok(bid > 0.01 && ask > 0.01, "larger errors take from the middle, smaller ones add to it");
  assert.equal(doubtAt("2026-11-20T04:00:00Z", { spread_doubt: 0, forecast_doubt: 0 }), 0);
});

Deno.test("what a market is on: its own strike, below zero as well, where its ticker says the same", () => {
  const low = weatherOutlook(
    eventOf("KXLOWTCHI-26JAN20"),
    readingOf(eventOf("KXLOWTCHI-26JAN20"), time("2026-01-20T18:00:00Z"), { peakF: 12 }),
    time("2026-01-20T18:00:00Z"),
    DEFAULTS,
  );
  assert.ok("probabilities" in low);
  const yes = (ticker: string, rule: Parameters<typeof aMarket>[0]): string | null => {
    const isYes = low.ruleOf(aMarket({ ticker: `KXLOWTCHI-26JAN20-${ticker}`, floorStrike: null, ...rule }));
    if (isYes === null) return null;
    const degrees = Array.from({ length: HIGHEST_F - LOWEST_F + 1 }, (_, at) => at).filter(isYes).map((at) =>
      at + LOWEST_F
    );
    return `${degrees[0]} to ${degrees[degrees.length - 1]}`;
  };
  const cases: readonly (readonly [string, Parameters<typeof aMarket>[0], string | null])[] = [
    ["T-5", { strikeType: "less", capStrike: -5 }, "-80 to -6"],
    ["T-5", { strikeType: "greater", floorStrike: -5 }, "-4 to 140"],
    ["B-4.5", { strikeType: "between", floorStrike: -5, capStrike: -4 }, "-5 to -4"],
    ["B-0.5", { strikeType: "between", floorStrike: -1, capStrike: 0 }, "-1 to 0"],
    ["T82", { strikeType: "greater_or_equal", floorStrike: 82 }, "82 to 140"],
    ["T-5", { strikeType: "less", capStrike: 5 }, null],
    ["B-4.5", { strikeType: "between", floorStrike: -5, capStrike: -3 }, null],
    ["B-4.5", { strikeType: "between", floorStrike: -5, capStrike: null }, null],
    ["T-5", { strikeType: "less", floorStrike: -5, capStrike: null }, null],
    ["T-5", { strikeType: "custom", floorStrike: -5 }, null],
    ["T-5", { strikeType: null }, null],
    ["RAIN", { strikeType: "greater", floorStrike: -5 }, null],
  ];
  for (const [ticker, rule, wanted] of cases) {
    assert.equal(yes(ticker, rule), wanted, `${ticker} ${JSON.stringify(rule)}`);
  }
});

Deno.test("what keeps it still, each with its word", () => {
  const fresh = (at: Micros, change: Partial<ClimateReading> = {}): ClimateReading => ({
    ...readingOf(EVENT, at, { peakF: 52 }),
    ...change,
  });
  const late = time("2026-11-20T23:05:00Z");
  const gaps = readingOf(EVENT, SIX, { peakF: 52 });
  const night = time("2026-11-20T04:00:00Z");
  const cases: readonly (readonly [string, Day])[] = [
    ["no_weather", { reading: null }],
    ["between_runs", { at: MORNING }],
    ["report_final", { reading: fresh(SIX, { report: report({ final: true }) }) }],
    ["observations_stale", {
      at: late,
      reading: readingOf(EVENT, late, { peakF: 52, observedUntil: micros(SIX - 2 * HOUR) }),
    }],
    ["observations_stale", { reading: fresh(SIX, { observations: [] }) }],
    ["observations_missing", { reading: { ...gaps, observations: gaps.observations.slice(6) } }],
    ["no_forecast", { reading: fresh(SIX, { forecast: null }) }],
    ["forecast_stale", { reading: readingOf(EVENT, SIX, { peakF: 52, forecastAge: 6.1 }) }],
    ["no_model", { reading: fresh(SIX, { report: report({ highF: 52.5 }) }) }],
    ["too_near_settlement", { parameters: { min_seconds: 30_000 } }],
    ["too_far_from_settlement", { at: night, parameters: { max_seconds: 80_000, news_seconds: 3_600 } }],
    ["no_edge", {}],
  ];
  for (const [code, day] of cases) {
    const opinions = decide(day);
    assert.equal(opinions.size, CALM.length, "every market says why");
    assert.deepEqual([reasonsOf(opinions), ordersOf(opinions)], [[code], []]);
  }
});

Deno.test("the day before needs no observation of the day", () => {
  const at = time("2026-11-20T01:00:00Z");
  const opinions = decide({ at, reading: { ...readingOf(EVENT, at, { peakF: 52 }), observations: [] } });
  assert.ok(!reasonsOf(opinions).some((code) => code.startsWith("observations")), `${reasonsOf(opinions)}`);
});

/** The third bucket is offered at two thirds of what it is worth by the model at six. */
const CHEAP = buckets([[1, 3], [1, 3], [60, 62], [1, 3]]);

Deno.test("what costs too little is bought once in a run, again in the next, and by a maker as long as a run lasts", () => {
  const chosen = { max_edge: 0.5 };
  const ordered = (day: Day): unknown[] =>
    ordersOf(decide({ quoted: CHEAP, ...day, parameters: { ...chosen, ...day.parameters } }));
  const [first] = ordered({});
  assert.deepEqual(first, ["B52.5", "bid", 63, 50, "value"]);
  const lastOrderAt = micros(SIX + 1);
  const soon = micros(SIX + 60 * MICROS_PER_SECOND);
  const again = { at: soon, view: { lastOrderAt }, reading: readingOf(EVENT, SIX, { peakF: 52 }) };
  assert.ok(reasonsOf(decide({ quoted: CHEAP, ...again, parameters: chosen })).includes("decided_already"));
  const [observation] = again.reading.observations.slice(-1);
  const news = { ...observation, at: micros(soon - 1), observedAt: micros(soon - 1) };
  assert.equal(
    ordered({ ...again, reading: { ...again.reading, observations: [...again.reading.observations, news] } }).length,
    1,
    "something new was heard",
  );
  const eight = time("2026-11-21T01:00:00Z");
  assert.equal(ordered({ at: eight, view: { lastOrderAt } }).length, 1, "the run at eight");
  assert.equal(
    ordered({ ...again, quoted: buckets([[1, 3], [1, 3], [60, 80], [1, 3]]), parameters: { execution: "maker" } })
      .length,
    1,
  );
});

Deno.test("what is held is closed between runs as well, as soon as the model says so", () => {
  const at = time("2026-11-20T23:30:00Z");
  const held = CHEAP.map((each, k) =>
    k === 0
      ? {
        ...each,
        bid: [30, 100] as const,
        ask: [32, 100] as const,
        scene: { view: { position: count(1_000), ownPosition: count(1_000) } },
      }
      : each
  );
  const opinions = decide({ at, quoted: held });
  assert.deepEqual(ordersOf(opinions), [["T50", "ask", 29, 10, "exit"]]);
  assert.ok(reasonsOf(opinions).includes("between_runs"));
});

Deno.test("the same view gives the same opinion, whatever was asked before", () => {
  const readings = [50, 52, 54].map((peakF) => readingOf(EVENT, SIX, { peakF }));
  const opinionsOn = (reading: ClimateReading, at: Micros) =>
    JSON.stringify([...decide({ at, reading, quoted: CHEAP, parameters: { max_edge: 0.5 } })]);
  const first = readings.map((reading) => opinionsOn(reading, SIX));
  for (const reading of readings.toReversed()) opinionsOn(reading, micros(SIX + 61 * MICROS_PER_SECOND));
  assert.deepEqual(readings.map((reading) => opinionsOn(reading, SIX)), first);
  assert.equal(new Set(first).size, 3);
});

Deno.test("every price lies on the grid, and what is believed goes with it", () => {
  const opinions = decide({ quoted: CHEAP, parameters: { max_edge: 0.5 } });
  for (const { targets } of opinions.values()) {
    for (const { price, evidence } of targets) {
      assert.ok(price > 0 && price < ONE_DOLLAR_PRICE && price % 10 === 0);
      assert.ok((evidence.spot ?? 0) > 51 && (evidence.modelProbability ?? 0) > 0.7);
    }
  }
});
