import assert from "node:assert/strict";
import fc from "fast-check";
import { climateDaySpan } from "../core/climate_day.ts";
import { type Micros, micros } from "../core/units.ts";
import {
  DAY_TEMPERATURE_DEFAULTS,
  type DayForecast,
  type DayObservation,
  dayTemperature,
  type DayTemperatureSettings,
  type DayTemperatureState,
} from "./day_temperature.ts";
import { forecastErrorAt } from "./forecast_errors.ts";
import type { SettlementRule } from "./settlement_interval.ts";
import { HIGHEST_F, LOWEST_F, type TemperatureDistribution } from "./temperature_distribution.ts";

const HOUR = 3_600_000_000;

// The day on which daylight time ends: a climate day is 24 hours long all the same.
const SPAN = climateDaySpan("2026-11-01", "eastern") ?? assert.fail();
const at = (hour: number): Micros => micros(SPAN.start + Math.round(hour * HOUR));

/** Peaks at 15 hours, lowest at 3. */
const curve = (peakF: number, hour: number): number => peakF - 10 * (1 - Math.cos(2 * Math.PI * (hour - 15) / 24));

const forecast = (peakF: number, from = 0, to = 48, issued = from): DayForecast => ({
  issuedAt: at(issued),
  hours: Array.from(
    { length: to - from + 1 },
    (_, k) => ({ start: at(from + k), temperatureF: curve(peakF, from + k) }),
  ),
});

/** Hourly, as METARs come, seven minutes before the hour; the first is of the day before. */
const metars = (peakF: number, until: number): DayObservation[] =>
  Array.from({ length: Math.floor(until) + 1 }, (_, k) => k - 7 / 60).filter((hour) => hour <= until).map((hour) => ({
    observedAt: at(hour),
    temperatureF: curve(peakF, hour),
    roundingF: 0.09,
  }));

const base: DayTemperatureState = {
  extreme: "high",
  span: SPAN,
  now: at(0),
  observations: [],
  forecast: forecast(80),
  report: null,
};

function distribution(state: Partial<DayTemperatureState>, settings?: DayTemperatureSettings): TemperatureDistribution {
  const result = dayTemperature({ ...base, ...state }, settings);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.distribution;
}

function reason(state: Partial<DayTemperatureState>, settings: Partial<DayTemperatureSettings> = {}): string {
  const result = dayTemperature({ ...base, ...state }, { ...DAY_TEMPERATURE_DEFAULTS, ...settings });
  assert.ok(!result.ok);
  return result.reason;
}

const total = (one: TemperatureDistribution): number => one.atMost(HIGHEST_F);

Deno.test("a morning's forecast is a bell about its peak, wider the longer ago it was issued", () => {
  const fresh = distribution({});
  assert.ok(Math.abs(fresh.mean - 80.5) < 1, `${fresh.mean}`);
  assert.ok(fresh.deviation > 2 && fresh.deviation < 3.5, `${fresh.deviation}`);
  const old = distribution({ forecast: forecast(80, 0, 48, -48) });
  assert.ok(old.deviation > fresh.deviation + 0.5);
});

Deno.test("a maximum cannot fall: nothing below what was observed, down to its rounding", () => {
  const cases: readonly (readonly [temperatureF: number, roundingF: number, lowest: number])[] = [
    // 27.2 C of a METAR is 81 F.
    [80.96, 0.09, 81],
    // A five-minute value of 27 C is anything from 79.7 to 81.5 F.
    [80.6, 0.9, 80],
    // 28 C: 81.5 to 83.3 F.
    [82.4, 0.9, 82],
    [81, 0.5, 81],
  ];
  for (const [temperatureF, roundingF, lowest] of cases) {
    const observations = [{ observedAt: at(13), temperatureF, roundingF }];
    const found = distribution({ now: at(13), observations, forecast: forecast(70) });
    assert.equal(found.atMost(lowest - 1), 0, `${temperatureF}`);
    assert.ok(found.of(lowest) > 0.1, `${temperatureF}: ${found.of(lowest)}`);
  }
});

Deno.test("a minimum cannot rise", () => {
  const observations = [{ observedAt: at(4), temperatureF: 41, roundingF: 0.09 }];
  const found = distribution({ extreme: "low", now: at(4), observations, forecast: forecast(80) });
  assert.ok(found.of(41) > 0.3);
  assert.equal(total(found) - found.atMost(41), 0);
});

Deno.test("once the peak is behind, the day is nearly decided; once the day is over, by what was seen", () => {
  const evening = distribution({ now: at(21), observations: metars(80, 21) });
  assert.ok(evening.of(80) + evening.of(81) > 0.97, `${evening.of(80)}`);
  assert.equal(evening.atMost(79), 0);
  const over = dayTemperature({ ...base, now: at(25), observations: metars(80, 24), forecast: null });
  assert.ok(over.ok);
  assert.equal(over.hoursLeft, 0);
  assert.ok(over.distribution.of(80) > 0.7 && over.distribution.of(80) + over.distribution.of(81) > 0.98);
});

Deno.test("a report: preliminary it is the least, final it is the answer", () => {
  const observations = metars(80, 17);
  const preliminary = distribution({ now: at(17), observations, report: { extremeF: 82, final: false } });
  assert.equal(preliminary.atMost(81), 0);
  assert.ok(preliminary.of(82) > 0.9, `${preliminary.of(82)}`);
  const final = distribution({ now: at(30), observations, report: { extremeF: 83, final: true } });
  assert.equal(final.of(83), 1);
  const low = distribution({ extreme: "low", now: at(17), observations, report: { extremeF: 55, final: false } });
  assert.equal(total(low) - low.atMost(55), 0);
});

Deno.test("a fresh observation off the forecast moves the hours to come, and an old one does not", () => {
  const warmer = metars(85, 12);
  const moved = distribution({ now: at(12), observations: warmer });
  assert.ok(moved.mean > 81.5 && moved.mean < 85.5, `${moved.mean}`);
  const unmoved = distribution({ now: at(14.5), observations: warmer });
  assert.ok(unmoved.mean < moved.mean);
  // And it narrows them.
  const asForecast = distribution({ now: at(12), observations: metars(80, 12) });
  assert.ok(asForecast.deviation < distribution({ now: at(12), observations: [] }).deviation - 0.2);
});

Deno.test("missing forecast hours and missing observations widen, and never narrow", () => {
  const whole = forecast(80);
  const without = (missing: (hour: number) => boolean): DayForecast => ({
    ...whole,
    hours: whole.hours.filter((_, hour) => !missing(hour)),
  });
  const deviation = (given: DayForecast, state: Partial<DayTemperatureState> = {}) =>
    distribution({ ...state, forecast: given }).deviation;
  const none = deviation(whole);
  const one = deviation(without((hour) => hour === 15));
  const three = deviation(without((hour) => hour >= 13 && hour <= 17));
  assert.ok(none <= one && one < three, `${none} ${one} ${three}`);
  // The day's own hours are all missing: the next day's stand for them.
  const next = deviation(without((hour) => hour < 24));
  assert.ok(next > none + 1, `${next}`);
  // Nothing was observed and the forecast begins at noon, as the service's do.
  const blind = distribution({ now: at(12), forecast: forecast(80, 12) });
  const seeing = distribution({ now: at(12), forecast: forecast(80, 12), observations: metars(80, 12) });
  assert.ok(blind.deviation > seeing.deviation);
  assert.ok(Math.abs(blind.mean - 80) < 4, `${blind.mean}`);
});

Deno.test("what cannot be known is refused with a reason", () => {
  const observation = { observedAt: at(1), temperatureF: 60, roundingF: 0.09 };
  assert.match(reason({ forecast: null }), /no forecast for the hours to come/);
  assert.match(reason({ forecast: { issuedAt: at(0), hours: [] } }), /no forecast/);
  assert.match(reason({ observations: [{ ...observation, temperatureF: NaN }] }), /on earth, not NaN/);
  assert.match(reason({ observations: [{ ...observation, temperatureF: 300 }] }), /not 300 F/);
  assert.match(reason({ observations: [{ ...observation, roundingF: -1 }] }), /rounded by -1/);
  assert.match(reason({ report: { extremeF: 80.5, final: true } }), /whole temperature on earth, not 80.5/);
  assert.match(reason({ forecast: { issuedAt: at(0), hours: [{ start: at(1), temperatureF: -200 }] } }), /not -200/);
  assert.match(reason({ span: { start: SPAN.end, end: SPAN.start } }), /is none/);
  assert.match(reason({}, { unseenF: -1 }), /unseenF must be a number from 0, not -1/);
  assert.match(reason({}, { persistenceHours: 0 }), /persistenceHours must be above 0/);
  assert.match(reason({}, { errors: { high: [], low: [] } }), /1 to 200 rows, found 0/);
});

const rule = (
  strikeType: SettlementRule["strikeType"],
  floorStrike: number | null,
  capStrike: number | null = null,
): SettlementRule => ({ strikeType, floorStrike, capStrike, roundDigits: 2 });

/** The shape of KXHIGHNY: a tail, four buckets of two degrees, a tail. */
const buckets = (low: number): SettlementRule[] => [
  rule("less", null, low),
  ...[0, 2, 4, 6].map((k) => rule("between", low + k, low + k + 1)),
  rule("greater", low + 7),
];

const observation = fc.record({
  observedAt: fc.double({ min: -3, max: 26, noNaN: true }).map(at),
  temperatureF: fc.double({ min: 40, max: 100, noNaN: true }),
  roundingF: fc.constantFrom(0, 0.09, 0.5, 0.9),
});
const states = fc.record({
  extreme: fc.constantFrom("high" as const, "low" as const),
  now: fc.double({ min: -30, max: 30, noNaN: true }).map(at),
  observations: fc.array(observation, { maxLength: 30 }),
  forecast: fc.record({
    issuedAt: fc.double({ min: -60, max: 24, noNaN: true }).map(at),
    hours: fc.array(
      fc.record({
        start: fc.integer({ min: -30, max: 60 }).map(at),
        temperatureF: fc.double({ min: 30, max: 110, noNaN: true }),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  }),
  report: fc.option(fc.record({ extremeF: fc.integer({ min: 40, max: 100 }), final: fc.boolean() })),
});

Deno.test("whatever is known: probabilities sum to one, buckets too, and nothing contradicts what was seen", () => {
  fc.assert(
    fc.property(states, fc.integer({ min: 40, max: 95 }), (given, low) => {
      const found = distribution(given);
      assert.ok(Math.abs(total(found) - 1) < 1e-12);
      const sum = buckets(low).reduce((all, one) => all + (found.probabilityOfYes(one) ?? NaN), 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, `${sum}`);
      for (let degrees = LOWEST_F; degrees <= HIGHEST_F; degrees++) {
        assert.ok(found.of(degrees) >= 0 && found.of(degrees) <= 1);
      }
      if (given.report?.final === true) return;
      for (const { observedAt, temperatureF, roundingF } of given.observations) {
        if (observedAt < SPAN.start || observedAt >= SPAN.end || observedAt > given.now) continue;
        if (given.extreme === "high") {
          // The lowest whole degree that the observation leaves open.
          assert.equal(found.atMost(Math.floor(temperatureF - roundingF + 0.5) - 1), 0);
        } else {
          const left = total(found) - found.atMost(Math.floor(temperatureF + roundingF + 0.5));
          assert.ok(left <= 1e-12, `${left}`);
        }
      }
    }),
    { seed: 51, numRuns: 1_000 },
  );
});

Deno.test("the order of observations is of no matter, and a low is the high of the negative", () => {
  fc.assert(
    fc.property(states, (given) => {
      const found = distribution(given);
      const shuffled = distribution({ ...given, observations: [...given.observations].reverse() });
      const mirrored = distribution({
        ...given,
        extreme: given.extreme === "high" ? "low" : "high",
        observations: given.observations.map((one) => ({ ...one, temperatureF: 30 - one.temperatureF })),
        forecast: {
          ...given.forecast,
          hours: given.forecast.hours.map((one) => ({ ...one, temperatureF: 30 - one.temperatureF })),
        },
        report: given.report && { ...given.report, extremeF: 30 - given.report.extremeF },
      });
      for (let degrees = -70; degrees <= 100; degrees++) {
        assert.ok(Math.abs(found.of(degrees) - mirrored.of(30 - degrees)) < 1e-9);
      }
      // Two observations of one moment may say two things; which is the newest is then anybody's guess.
      const moments = new Set(given.observations.map(({ observedAt }) => observedAt));
      if (moments.size !== given.observations.length) return;
      for (let degrees = LOWEST_F; degrees <= HIGHEST_F; degrees++) {
        assert.equal(found.of(degrees), shuffled.of(degrees));
      }
    }),
    { seed: 52, numRuns: 300 },
  );
});

Deno.test("strikes of every type read whole degrees", () => {
  const found = distribution({ report: { extremeF: 82, final: true } });
  const cases: readonly (readonly [SettlementRule, number | null])[] = [
    [rule("greater", 82), 0],
    [rule("greater", 81.99), 1],
    [rule("greater_or_equal", 82), 1],
    [rule("less", null, 82), 0],
    [rule("less_or_equal", null, 82), 1],
    [rule("between", 81, 82), 1],
    [rule("between", 83, 84), 0],
    [rule("between", 81), null],
    [rule("custom", 81), null],
    [rule(null, 81), null],
  ];
  for (const [terms, wanted] of cases) assert.equal(found.probabilityOfYes(terms), wanted, JSON.stringify(terms));
});

/** Numbers from 0 to 1, both excluded, by a linear congruence (the Numerical Recipes' constants). */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
}

Deno.test("days drawn by the assumptions come out as often as the probabilities say", () => {
  // Whole degrees Celsius until ten, nothing since: too old to correct the forecast, two hours before noon.
  const observations = metars(80, 10).map(({ observedAt, temperatureF }) => ({
    observedAt,
    temperatureF: Math.round((temperatureF - 32) * 5 / 9) * 9 / 5 + 32,
    roundingF: 0.9,
  }));
  const found = distribution({ now: at(12), observations, forecast: forecast(76) });
  const day = observations.slice(1).map(({ temperatureF }) => temperatureF);
  const [least, most] = [Math.max(...day) - 0.9, Math.max(...day) + 0.9];
  const open = Array.from({ length: 14 }, (_, k) => 11 + k);
  const { unseenF, errors } = DAY_TEMPERATURE_DEFAULTS;
  const random = chance(5);
  const draws = 200_000;
  const counts = new Map<number, number>();
  for (let k = 0; k < draws; k++) {
    const seen = least + (most - least) * random() - unseenF * Math.log(random());
    const z = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const coming = open.map((hour) => {
      const { beyondF, deviationF } = forecastErrorAt(errors.high, hour);
      return curve(76, hour) + beyondF + deviationF * z;
    });
    const high = Math.floor(Math.max(seen, ...coming) + 0.5);
    counts.set(high, (counts.get(high) ?? 0) + 1);
  }
  for (let degrees = 60; degrees <= 95; degrees++) {
    const probability = found.of(degrees);
    const error = Math.sqrt((probability * (1 - probability) + 1 / draws) / draws);
    const share = (counts.get(degrees) ?? 0) / draws;
    assert.ok(Math.abs(share - probability) < 5 * error, `${degrees} F: ${share} of the draws, ${probability}`);
  }
});
