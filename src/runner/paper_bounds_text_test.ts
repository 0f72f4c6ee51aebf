import assert from "node:assert/strict";
import { describePaperBounds } from "./paper_bounds_text.ts";

Deno.test("the bounds in words name the model that traded, and give each one's fills, contracts, fees and profit", () => {
  const bounds = {
    model: "power",
    trades: 7,
    pessimistic: { fills: 1, contracts: "2.00", fees: "0.003000", pnl: "-4.000000" },
    chosen: { fills: 5, contracts: "6.50", fees: "0.007000", pnl: "8.000000" },
    optimistic: { fills: 9, contracts: "10.00", fees: "0.011000", pnl: "-12.000000" },
  };
  assert.equal(
    describePaperBounds(bounds),
    "pessimistic 1 fill of 2.00, fees 0.003000, P&L -4.000000; " +
      "power (traded) 5 fills of 6.50, fees 0.007000, P&L 8.000000; " +
      "optimistic 9 fills of 10.00, fees 0.011000, P&L -12.000000",
  );
  assert.match(describePaperBounds({ ...bounds, trades: 0 }), /-12\.000000; no public trade was heard/);
});
