import assert from "node:assert/strict";
import { climateEvent, climateSeries } from "./climate_event.ts";
import { CLIMATE_STATIONS, climateStation } from "./climate_station.ts";
import { RELAY_AGREEMENT, settlementSource } from "./settlement_source.ts";
import { formatTime } from "./units.ts";

const EVENTS:
  readonly (readonly [ticker: string, station: string, extreme: "high" | "low", day: string, end: string])[] = [
    ["KXHIGHNY-26SEP16", "KNYC", "high", "2026-09-16", "2026-09-17T05:00:00.000000Z"],
    ["KXHIGHNY-26SEP16-B81.5", "KNYC", "high", "2026-09-16", "2026-09-17T05:00:00.000000Z"],
    ["KXHIGHNY-26SEP16-T82", "KNYC", "high", "2026-09-16", "2026-09-17T05:00:00.000000Z"],
    ["KXHIGHCHI-26JUL16-T99", "KMDW", "high", "2026-07-16", "2026-07-17T06:00:00.000000Z"],
    ["KXLOWTNYC-26JUL16-T79", "KNYC", "low", "2026-07-16", "2026-07-17T05:00:00.000000Z"],
    ["KXHIGHTPHX-26NOV01", "KPHX", "high", "2026-11-01", "2026-11-02T07:00:00.000000Z"],
    ["KXLOWTSFO-28FEB29", "KSFO", "low", "2028-02-29", "2028-03-01T08:00:00.000000Z"],
    ["KXLOWTMIN-26JAN02-T-9", "KMSP", "low", "2026-01-02", "2026-01-03T06:00:00.000000Z"],
  ];

for (const [ticker, station, extreme, day, end] of EVENTS) {
  Deno.test(`${ticker} is on the ${extreme} of ${station} on ${day}`, () => {
    const event = climateEvent(ticker);
    assert.ok(event !== null);
    assert.deepEqual([event.station.id, event.extreme, event.day], [station, extreme, day]);
    assert.equal(formatTime(event.span.end), end);
    assert.equal(event.event, ticker.split("-").slice(0, 2).join("-"));
  });
}

Deno.test("tickers of other kinds, impossible days and unknown cities are no climate event", () => {
  const others = ["KXHIGHNY", "KXHIGHNY-26FEB30", "KXHIGHXX-26SEP16", "KXBTC15M-26SEP251515-15", "KXHIGHNY-26SEP1605"];
  for (const ticker of [...others, "KXHIGHNY-26SEP16-X1", "KXTEMPNYCH-26JUL1522-T81.99", "KXFED-26DEC-T3.50", ""]) {
    assert.equal(climateEvent(ticker), null, ticker);
  }
});

Deno.test("no two stations share an id, a report or a series", () => {
  const names = CLIMATE_STATIONS.flatMap((each) => [each.id, each.cli, each.highSeries, each.lowSeries, each.city]);
  assert.equal(new Set(names).size, names.length);
  assert.equal(CLIMATE_STATIONS.length, 20);
  assert.equal(climateStation("KNYC")?.office, "OKX");
  assert.equal(climateStation("KJFK"), null);
});

Deno.test("the Weather Company settles from 2026-08-14 on, the NWS report before", () => {
  for (const { highSeries, lowSeries } of CLIMATE_STATIONS) {
    for (const series of [highSeries, lowSeries]) {
      assert.equal(settlementSource(series, "2025-12-05"), "nws");
      assert.equal(settlementSource(series, "2026-08-13"), "nws");
      assert.equal(settlementSource(series, "2026-08-14"), "weather_company");
      assert.equal(settlementSource(series, "2026-11-20"), "weather_company");
    }
  }
  assert.equal(settlementSource("KXBTC15M", "2026-08-14"), null);
  assert.equal(climateSeries("KXRAIN"), null);
  assert.ok(RELAY_AGREEMENT > 0.99 && RELAY_AGREEMENT < 1);
});
