import assert from "node:assert/strict";
import type { FeeSchedule } from "../../core/market.ts";
import type { Micros } from "../../core/units.ts";
import { FeeBook } from "./fee_book.ts";

const NOW = 1_790_000_000_000_000 as Micros;
const after = (seconds: number): Micros => NOW + seconds * 1_000_000 as Micros;
const EVENT = "KXBTC15M-26SEP251515";
const PLAIN: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const DOUBLE: FeeSchedule = { type: "quadratic_with_maker_fees", multiplierMillionths: 2_000_000 };

function book(): FeeBook {
  const fees = new FeeBook();
  fees.learnSeries("KXBTC15M", PLAIN, NOW);
  return fees;
}

Deno.test("an event charges what its series does", () => {
  assert.deepEqual(book().of(EVENT, NOW), PLAIN);
});

Deno.test("an event's own word beats its series, field by field, until it is taken back", () => {
  const fees = book();
  fees.learnEvent(EVENT, { type: null, multiplierMillionths: 500_000 }, NOW);
  assert.deepEqual(fees.of(EVENT, NOW), { type: "quadratic", multiplierMillionths: 500_000 });
  fees.learnEvent(EVENT, { type: "flat", multiplierMillionths: null }, NOW);
  assert.deepEqual(fees.of(EVENT, NOW), { type: "flat", multiplierMillionths: 1_000_000 });
  fees.learnEvent(EVENT, null, NOW);
  assert.deepEqual(fees.of(EVENT, NOW), PLAIN);
  assert.deepEqual(fees.of("KXBTC15M-OTHER", NOW), PLAIN);
});

Deno.test("a series' announced change counts from its moment on, the newest of several", () => {
  const fees = book();
  fees.learnSeriesChanges("KXBTC15M", [
    { id: "2", series: "KXBTC15M", fees: PLAIN, at: after(20) },
    { id: "1", series: "KXBTC15M", fees: DOUBLE, at: after(10) },
    { id: "0", series: "KXBTC15M", fees: { ...PLAIN, multiplierMillionths: 7 }, at: after(-10) },
    { id: "3", series: "KXETH15M", fees: DOUBLE, at: after(5) },
  ]);
  const told = [0, 9, 10, 19, 20].map((seconds) => fees.of(EVENT, after(seconds)).multiplierMillionths / 1e6);
  // What came about before the series was read is in its body.
  assert.deepEqual(told, [1, 1, 2, 2, 1]);
  assert.deepEqual([0, 10, 20].map((seconds) => fees.nextChange(after(seconds))), [after(10), after(20), null]);
});

Deno.test("a series that is read again after its change is believed", () => {
  const fees = book();
  fees.learnSeriesChanges("KXBTC15M", [{ id: "1", series: "KXBTC15M", fees: DOUBLE, at: after(10) }]);
  fees.learnSeries("KXBTC15M", { ...PLAIN, multiplierMillionths: 3_000_000 }, after(11));
  assert.equal(fees.of(EVENT, after(12)).multiplierMillionths, 3_000_000);
});

Deno.test("an event's announced change counts from its moment on, the end of an override too", () => {
  const fees = book();
  fees.learnEventChanges([
    { id: "1", event: EVENT, override: { type: null, multiplierMillionths: 0 }, at: after(10) },
    { id: "2", event: EVENT, override: null, at: after(30) },
  ]);
  const told = [9, 10, 29, 30].map((seconds) => fees.of(EVENT, after(seconds)).multiplierMillionths);
  assert.deepEqual(told, [1_000_000, 0, 0, 1_000_000]);
  assert.equal(fees.nextChange(after(10)), after(30));
});

Deno.test("a waiver means no fee until it ends; of several the first end counts", () => {
  const fees = book();
  fees.learnWaiver(EVENT, after(60));
  fees.learnWaiver(EVENT, after(40));
  fees.learnWaiver(EVENT, after(50));
  const told = [0, 39, 40].map((seconds) => fees.of(EVENT, after(seconds)).multiplierMillionths);
  assert.deepEqual(told, [0, 0, 1_000_000]);
  assert.equal(fees.nextChange(NOW), after(40));
});
