import assert from "node:assert/strict";
import { money } from "../core/units.ts";
import { fractionInUse, isRecovering } from "./drawdown_recovery.ts";

Deno.test("recovery begins at the drawdown and ends only at the peak", () => {
  const rules = { drawdownPercent: 5, fraction: 0.1 };
  const peak = money(1_000);
  let recovering = false;
  const course: [number, boolean][] = [[1_000, false], [951, false], [950, true], [999, true], [1_000, false], [
    960,
    false,
  ]];
  for (const [nav, expected] of course) {
    recovering = isRecovering(recovering, money(nav), peak, rules);
    assert.equal(recovering, expected, `at ${nav}`);
  }
  assert.equal(fractionInUse(0.25, true, rules), 0.1);
  assert.equal(fractionInUse(0.05, true, rules), 0.05, "a strategy that bets less already goes on so");
  assert.equal(fractionInUse(0.25, false, rules), 0.25);
});
