import assert from "node:assert/strict";
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
