import assert from "node:assert/strict";
import fc from "fast-check";
import { money } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { TradingDay } from "./trading_day.ts";

/** A day that began with 100 and has seen 120. */
const aDay = () => new TradingDay("2026-11-20", money(100), money(120));
const MIDNIGHT = 12 * 3_600;

Deno.test("a day goes on counting from its own start until UTC midnight, and from there anew", () => {
  const day = aDay();
  assert.equal(day.reach(after(MIDNIGHT - 0.000001), money(90)), false);
  assert.deepEqual([day.name, day.startNav, day.peakNav], ["2026-11-20", 100, 120]);
  assert.equal(day.reach(after(MIDNIGHT), money(90)), true);
  assert.deepEqual([day.name, day.startNav, day.peakNav], ["2026-11-21", 90, 120]);
});

Deno.test("a peak outlives its day", () => {
  const day = aDay();
  day.reach(after(0), money(130));
  day.reach(after(MIDNIGHT), money(80));
  assert.equal(day.peakNav, 130);
});

Deno.test("money in or out moves start and peak alike, so that neither the day's profit nor a drawdown changes", () => {
  const day = aDay();
  day.transfer(money(-30));
  assert.deepEqual([day.startNav, day.peakNav], [70, 90]);
});

Deno.test("a day that is begun anew forgets its peak, one that is counted anew does not", () => {
  const counted = aDay();
  counted.restart(money(60));
  assert.deepEqual([counted.startNav, counted.peakNav], [60, 120]);
  const begun = aDay();
  begun.begin(money(60));
  assert.deepEqual([begun.startNav, begun.peakNav], [60, 60]);
});

Deno.test("money in or out moves in proportion what shares of a loss are counted from, and the day's start by the amount", () => {
  const day = aDay();
  day.transfer(money(-45), money(90));
  assert.deepEqual([day.startNav, day.baseNav, day.peakNav, day.haltPeakNav], [55, 50, 60, 60]);
  assert.deepEqual(day.bases, { dayBaseNav: 50 });
  day.transfer(money(45), money(45));
  assert.deepEqual([day.startNav, day.baseNav, day.peakNav, day.haltPeakNav], [100, 100, 120, 120]);
  assert.deepEqual(day.bases, {});
  day.transfer(money(-90), money(90));
  assert.deepEqual([day.startNav, day.baseNav, day.peakNav], [10, 10, 30], "all of it: nothing to be in proportion to");
});

Deno.test("no transfer changes the share of a loss by more than its rounding, whatever was lost and whatever moves", () => {
  const amount = fc.integer({ min: 1, max: 90_000_000_000_000 });
  fc.assert(fc.property(amount, amount, amount, fc.boolean(), (nav, more, moved, out) => {
    const peak = Math.min(90_000_000_000_000, nav + more);
    const change = out ? -Math.min(moved, nav - 1) : moved;
    const day = new TradingDay("2026-11-20", money(peak), money(peak));
    day.transfer(money(change), money(nav));
    const share = (at: number, of: number) => (of - at) / of;
    const after = nav + change;
    assert.ok(share(after, day.haltPeakNav) <= share(nav, peak) + 1e-9, "nothing trips by it");
    const exact = BigInt(peak) * BigInt(after) / BigInt(nav);
    if (exact <= BigInt(Number.MAX_SAFE_INTEGER)) assert.equal(BigInt(day.haltPeakNav), exact);
  }));
});

Deno.test("the peak that halts counts anew when it is lifted, and rises with the other again", () => {
  const day = aDay();
  day.restartPeak(money(90));
  assert.deepEqual([day.peakNav, day.haltPeakNav, day.bases], [120, 90, { haltPeakNav: 90 }]);
  day.reach(after(1), money(100));
  assert.deepEqual([day.peakNav, day.haltPeakNav], [120, 100]);
  day.reach(after(2), money(130));
  assert.deepEqual([day.peakNav, day.haltPeakNav, day.bases], [130, 130, {}]);
  const again = new TradingDay("2026-11-20", money(100), money(120), { dayBaseNav: money(7), haltPeakNav: money(9) });
  assert.deepEqual([again.baseNav, again.haltPeakNav], [7, 9]);
});
