import assert from "node:assert/strict";
import { type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { SettlementCheck } from "./settlement_check.ts";
import type { RecordedSettlement } from "./recording/recording.ts";

const CLOSE = 1_800_000_000;
const at = (second: number): Micros => micros(second * MICROS_PER_SECOND);

const settlement = (ticker: string, strike: number, result: "yes" | "no", closes = CLOSE): RecordedSettlement => ({
  ticker,
  openTime: at(closes - 900),
  closeTime: at(closes),
  strikeType: "greater_or_equal",
  floorStrike: strike,
  capStrike: null,
  expirationValue: 100,
  result,
  settledAt: null,
  priceStructure: null,
});

/** An index that stands at one value for so many seconds before the close, the close included. */
function checkWith(settlements: readonly RecordedSettlement[], value: number, seconds: number) {
  const check = new SettlementCheck(settlements);
  for (let second = CLOSE - seconds + 1; second <= CLOSE; second++) {
    check.observe({
      type: "index",
      at: at(second),
      index: "BRTI",
      value,
      sourceTime: at(second),
      source: "recorded",
      venueAverage: null,
    });
  }
  return check.finish();
}

Deno.test("every market that is checked has its margin, those that differ are listed by themselves", () => {
  const { checked, agree, differing, margins } = checkWith(
    [settlement("ABOVE", 99.5, "yes"), settlement("BELOW", 101.25, "yes")],
    100,
    60,
  );
  assert.deepEqual([checked, agree], [2, 1]);
  assert.deepEqual(margins.toSorted((a, b) => a.ticker.localeCompare(b.ticker)), [
    { ticker: "ABOVE", average: 100, strike: 99.5, margin_usd: 0.5, agrees: true, agreesByA: null },
    { ticker: "BELOW", average: 100, strike: 101.25, margin_usd: 1.25, agrees: false, agreesByA: null },
  ]);
  assert.deepEqual(differing, [{ ticker: "BELOW", average: 100, strike: 101.25, margin_usd: 1.25, result: "yes" }]);
});

Deno.test("where the second before it was heard, too, the minute that begins there is judged beside", () => {
  const { agreeByA, margins } = checkWith(
    [settlement("ABOVE", 99.5, "yes"), settlement("BELOW", 101.25, "yes")],
    100,
    61,
  );
  assert.deepEqual(margins.map(({ ticker, agreesByA }) => [ticker, agreesByA]).toSorted(), [["ABOVE", true], [
    "BELOW",
    false,
  ]]);
  assert.equal(agreeByA, 1);
});

Deno.test("a live value is no second's value", () => {
  const check = new SettlementCheck([settlement("ABOVE", 99.5, "yes")]);
  for (let second = CLOSE - 59; second <= CLOSE; second++) {
    for (const live of [false, true]) {
      check.observe({
        type: "index",
        at: at(second),
        index: "BRTI",
        value: live ? 500 : 100,
        sourceTime: at(second),
        source: "recorded",
        venueAverage: null,
        ...live ? { live } : {},
      });
    }
  }
  assert.equal(check.finish().margins[0].average, 100);
});

Deno.test("a minute that is not whole is not compared", () => {
  assert.deepEqual(checkWith([settlement("ABOVE", 99.5, "yes")], 100, 59).margins, []);
});
