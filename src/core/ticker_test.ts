import assert from "node:assert/strict";
import fc from "fast-check";
import { easternMoments, easternOffset, easternWallTime } from "./eastern_time.ts";
import {
  dailyTicker,
  hourlyTicker,
  meetingTicker,
  parseTicker,
  quarterHourTicker,
  seriesOf,
  settlementIndexOf,
} from "./ticker.ts";
import { type Micros, micros, parseTime } from "./units.ts";

function at(text: string): Micros {
  const time = parseTime(text);
  assert.ok(time !== null, text);
  return time;
}

Deno.test("every kind of ticker is read", () => {
  const cases: [string, unknown][] = [
    ["KXBTC15M-26SEP251515-15", {
      kind: "quarter_hour",
      series: "KXBTC15M",
      event: "KXBTC15M-26SEP251515",
      closeTime: at("2026-09-25T19:15:00Z"),
      repeatedCloseTime: null,
    }],
    ["KXGOLD15M-26AUG060000-00", {
      kind: "quarter_hour",
      series: "KXGOLD15M",
      event: "KXGOLD15M-26AUG060000",
      closeTime: at("2026-08-06T04:00:00Z"),
      repeatedCloseTime: null,
    }],
    ["KXBTCD-26SEP2515-T92799.99", {
      kind: "hourly",
      series: "KXBTCD",
      event: "KXBTCD-26SEP2515",
      closeTime: at("2026-09-25T19:00:00Z"),
      repeatedCloseTime: null,
      strike: { letter: "T", value: 92799.99 },
    }],
    ["KXBTC-26DEC0100-B92750", {
      kind: "hourly",
      series: "KXBTC",
      event: "KXBTC-26DEC0100",
      closeTime: at("2026-12-01T05:00:00Z"),
      repeatedCloseTime: null,
      strike: { letter: "B", value: 92750 },
    }],
    ["KXHIGHNY-26SEP16-B81.5", {
      kind: "daily",
      series: "KXHIGHNY",
      event: "KXHIGHNY-26SEP16",
      year: 2026,
      month: 9,
      day: 16,
      strike: { letter: "B", value: 81.5 },
    }],
    ["KXLOWTCHI-26JAN20-T-5", {
      kind: "daily",
      series: "KXLOWTCHI",
      event: "KXLOWTCHI-26JAN20",
      year: 2026,
      month: 1,
      day: 20,
      strike: { letter: "T", value: -5 },
    }],
    ["KXLOWTCHI-26JAN20-B-4.5", {
      kind: "daily",
      series: "KXLOWTCHI",
      event: "KXLOWTCHI-26JAN20",
      year: 2026,
      month: 1,
      day: 20,
      strike: { letter: "B", value: -4.5 },
    }],
    ["KXTEMPCHIH-26JAN2006-T-0.5", {
      kind: "hourly",
      series: "KXTEMPCHIH",
      event: "KXTEMPCHIH-26JAN2006",
      closeTime: at("2026-01-20T11:00:00Z"),
      repeatedCloseTime: null,
      strike: { letter: "T", value: -0.5 },
    }],
    ["KXFED-26DEC-T-0.25", {
      kind: "fed_rate",
      series: "KXFED",
      event: "KXFED-26DEC",
      year: 2026,
      month: 12,
      threshold: -0.25,
    }],
    ["KXFED-26DEC-T3.50", {
      kind: "fed_rate",
      series: "KXFED",
      event: "KXFED-26DEC",
      year: 2026,
      month: 12,
      threshold: 3.5,
    }],
    ["KXFEDDECISION-26DEC-C25", {
      kind: "fed_decision",
      series: "KXFEDDECISION",
      event: "KXFEDDECISION-26DEC",
      year: 2026,
      month: 12,
      move: "cut",
      basisPoints: 25,
    }],
    ["KXFEDDECISION-26DEC-H0", {
      kind: "fed_decision",
      series: "KXFEDDECISION",
      event: "KXFEDDECISION-26DEC",
      year: 2026,
      month: 12,
      move: "hold",
      basisPoints: 0,
    }],
    ["KXPGATOUR-USO26-JDAY", { kind: "other", series: "KXPGATOUR", event: "KXPGATOUR-USO26" }],
    ["KXMLBHIT-26JUN111905AZMIA-AZKMARTE4-1", {
      kind: "other",
      series: "KXMLBHIT",
      event: "KXMLBHIT-26JUN111905AZMIA-AZKMARTE4",
    }],
    ["KXLOWTCHI-26JAN20-X-5", { kind: "other", series: "KXLOWTCHI", event: "KXLOWTCHI-26JAN20-X" }],
    ["KXLOWTCHI-26JAN20-T-5-1", { kind: "other", series: "KXLOWTCHI", event: "KXLOWTCHI-26JAN20-T-5" }],
    ["KXMATCH-T-5", { kind: "other", series: "KXMATCH", event: "KXMATCH-T" }],
  ];
  for (const [ticker, expected] of cases) assert.deepEqual(parseTicker(ticker), expected, ticker);
});

Deno.test("a text that is no ticker, or an impossible one, is refused", () => {
  const cases = [
    "",
    "KXBTC15M",
    "kxbtc15m-26SEP251515-15",
    "KXBTC15M-26SEP251515-30",
    "KXBTC15M-26SEP251510-10",
    "KXBTC15M-26FEB301515-15",
    "KXBTC15M-26SEP252415-15",
    "KXBTC15M-26XYZ251515-15",
    "KXBTC15M-26SEP25-15",
    "KXBTC15M-26MAR080215-15",
    "KXFED-26DEC-C25",
    "KXLOWTCHI-26FEB30-T-5",
    "KXLOWTCHI-26JAN20-T--5",
    "KXFED-26DEX-T-0.25",
    "KXFEDDECISION-26DEC-C0",
    "KXFEDDECISION-26DEX-C25",
    "KXBTC15M-26SEP251515-15 ",
    `KX-${"A".repeat(200)}`,
  ];
  for (const ticker of cases) assert.equal(parseTicker(ticker), null, ticker);
});

Deno.test("in the hour that autumn repeats a ticker names both moments", () => {
  const parsed = parseTicker("KXBTC15M-26NOV010130-30");
  assert.equal(parsed?.kind, "quarter_hour");
  assert.equal(parsed.closeTime, at("2026-11-01T05:30:00Z"));
  assert.equal(parsed.repeatedCloseTime, at("2026-11-01T06:30:00Z"));
});

Deno.test("a quarter-hour ticker built from its close time reads back as that time", () => {
  fc.assert(fc.property(fc.integer({ min: 1_767_225_600 / 900, max: 2_524_608_000 / 900 }), (quarter) => {
    const close = micros(quarter * 900_000_000);
    const parsed = parseTicker(quarterHourTicker("KXETH15M", close).market);
    assert.equal(parsed?.kind, "quarter_hour");
    assert.ok(parsed.closeTime === close || parsed.repeatedCloseTime === close);
  }));
});

Deno.test("an hourly ticker is built as the exchange prints it", () => {
  const built = hourlyTicker("KXBTCD", at("2026-09-25T19:00:00Z"), { letter: "T", value: 92799.99 });
  assert.deepEqual(built, { event: "KXBTCD-26SEP2515", market: "KXBTCD-26SEP2515-T92799.99" });
});

Deno.test("the own rule for Eastern time agrees with the time zone database", () => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: "America/New_York",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const changes = [2024, 2026, 2027, 2028].flatMap((year) =>
    [`${year}-03-07`, `${year}-10-31`].map((day) => at(`${day}T00:00:00Z`))
  );
  for (const start of changes) {
    for (let quarter = 0; quarter < 9 * 96; quarter++) {
      const moment = micros(start + quarter * 900_000_000);
      const parts = Object.fromEntries(
        format.formatToParts(new Date(moment / 1_000)).map(({ type, value }) => [type, Number(value)]),
      );
      const { year, month, day, hour, minute } = parts;
      assert.deepEqual(
        easternWallTime(moment),
        { year, month, day, hour, minute },
        new Date(moment / 1_000).toISOString(),
      );
    }
  }
});

Deno.test("Eastern wall times map to one moment, none in the skipped hour, two in the repeated one", () => {
  const cases: [number, number, number, number, number][] = [
    [7, 1, 12, 0, 1],
    [3, 8, 1, 59, 1],
    [3, 8, 2, 0, 0],
    [3, 8, 2, 59, 0],
    [3, 8, 3, 0, 1],
    [11, 1, 0, 59, 1],
    [11, 1, 1, 0, 2],
    [11, 1, 1, 59, 2],
    [11, 1, 2, 0, 1],
    [2, 29, 12, 0, 0],
  ];
  for (const [month, day, hour, minute, moments] of cases) {
    const wall = { year: 2026, month, day, hour, minute };
    const found = easternMoments(wall);
    assert.equal(found.length, moments, JSON.stringify(wall));
    for (const moment of found) assert.deepEqual(easternWallTime(moment), wall);
  }
  assert.equal(easternOffset(at("2026-09-25T19:15:00Z")), -4 * 3_600_000_000);
});

Deno.test("tickers of daily temperatures and meetings are read as they were built", () => {
  const strike = { letter: "B", value: 81.5 } as const;
  const daily = dailyTicker("KXHIGHNY", "2026-09-06", strike);
  assert.deepEqual(daily, { event: "KXHIGHNY-26SEP06", market: "KXHIGHNY-26SEP06-B81.5" });
  assert.deepEqual(parseTicker(daily.market), {
    kind: "daily",
    series: "KXHIGHNY",
    event: daily.event,
    year: 2026,
    month: 9,
    day: 6,
    strike,
  });
  const cold = dailyTicker("KXLOWTCHI", "2026-01-20", { letter: "T", value: -5 });
  assert.equal(cold.market, "KXLOWTCHI-26JAN20-T-5");
  assert.equal(parseTicker(cold.market)?.event, cold.event);
  const meeting = meetingTicker("KXFED", "2026-12", "T3.50");
  assert.deepEqual(meeting, { event: "KXFED-26DEC", market: "KXFED-26DEC-T3.50" });
  const parsed = parseTicker(meeting.market);
  assert.deepEqual(parsed?.kind === "fed_rate" && [parsed.year, parsed.month, parsed.threshold], [2026, 12, 3.5]);
});

Deno.test("a series names the index that settles it, or none", () => {
  assert.equal(settlementIndexOf(seriesOf("KXBTC15M-26SEP251515-15")), "BRTI");
  assert.equal(settlementIndexOf("KXETHD"), "ETHUSD_RTI");
  assert.equal(settlementIndexOf("KXGOLD15M"), null);
  assert.equal(settlementIndexOf("toString"), null);
});
