import assert from "node:assert/strict";
import { INDEX_IDS, IndexProcess } from "./index_process.ts";

const START = 1_791_000_000;
const SECONDS_PER_YEAR = 31_536_000;

Deno.test("every second has one positive value with two decimals, the same for the same seed", () => {
  const first = new IndexProcess(3, START);
  const second = new IndexProcess(3, START);
  first.advanceTo(START + 500);
  for (let step = 0; step < 500; step += 7) second.advanceTo(START + step);
  second.advanceTo(START + 500);
  for (const id of INDEX_IDS) {
    for (let at = START; at <= START + 500; at++) {
      const value = first.value(id, at);
      assert.ok(value > 0);
      assert.equal(Number(value.toFixed(2)), value);
      assert.equal(second.value(id, at), value);
    }
  }
});

Deno.test("other seeds give other paths", () => {
  assert.notEqual(new IndexProcess(1, START).value("BRTI", START), new IndexProcess(2, START).value("BRTI", START));
});

Deno.test("volatility stays within 30 and 110 % a year, and the path has about the volatility it says", () => {
  const process = new IndexProcess(11, START);
  let said = 0;
  let realised = 0;
  const seconds = 10_000;
  for (let second = START + 1; second <= START + seconds; second++) {
    process.advanceTo(second);
    const annual = process.volatility("BRTI") * Math.sqrt(SECONDS_PER_YEAR);
    assert.ok(annual > 0.29 && annual < 1.11, `volatility ${annual}`);
    said += process.volatility("BRTI") ** 2;
    realised += Math.log(process.value("BRTI", second) / process.value("BRTI", second - 1)) ** 2;
  }
  // Jumps come on top of what is said.
  assert.ok(realised / said > 0.9 && realised / said < 1.6, `ratio ${realised / said}`);
});

Deno.test("what was not kept or has not happened is refused, not invented", () => {
  const process = new IndexProcess(1, START);
  assert.throws(() => process.value("BRTI", START + 1), RangeError);
  assert.throws(() => process.value("BRTI", START - 1), RangeError);
  assert.deepEqual(process.sum("BRTI", START - 10, START + 10).count, 1);
});
