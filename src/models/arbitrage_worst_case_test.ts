import assert from "node:assert/strict";
import fc from "fast-check";
import { FEE_RULES, OrderFees } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import { count, price } from "../core/units.ts";
import { type SetLeg, stressPrice, worstPartialLoss } from "./arbitrage_worst_case.ts";

const FREE: FeeSchedule = { type: "quadratic", multiplierMillionths: 0 };
const FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };

const leg = (side: SetLeg["side"], at: number, closing: number | null, fees = FREE): SetLeg => ({
  side,
  price: price(at),
  fees,
  closing: closing === null ? null : price(closing),
});

const STRESS = { slippage: price(300), fillsPerLeg: 10 };

Deno.test("a leg is closed behind the displayed price, and for nothing where none is displayed", () => {
  const cases: readonly (readonly [SetLeg, number])[] = [
    [leg("bid", 4_000, 3_900), 3_600],
    [leg("bid", 200, 100), 0],
    [leg("bid", 4_000, null), 0],
    [leg("ask", 4_000, 4_100), 4_400],
    [leg("ask", 9_700, 9_800), 10_000],
    [leg("ask", 4_000, null), 10_000],
  ];
  for (const [one, wanted] of cases) assert.equal(stressPrice(one, STRESS.slippage), wanted, JSON.stringify(one));
});

Deno.test("the worst is that all legs fill but the one that loses least", () => {
  const legs = [leg("bid", 4_000, 3_900), leg("bid", 3_000, null), leg("ask", 5_000, 5_200)];
  // 4 cents, 30 cents and 5 cents a contract: the first one is missing.
  assert.equal(worstPartialLoss(legs, count(1_000), STRESS), 3_500_000);
  assert.equal(worstPartialLoss(legs.slice(0, 2), count(100), STRESS), 300_000, "of a pair the dearer leg");
  assert.equal(worstPartialLoss(legs.slice(0, 1), count(100), STRESS), 0, "a single leg is whole when it fills");
});

Deno.test("fees of buying and of closing are inside; nothing is charged for giving a leg away", () => {
  const pair = [leg("bid", 5_000, 4_300, FEES), leg("ask", 9_900, null, FEES)];
  // 10 cents, 1.75 cents of fee at 50 and 1.68 at 40, each with its rounding of ten fills.
  assert.equal(worstPartialLoss(pair, count(100), STRESS), 100_000 + (17_500 + 110) + (16_800 + 110));
});

Deno.test("no outcome of a set of which some legs fill in part and are closed at the stress price is worse", () => {
  const legs = fc.array(
    fc.record({
      side: fc.constantFrom("bid" as const, "ask" as const),
      at: fc.integer({ min: 100, max: 9_900 }),
      away: fc.integer({ min: 10, max: 500 }),
      quoted: fc.boolean(),
      filled: fc.integer({ min: 0, max: 100 }),
    }),
    { minLength: 2, maxLength: 6 },
  );
  fc.assert(
    fc.property(legs, fc.integer({ min: 1, max: 40 }), fc.nat({ max: 5 }), (made, contracts, missing) => {
      const set = made.map(({ side, at, away, quoted }) => {
        const closing = side === "bid" ? Math.max(1, at - away) : Math.min(9_999, at + away);
        return leg(side, at, quoted ? closing : null, FEES);
      });
      const promised = worstPartialLoss(set, count(contracts * 100), STRESS);
      const lost = set.reduce((sum, one, k) => {
        const filled = k === missing % set.length ? 0 : Math.floor(contracts * 100 * made[k].filled / 100);
        if (filled === 0) return sum;
        const trade = (side: SetLeg["side"], at: number): number =>
          new OrderFees(FEE_RULES[FEE_RULES.length - 1], FEES)
            .fill({ price: price(at), count: count(filled), side, role: "taker" }).balanceChange;
        const out = stressPrice(one, STRESS.slippage);
        const back = out === 0 ? 0 : out === 10_000 ? -filled * 10_000 : trade(one.side === "bid" ? "ask" : "bid", out);
        return sum - trade(one.side, one.price) - back;
      }, 0);
      assert.ok(lost <= promised, `${lost} lost, ${promised} promised`);
    }),
    { seed: 71, numRuns: 2_000 },
  );
});

Deno.test("so many contracts lose no more than so many times one", () => {
  const legs = [leg("bid", 3_333, 3_111, FEES), leg("ask", 6_001, 6_500, FEES)];
  const one = worstPartialLoss(legs, count(100), STRESS);
  for (const contracts of [2, 7, 100, 5_000]) {
    assert.ok(worstPartialLoss(legs, count(contracts * 100), STRESS) <= one * contracts);
  }
});
