import assert from "node:assert/strict";
import { equitySeries } from "./equity.ts";

Deno.test("a drawdown is what lies under the highest so far, and points stand in order", () => {
  const { nav, drawdown } = equitySeries([
    { at: "2026-09-25T19:00:02Z", nav: "90.000000" },
    { at: "2026-09-25T19:00:00Z", nav: "80.000000" },
    { at: "2026-09-25T19:00:01Z", nav: "100.000000" },
    { at: "2026-09-25T19:00:03Z", nav: "NaN" },
    { at: "never", nav: "1.000000" },
    { at: "2026-09-25T19:00:04Z", nav: "110.000000" },
  ]);
  assert.deepEqual(nav.map(({ value }) => value), [80, 100, 90, 110]);
  assert.deepEqual(drawdown.map(({ value }) => Number(value.toFixed(6))), [0, 0, -0.1, 0]);
});

Deno.test("an account that owes money has no drawdown in per cent", () => {
  assert.deepEqual(equitySeries([{ at: "2026-09-25T19:00:00Z", nav: "-5" }]).drawdown.map(({ value }) => value), [0]);
});
