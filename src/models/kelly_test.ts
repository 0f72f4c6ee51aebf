import assert from "node:assert/strict";
import fc from "fast-check";
import { feeAdjustedKelly } from "./kelly.ts";

Deno.test("the fee is part of the cost", () => {
  const bet = { probability: 0.6, price: 0.5, fee: 0.0175, settlementFee: 0 };
  assert.equal(feeAdjustedKelly(bet).toFixed(6), "0.170984");
  assert.equal(feeAdjustedKelly({ ...bet, fee: 0 }).toFixed(6), "0.200000");
  assert.equal(feeAdjustedKelly({ ...bet, settlementFee: 0.02 }).toFixed(6), "0.152432");
});

Deno.test("a bet without an edge, or without a chance to win, is not above zero", () => {
  const cases: [number, number, number, number][] = [
    [0.5, 0.5, 0.0175, 0],
    [0.98, 0.99, 0.01, 0],
    [1, 0.99, 0.02, 0],
    [0, 0.5, 0, 0],
  ];
  for (const [probability, price, fee, settlementFee] of cases) {
    const full = feeAdjustedKelly({ probability, price, fee, settlementFee });
    assert.ok(full <= 0 && full >= -1, `${probability} at ${price}: ${full}`);
  }
});

Deno.test("arguments that are no bet give NaN", () => {
  const bet = { probability: 0.6, price: 0.5, fee: 0, settlementFee: 0 };
  for (
    const wrong of [{ probability: 1.1 }, { probability: NaN }, { price: 0 }, { fee: NaN }, { settlementFee: NaN }]
  ) {
    assert.ok(Number.isNaN(feeAdjustedKelly({ ...bet, ...wrong })), JSON.stringify(wrong));
  }
});

Deno.test("no other fraction grows the bankroll faster", () => {
  const unit = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      unit(0.05, 0.95),
      unit(0.05, 0.9),
      unit(0, 0.02),
      unit(0.01, 0.99),
      (probability, price, fee, other) => {
        const full = feeAdjustedKelly({ probability, price, fee, settlementFee: 0 });
        if (full <= 0) return;
        const odds = (1 - price - fee) / (price + fee);
        const growth = (fraction: number) =>
          probability * Math.log(1 + fraction * odds) + (1 - probability) * Math.log(1 - fraction);
        assert.ok(growth(full) >= growth(other) - 1e-12);
      },
    ),
  );
});
