import assert from "node:assert/strict";
import fc from "fast-check";
import { MinuteMaker, MinuteRing, MINUTES_KEPT, type PriceMinute, startOfMinute } from "./price_history.ts";
import { type Micros, MICROS_PER_SECOND } from "./units.ts";

const MINUTE = 29_500_000;
const stamp = (second: number): Micros => (startOfMinute(MINUTE) + second * MICROS_PER_SECOND) as Micros;
const flat = (minute: number, close: number): PriceMinute => ({
  start: startOfMinute(minute),
  open: close,
  high: close,
  low: close,
  close,
  source: "official",
});

/** Feeds `[second, value]` and gives what was finished. */
function made(values: readonly (readonly [second: number, value: number])[]): PriceMinute[] {
  const maker = new MinuteMaker();
  return values.flatMap(([second, value]) => maker.take(value, stamp(second), "official") ?? []);
}

Deno.test("a minute holds the first, highest, lowest and last value stamped within it", () => {
  const values: [number, number][] = [[0, 100], [10, 103], [20, 98], [59, 101], [60, 500]];
  assert.deepEqual(made(values), [{
    start: startOfMinute(MINUTE),
    open: 100,
    high: 103,
    low: 98,
    close: 101,
    source: "official",
  }]);
});

Deno.test("the second :59.9 belongs to its minute and :00 to the next", () => {
  const [minute] = made([[0, 1], [59.9, 2], [60, 3]]);
  assert.equal(minute.close, 2);
});

Deno.test("a minute whose beginning or end nobody heard counts as missing", () => {
  const cases: [string, [number, number][], number][] = [
    ["whole", [[0, 1], [59, 2], [60, 3]], 1],
    ["heard from its 20th second on", [[20, 1], [59, 2], [60, 3]], 0],
    ["heard from its 19th second on", [[19, 1], [59, 2], [60, 3]], 1],
    ["silent after its 39th second", [[0, 1], [39, 2], [60, 3]], 0],
    ["silent after its 40th second", [[0, 1], [40, 2], [60, 3]], 1],
    ["silent for minutes", [[0, 1], [59, 2], [300, 3]], 1],
  ];
  for (const [name, values, finished] of cases) assert.equal(made(values).length, finished, name);
});

Deno.test("values out of order within a minute move neither its open nor its close wrongly", () => {
  const [minute] = made([[5, 100], [50, 102], [2, 99], [49, 110], [60, 1]]);
  assert.deepEqual([minute.open, minute.high, minute.low, minute.close], [99, 110, 99, 102]);
});

Deno.test("what comes too late for its minute is left out", () => {
  const maker = new MinuteMaker();
  maker.take(100, stamp(0), "official");
  maker.take(101, stamp(59), "official");
  assert.equal(maker.finish(MINUTE), null);
  assert.equal(maker.finish(MINUTE + 1)?.close, 101);
  assert.equal(maker.finish(MINUTE + 1), null);
  assert.equal(maker.take(500, stamp(59), "official"), null);
  assert.equal(maker.minute, null);
});

Deno.test("the ring agrees with a map of the last day, whatever is put into it", () => {
  const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * MINUTES_KEPT }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 200,
  });
  fc.assert(fc.property(minutes, fc.integer({ min: 1, max: 50 }), (puts, limit) => {
    const ring = new MinuteRing();
    const known = new Map<number, number>();
    let newest = -1;
    for (const [minute, close] of puts) {
      const fits = minute > newest - MINUTES_KEPT;
      assert.equal(ring.put(flat(minute, close)), fits);
      if (fits) known.set(minute, close);
      newest = Math.max(newest, minute);
    }
    const kept = [...known].filter(([minute]) => minute > newest - MINUTES_KEPT).sort(([a], [b]) => a - b);
    assert.deepEqual(ring.list().map(({ start, close }) => [start / 60e6, close]), kept);
    assert.deepEqual(ring.list(limit).length, Math.min(limit, kept.length));
    for (const [minute, close] of kept) assert.equal(ring.at(minute)?.close, close);
    assert.equal(ring.newest, newest === -1 ? null : newest);
  }));
});
