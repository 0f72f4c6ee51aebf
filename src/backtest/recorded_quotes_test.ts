import assert from "node:assert/strict";
import { impliedFromQuotes, type MarketQuote } from "../models/implied_from_quotes.ts";
import { ANNUALISED_SECONDS } from "../models/implied_volatility.ts";
import { lineBatches } from "./recording/line_batches.ts";
import { recordedData } from "./recording/recording_fixture.ts";

interface Outcome {
  readonly strike_type: "greater" | "less" | "between";
  readonly floor_strike: number | null;
  readonly cap_strike: number | null;
  readonly yes_bid: number;
  readonly yes_ask: number;
}

const quoteOf = ({ strike_type, floor_strike, cap_strike, yes_bid, yes_ask }: Outcome): MarketQuote => ({
  rule: { strikeType: strike_type, floorStrike: floor_strike, capStrike: cap_strike, roundDigits: 2 },
  bid: yes_bid,
  ask: yes_ask,
});

Deno.test("recorded hourly ladders of bitcoin imply a volatility that bitcoin can have, or none", async () => {
  const days = ["03", "04", "05", "06", "12", "13", "14", "15", "16"];
  const found: number[] = [];
  let ladders = 0;
  for (const day of days) {
    const path = await recordedData(`kxbtc_kxeth_hourly_ladder/crypto_hourly_2026-07-${day}.jsonl.gz`);
    if (path === null) return;
    for await (const { lines } of lineBatches(path)) {
      for (const line of lines) {
        const { series, captured_at, spot, current } = JSON.parse(line);
        // Some captures failed before they had the outcomes.
        if (series !== "KXBTC" || current.outcomes === undefined || !(spot?.price > 0)) continue;
        ladders++;
        const secondsToClose = (Date.parse(current.close_time) - Date.parse(captured_at)) / 1_000;
        const state = { spot: spot.price, secondsToClose, seenSum: 0, seenCount: 0 };
        const implied = impliedFromQuotes(state, current.outcomes.map(quoteOf));
        if (!implied.ok) continue;
        found.push(implied.perSqrtSecond * Math.sqrt(ANNUALISED_SECONDS));
        assert.ok(implied.low <= implied.perSqrtSecond && implied.perSqrtSecond <= implied.high);
      }
    }
  }
  assert.deepEqual([ladders, found.length], [332, 229]);
  const sorted = found.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  assert.ok(sorted[0] > 0.1 && sorted[sorted.length - 1] < 1.2, `${sorted[0]} to ${sorted[sorted.length - 1]}`);
  assert.ok(median > 0.2 && median < 0.5, `${median}`);
});
