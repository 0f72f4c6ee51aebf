import assert from "node:assert/strict";
import fc from "fast-check";
import type { BookDeltaInput, Input, Level } from "../../core/input.ts";
import { after, aMarket } from "../../core/market_fixture.ts";
import { count, type Micros, micros, price } from "../../core/units.ts";
import type { OwnMark } from "./live_orders.ts";
import { WithoutOwn } from "./without_own.ts";

const TICKER = aMarket().ticker;
const LATENCY = 50_000;

const delta = (at: Micros, ladder: "yes" | "no", level: number, change: number): BookDeltaInput => ({
  type: "book_delta",
  at,
  ticker: TICKER,
  sequence: null,
  side: ladder,
  price: price(level),
  delta: count(change),
  exchangeTime: null,
});
const mark = (sentAt: Micros, ladder: "yes" | "no", level: number, change: number, own: boolean): OwnMark => ({
  ticker: TICKER,
  ladder,
  price: price(level),
  delta: change,
  from: sentAt,
  until: micros(sentAt + 5_000_000),
  own,
  sentAt,
});
const all = (others: WithoutOwn, inputs: readonly Input[]): Input[] => inputs.flatMap((input) => others.take(input));

Deno.test("whatever we rest and take back among others, their book alone is left", () => {
  const event = fc.record({
    ours: fc.boolean(),
    level: fc.integer({ min: 1, max: 5 }),
    size: fc.integer({ min: 1, max: 50 }),
    gap: fc.integer({ min: 1, max: 900_000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let at = after(1);
      const theirs: BookDeltaInput[] = [];
      const heard: BookDeltaInput[] = [];
      const marks: OwnMark[] = [];
      for (const { ours, level, size, gap } of events) {
        at = micros(at + gap);
        if (!ours) {
          theirs.push(delta(at, "yes", level * 100, size));
          heard.push(delta(at, "yes", level * 100, size));
          continue;
        }
        // It rests, and is taken back a moment later.
        marks.push(mark(at, "yes", level * 100, size, true), mark(at, "yes", level * 100, -size, true));
        heard.push(delta(at, "yes", level * 100, size), delta(micros(at + 1), "yes", level * 100, -size));
      }
      const book = (inputs: readonly Input[]): Map<number, number> => {
        const sizes = new Map<number, number>();
        for (const input of inputs) {
          if (input.type === "book_delta") sizes.set(input.price, (sizes.get(input.price) ?? 0) + input.delta);
        }
        return new Map([...sizes].filter(([, size]) => size !== 0).sort(([a], [b]) => a - b));
      };
      const others = new WithoutOwn(marks, LATENCY);
      assert.deepEqual(book(all(others, heard)), book(theirs));
      assert.equal(others.unmatched, 0);
    }),
    { numRuns: 500 },
  );
});

Deno.test("what we took is told once the order has arrived on paper, and nothing else of it before", () => {
  const others = new WithoutOwn([mark(after(10), "no", 4_000, -300, false)], LATENCY);
  assert.deepEqual(others.take(delta(after(10.02), "no", 4_000, -500)), [delta(after(10.02), "no", 4_000, -200)]);
  assert.deepEqual(others.take({ type: "clock", at: after(10.05) }), [{ type: "clock", at: after(10.05) }]);
  assert.deepEqual(others.take({ type: "clock", at: after(10.06) }), [
    delta(after(10.06), "no", 4_000, -300),
    { type: "clock", at: after(10.06) },
  ]);
});

Deno.test("a snapshot is told without what we rest, and with what we took", () => {
  const others = new WithoutOwn(
    [mark(after(10), "yes", 4_000, 300, true), mark(after(10), "no", 5_000, -100, false)],
    LATENCY,
  );
  all(others, [delta(after(10.01), "yes", 4_000, 300), delta(after(10.01), "no", 5_000, -100)]);
  const levels = (...pairs: [number, number][]): Level[] => pairs.map(([at, size]) => [price(at), count(size)]);
  const snapshot = (yes: Level[]): Input => ({
    type: "book_snapshot",
    at: after(10.02),
    ticker: TICKER,
    sequence: null,
    yes,
    no: levels([5_000, 700]),
    exchangeTime: null,
  });
  assert.deepEqual(others.take(snapshot(levels([4_000, 800], [3_900, 5]))), [
    snapshot(levels([4_000, 500], [3_900, 5])),
  ]);
  assert.deepEqual(others.take({ type: "clock", at: after(20) }).length, 1, "the snapshot had it already");
});

Deno.test("a change of others at another time, level or of the other sign is left alone", () => {
  const others = new WithoutOwn([mark(after(10), "yes", 4_000, 300, true)], LATENCY);
  const theirs = [
    delta(after(9), "yes", 4_000, 300),
    delta(after(11), "yes", 4_100, 300),
    delta(after(11), "no", 4_000, 300),
    delta(after(11), "yes", 4_000, -300),
    delta(after(30), "yes", 4_000, 300),
  ];
  assert.deepEqual(all(others, theirs), theirs);
  assert.equal(others.unmatched, 1);
});
