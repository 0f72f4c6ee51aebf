import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_SIZING, edgeScale, feeAdjustedKelly, type KellySizing, sizedKelly, sizingError } from "./kelly.ts";

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

const SIZING: KellySizing = { fraction: 0.25, mode: "scale", leastEdge: 0.02, targetEdge: 0.06 };

Deno.test("the stake is a part of full Kelly, or full Kelly capped at that part", () => {
  const bet = { probability: 0.6, price: 0.5, fee: 0.0175, settlementFee: 0 };
  const cases: [Partial<KellySizing>, number][] = [
    [{}, 0.25 * 0.17098445595854922],
    [{ fraction: 0.1 }, 0.1 * 0.17098445595854922],
    [{ mode: "cap" }, 0.17098445595854922],
    [{ mode: "cap", fraction: 0.1 }, 0.1],
    [{ fraction: 0 }, 0],
    [{ leastEdge: 0.09, targetEdge: 0.09 }, 0],
    // The edge of 8.25 points lies half way.
    [{ leastEdge: 0.0325, targetEdge: 0.1325 }, 0.5 * 0.25 * 0.17098445595854922],
  ];
  for (const [other, expected] of cases) {
    const part = sizedKelly(bet, { ...SIZING, ...other });
    assert.ok(Math.abs(part - expected) < 1e-12, `${JSON.stringify(other)}: ${part} against ${expected}`);
  }
  assert.equal(sizedKelly({ ...bet, probability: 0.3 }, SIZING), 0);
  assert.equal(sizedKelly({ ...bet, probability: 0.3 }, { ...SIZING, leastEdge: -1 }), 0, "never below zero");
  assert.ok(Number.isNaN(sizedKelly({ ...bet, price: NaN }, SIZING)));
});

Deno.test("an edge below the least is worth nothing, one above it a tenth and more, at the target all", () => {
  const cases = [[0.0199, 0], [0.02, 0.1], [0.0201, 0.1], [0.04, 0.5], [0.06, 1], [0.5, 1], [NaN, 0]] as const;
  for (const [edge, expected] of cases) {
    assert.ok(Math.abs(edgeScale(edge, SIZING) - expected) < 1e-12, `${edge}: ${edgeScale(edge, SIZING)}`);
  }
  assert.equal(edgeScale(0.02, DEFAULT_SIZING), 1, "least and target alike: nothing is taken off");
});

Deno.test("settings that cannot be are told in words", () => {
  assert.equal(sizingError(DEFAULT_SIZING), null);
  const cases: [Partial<KellySizing>, RegExp][] = [
    [{ fraction: 1.5 }, /Fraction must be within 0 and 1, found 1\.5/],
    [{ fraction: NaN }, /Fraction .* found NaN/],
    [{ mode: "half" as "cap" }, /Mode must be scale or cap, found half/],
    [{ leastEdge: 2 }, /Least edge must be within -1 and 1, found 2/],
    [{ targetEdge: 0.01 }, /Target edge must be within the least edge 0\.02 and 1, found 0\.01/],
  ];
  for (const [wrong, expected] of cases) assert.match(sizingError({ ...SIZING, ...wrong }) ?? "", expected);
});
