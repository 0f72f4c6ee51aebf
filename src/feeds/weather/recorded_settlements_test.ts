/**
 * What Kalshi settled on in July 2026 against what the climate reports and the stations said.
 * @module
 */

import assert from "node:assert/strict";
import { recordedData } from "../../backtest/recording/recording_fixture.ts";
import { climateEvent } from "../../core/climate_event.ts";
import { climateStation } from "../../core/climate_station.ts";
import { settlementSource } from "../../core/settlement_source.ts";
import { MICROS_PER_MINUTE, parseTime } from "../../core/units.ts";

interface Extreme {
  readonly cli: number;
  readonly metar: number;
}

interface Row {
  readonly cli_station: string;
  readonly target_day: string;
  readonly actuals: { readonly high: Extreme; readonly low: Extreme };
  readonly settled_markets: {
    readonly events: readonly {
      readonly event_ticker: string;
      readonly expiration_value: string;
      readonly close_time: string;
      readonly results: Readonly<Record<string, "yes" | "no">>;
    }[];
  };
}

const DAYS: readonly (readonly [day: string, rows: number])[] = [
  ["2026-07-16", 2],
  ["2026-07-17", 40],
  ["2026-07-18", 20],
  ["2026-07-19", 20],
];

async function rowsOf(folder: string, day: string): Promise<readonly Row[]> {
  const file = await Deno.open(`${folder}/weather_actuals_settlements_${day}.jsonl.gz`);
  const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
  return text.trim().split("\n").map((line) => JSON.parse(line) as Row);
}

/** Whether a market's ticker says YES to this temperature; `null` where only its strike type could tell. */
function saysYes(ticker: string, degreesF: number): boolean | null {
  const [, letter, strike] = /-([TB])(-?[\d.]+)$/.exec(ticker) ?? [];
  return letter === "B" ? Math.abs(degreesF - Number(strike)) <= 0.5 : null;
}

Deno.test("report, station and settlement agree in every recorded row, and the table knows each event", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  let events = 0;
  let bins = 0;
  for (const [day, count] of DAYS) {
    const rows = await rowsOf(folder, day);
    assert.equal(rows.length, count, day);
    for (const { cli_station, target_day, actuals, settled_markets } of rows) {
      assert.ok(climateStation(cli_station) !== null, cli_station);
      for (const { event_ticker, expiration_value, close_time, results } of settled_markets.events) {
        const event = climateEvent(event_ticker);
        assert.ok(event !== null, event_ticker);
        assert.deepEqual([event.station.id, event.day], [cli_station, target_day]);
        assert.equal(settlementSource(event.series, event.day), "nws");
        const { cli, metar } = actuals[event.extreme];
        assert.equal(Number(expiration_value), cli, event_ticker);
        assert.equal(metar, cli, event_ticker);
        // Since September it closes at local standard midnight; some series then still closed a minute before.
        const closed = parseTime(close_time);
        assert.ok(closed !== null && event.span.end - closed >= 0 && event.span.end - closed <= MICROS_PER_MINUTE);
        for (const [ticker, result] of Object.entries(results)) {
          assert.equal(climateEvent(ticker)?.event, event_ticker);
          const yes = saysYes(ticker, cli);
          if (yes === null) continue;
          assert.equal(result, yes ? "yes" : "no", ticker);
          bins++;
        }
        events++;
      }
    }
  }
  assert.deepEqual([events, bins], [152, 608]);
});

Deno.test("the series' own settlement sources of July 2026 name the office and the place of the table", async () => {
  const folder = await recordedData("weather");
  if (folder === null) return;
  const file = await Deno.open(`${folder}/kalshi_weather_series_meta_2026-07-16.jsonl.gz`);
  const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
  let checked = 0;
  for (const line of text.trim().split("\n")) {
    const meta = JSON.parse(line) as { sample_ticker: string; settlement_sources: { url: string }[] };
    const event = climateEvent(meta.sample_ticker);
    if (event === null) {
      assert.match(meta.sample_ticker, /^KXTEMP/);
      continue;
    }
    const source = new URL(meta.settlement_sources[0].url).searchParams;
    assert.deepEqual([source.get("site"), source.get("issuedby")], [event.station.office, event.station.cli]);
    checked++;
  }
  assert.equal(checked, 40);
});
