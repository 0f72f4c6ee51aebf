import assert from "node:assert/strict";
import { join } from "node:path";
import { recordedData } from "../backtest/recording/recording_fixture.ts";
import { aMarket } from "../core/market_fixture.ts";
import type { Market } from "../core/market.ts";
import { type Micros, parseTime } from "../core/units.ts";
import { fedOutlook } from "../models/fed_funds.ts";
import { statesOf } from "./event_outlook.ts";
import { ratesParameters } from "./rates.ts";
import { ratesOutlook } from "./rates_outlook.ts";

function time(text: string): Micros {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

/** The tickers of decisions that were quoted in July 2026, by event. */
async function quotedDecisions(folder: string): Promise<Map<string, Set<string>>> {
  const events = new Map<string, Set<string>>();
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.startsWith("kalshi_polymarket_macro_pairs_")) continue;
    const file = await Deno.open(join(folder, name));
    const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const { kalshi: { ticker } } = JSON.parse(line) as { kalshi: { ticker: string } };
      const event = ticker.slice(0, ticker.lastIndexOf("-"));
      events.set(event, (events.get(event) ?? new Set()).add(ticker));
    }
  }
  return events;
}

Deno.test("recorded decisions: every market has a rule, and of an event's five exactly one is YES; futures were not recorded", async () => {
  const folder = await recordedData("polymarket");
  if (folder === null) return;
  const at = time("2026-07-06T14:00:00Z");
  const futures = ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12"].map((month, k) => ({
    month,
    price: 96.33 + k / 100,
  }));
  const rates = {
    type: "fed_funds",
    at,
    effective: { day: "2026-07-02", rate: 3.63 },
    target: { lower: 3.5, upper: 3.75 },
    futures,
    sourceTime: at,
  } as const;
  const events = await quotedDecisions(folder);
  assert.ok(events.size >= 3, `${[...events.keys()]}`);
  for (const [event, tickers] of events) {
    const markets = [...tickers].map((ticker): Market => aMarket({ ticker, event, series: "KXFEDDECISION" }));
    assert.equal(markets.length, 5, event);
    const outlook = ratesOutlook(markets[0], rates, fedOutlook(rates, at), at, ratesParameters.parse({}));
    assert.ok("probabilities" in outlook, `${event}: ${JSON.stringify(outlook)}`);
    const states = statesOf(outlook, markets);
    assert.equal(states.markets.size, 5);
    for (const state of states.probabilities.keys()) {
      const winners = [...states.markets.values()].filter(({ yes }) => yes[state]);
      assert.equal(winners.length, 1, `${event}, state ${state}`);
    }
  }
});
