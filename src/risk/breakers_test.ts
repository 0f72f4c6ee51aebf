import assert from "node:assert/strict";
import fc from "fast-check";
import { micros, money, price } from "../core/units.ts";
import {
  type BreakerRules,
  coolDownReason,
  dailyLossReason,
  drawdownReason,
  lossesAfter,
  lossesReason,
} from "./breakers.ts";
import type { RiskLimits } from "./limits.ts";

const limits = (dailyLoss: number, dailyLossPercent: number): RiskLimits => ({
  order: money(0),
  trade: money(0),
  market: money(0),
  openExposure: money(0),
  categoryPercent: 20,
  correlatedPercent: 25,
  dailyLoss: money(dailyLoss),
  dailyLossPercent,
  priceCeiling: price(9_900),
  fairValueBound: price(0),
});

const LOSSES: readonly (readonly [
  claim: string,
  nav: number,
  start: number,
  RiskLimits,
  reason: string | null,
])[] = [
  ["a gain is no loss", 11_000_000, 10_000_000, limits(1_000_000, 10), null],
  ["a loss of nothing halts nothing, even where nothing is allowed", 10_000_000, 10_000_000, limits(0, 0), null],
  ["just below the amount", 9_000_001, 10_000_000, limits(1_000_000, 50), null],
  [
    "the amount",
    9_000_000,
    10_000_000,
    limits(1_000_000, 50),
    "Lost 1.000000 since the day began, allowed 1.000000",
  ],
  ["just below the percentage", 9_000_001, 10_000_000, limits(5_000_000, 10), null],
  [
    "the percentage",
    9_000_000,
    10_000_000,
    limits(5_000_000, 10),
    "Lost 1.000000 since the day began, allowed 10 % of 10.000000",
  ],
];

for (const [claim, nav, start, allowed, reason] of LOSSES) {
  Deno.test(`daily loss: ${claim}`, () => assert.equal(dailyLossReason(money(nav), money(start), allowed), reason));
}

Deno.test("daily loss: after a withdrawal its share is of what is in proportion, its amount what was lost", () => {
  // 50 of 1,000 were lost, then 600 were taken out.
  const [nav, start, base] = [350_000_000, 400_000_000, 368_421_052].map(money);
  assert.equal(dailyLossReason(nav, start, limits(100_000_000, 10), base), null);
  assert.match(
    dailyLossReason(nav, start, limits(50_000_000, 10), base) ?? "",
    /^Lost 50\.000000 .*allowed 50\.000000$/,
  );
  assert.match(
    dailyLossReason(nav, start, limits(100_000_000, 4), base) ?? "",
    /^Lost 18\.421052 .*allowed 4 % of 368/,
  );
});

const RULES: BreakerRules = { maxDrawdownPercent: 20, consecutiveLosses: 3, coolDown: 60_000_000 };

const DRAWDOWNS: readonly (readonly [claim: string, nav: number, peak: number, reason: RegExp | null])[] = [
  ["the peak itself is none", 1_000_000, 1_000_000, null],
  ["just less than the bound", 800_001, 1_000_000, null],
  ["the bound", 800_000, 1_000_000, /^0\.800000 is 0\.200000 below the peak of 1\.000000, allowed is less than 20 %$/],
  ["all of it", 0, 1_000_000, /^0\.000000 is 1\.000000 below/],
];

for (const [claim, nav, peak, reason] of DRAWDOWNS) {
  Deno.test(`drawdown: ${claim}`, () => {
    const found = drawdownReason(money(nav), money(peak), RULES);
    if (reason === null) assert.equal(found, null);
    else assert.match(found ?? "", reason);
    assert.equal(drawdownReason(money(nav), money(peak), { ...RULES, maxDrawdownPercent: 0 }), null, "no bound");
  });
}

Deno.test("losses in a row: a profit begins anew, and what came to nothing is neither", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -3, max: 3 })), (results) => {
    let losses = 0;
    for (const pnl of results) losses = lossesAfter(losses, money(pnl));
    const told = results.filter((pnl) => pnl !== 0);
    assert.equal(losses, told.length - 1 - told.findLastIndex((pnl) => pnl > 0));
  }));
});

Deno.test("losses in a row trip at the bound, and where there is none never", () => {
  assert.equal(lossesReason("maker", 2, RULES), null);
  assert.equal(lossesReason("maker", 3, RULES), "Strategy maker lost 3 markets in a row, allowed are fewer than 3");
  assert.equal(lossesReason("maker", 99, { ...RULES, consecutiveLosses: 0 }), null);
});

Deno.test("a cool-down is over at its very end, and says when that is before", () => {
  const since = micros(1_700_000_000_000_000);
  const waits = coolDownReason(since, micros(since + 59_999_999), RULES);
  assert.equal(waits, "It cools down: not before 2023-11-14T22:14:20.000000Z");
  assert.equal(coolDownReason(since, micros(since + 60_000_000), RULES), null);
});
