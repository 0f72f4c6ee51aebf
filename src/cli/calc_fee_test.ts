import assert from "node:assert/strict";
import { CENT, FEE_RULES } from "../core/fees.ts";
import type { FeeType } from "../core/market.ts";
import { count, money, price } from "../core/units.ts";
import { calcFee, type CalcFeeOptions } from "./calc_fee.ts";

const OPTIONS: CalcFeeOptions = {
  price: price(550),
  counts: [count(100), count(100), count(100)],
  side: "buy",
  role: "taker",
  schedule: { type: "quadratic", multiplierMillionths: 1_000_000 },
  grid: CENT,
  rule: FEE_RULES[FEE_RULES.length - 1],
};

Deno.test("the documented example of calc fee comes out to the last digit", () => {
  const fill = {
    trade_fee: "0.003639",
    rounding_fee: "0.001361",
    rebate: "0.000000",
    net_fee: "0.005000",
    balance_change: "-0.060000",
  };
  assert.deepEqual(calcFee(OPTIONS), { fills: [fill, fill, fill], net_fee: "0.015000" });
});

Deno.test("the rebate of a long order is shown with the fill that earns it", () => {
  const counts = Array.from({ length: 8 }, () => count(100));
  const result = calcFee({ ...OPTIONS, counts });
  assert.ok(!("error" in result));
  assert.deepEqual(result.fills.map((fill) => fill.rebate), Array.from({ length: 8 }, () => "0.000000"));
  const dear = calcFee({ ...OPTIONS, price: price(5_000), counts });
  assert.ok(!("error" in dear));
  // 0.0175 rounds to 0.02: 0.0025 stays each time and comes back as a cent with every fourth fill.
  const four = ["0.020000", "0.020000", "0.020000", "0.010000"];
  assert.deepEqual(dear.fills.map((fill) => fill.net_fee), [...four, ...four]);
  assert.equal(dear.net_fee, "0.140000");
});

Deno.test("a sale receives its price less the fee", () => {
  const result = calcFee({ ...OPTIONS, price: price(5_200), counts: [count(100)], side: "sell", grid: money(100) });
  assert.ok(!("error" in result));
  assert.equal(result.fills[0].balance_change, "0.502500");
  assert.equal(result.net_fee, "0.017500");
});

Deno.test("a flat fee is refused in words", () => {
  const result = calcFee({ ...OPTIONS, schedule: { type: "flat" satisfies FeeType, multiplierMillionths: 1_000_000 } });
  assert.ok("error" in result);
  assert.match(result.error, /type flat/);
});
