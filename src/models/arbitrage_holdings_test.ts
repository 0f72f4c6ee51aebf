import assert from "node:assert/strict";
import fc from "fast-check";
import { worstCaseFee } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import { count, ONE_DOLLAR_PRICE, price } from "../core/units.ts";
import {
  crossingCost,
  eventRepairs,
  type HeldLeg,
  ladderRepairs,
  type RepairOrder,
  type Repairs,
} from "./arbitrage_holdings.ts";

const FREE: FeeSchedule = { type: "quadratic", multiplierMillionths: 0 };
const FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const BOTH = { exclusive: true, exhaustive: true };
const FILLS = 10;

const leg = (held: number, bid: number | null, ask: number | null, change: Partial<HeldLeg> = {}): HeldLeg => ({
  held: count(held),
  bid: bid === null ? null : price(bid),
  ask: ask === null ? null : price(ask),
  fees: FREE,
  mayOpen: () => true,
  leftOut: bid === null,
  ...change,
});

const told = (orders: readonly RepairOrder[] | undefined) =>
  orders?.map(({ at, side, price, count, opens }) => [at, side, price, count, opens ? "opens" : "closes"]);

Deno.test("outcomes that are held alike, and nothing at all, need nothing", () => {
  const whole = (held: number) => [leg(held, 3_000, 3_200), leg(held, 3_000, 3_200), leg(held, 3_000, 3_200)];
  for (const held of [0, 500, -500]) assert.equal(eventRepairs(whole(held), BOTH, FILLS), null);
  assert.equal(eventRepairs(whole(500), { exclusive: true, exhaustive: false }, FILLS), null);
  const leftOut = [leg(-100, 6_000, 6_100), leg(-100, 4_500, 4_600), leg(0, null, 100)];
  assert.equal(eventRepairs(leftOut, BOTH, FILLS), null, "NO that nobody offers is no missing leg");
});

Deno.test("a missing leg is bought where that leaves more than selling the others", () => {
  const cheap = [leg(500, 2_900, 3_000), leg(500, 2_900, 3_000), leg(0, 3_300, 3_400)];
  // Selling two brings 58 cents, completing costs 34 of the dollar that is paid.
  const repairs = eventRepairs(cheap, BOTH, FILLS);
  assert.deepEqual(told(repairs?.best), [[2, "bid", 3_400, 500, "opens"]]);
  assert.deepEqual(told(repairs?.closing), [[0, "ask", 2_900, 500, "closes"], [1, "ask", 2_900, 500, "closes"]]);
  const dear = [leg(500, 2_900, 3_000), leg(500, 2_900, 3_000), leg(0, 4_300, 4_400)];
  assert.deepEqual(told(eventRepairs(dear, BOTH, FILLS)?.best), told(repairs?.closing));
  const gap = eventRepairs(cheap, { exclusive: true, exhaustive: false }, FILLS);
  assert.deepEqual(told(gap?.best), told(repairs?.closing), "what is not exhaustive is never completed with YES");
  const barred = [cheap[0], cheap[1], leg(0, 3_300, 3_400, { mayOpen: () => false })];
  assert.deepEqual(told(eventRepairs(barred, BOTH, FILLS)?.best), told(repairs?.closing));
});

Deno.test("of NO that is held in part the excess is completed or bought back", () => {
  const half = (bid: number) => [leg(-500, 6_000, 6_100), leg(-500, 3_000, 3_100), leg(-200, bid, bid + 200)];
  assert.deepEqual(told(eventRepairs(half(1_500), BOTH, FILLS)?.best), [[2, "ask", 1_500, 300, "opens"]]);
  assert.deepEqual(told(eventRepairs(half(700), BOTH, FILLS)?.best), [
    [0, "bid", 6_100, 300, "closes"],
    [1, "bid", 3_100, 300, "closes"],
  ]);
});

Deno.test("a single outcome is no set; nobody's quote leaves it as it is", () => {
  const alone = [leg(-500, 6_000, 6_100), leg(0, null, 100)];
  assert.deepEqual(told(eventRepairs(alone, BOTH, FILLS)?.closing), [[0, "bid", 6_100, 500, "closes"]]);
  const unquoted = eventRepairs([leg(-500, 6_000, null), leg(0, null, null)], BOTH, FILLS);
  assert.deepEqual([unquoted?.best, unquoted?.closing], [[], []]);
});

Deno.test("YES of an easier strike covers NO of a harder one, whatever lies between", () => {
  const quoted = (held: number) => leg(held, 4_000, 4_100);
  assert.equal(ladderRepairs([100, 0, -100].map(quoted), FILLS), null);
  assert.equal(ladderRepairs([100, 200, -50, -250].map(quoted), FILLS), null);
  assert.equal(ladderRepairs([0, 0].map(quoted), FILLS), null);
  const wrong = ladderRepairs([-100, 100].map(quoted), FILLS);
  assert.deepEqual(told(wrong?.closing), [[0, "bid", 4_100, 100, "closes"], [1, "ask", 4_000, 100, "closes"]]);
});

Deno.test("a leg without its other is covered where the strikes are still out of order, else closed", () => {
  const out = [leg(500, 3_900, 4_000), leg(0, 4_300, 4_400), leg(0, 4_600, 4_700)];
  assert.deepEqual(told(ladderRepairs(out, FILLS)?.best), [[2, "ask", 4_600, 500, "opens"]]);
  const order = [leg(500, 3_900, 4_000), leg(0, 3_300, 3_400)];
  assert.deepEqual(told(ladderRepairs(order, FILLS)?.best), [[0, "ask", 3_900, 500, "closes"]]);
  const no = [leg(0, 3_900, 4_000), leg(-500, 4_600, 4_700)];
  assert.deepEqual(told(ladderRepairs(no, FILLS)?.best), [[0, "bid", 4_000, 500, "opens"]]);
  assert.deepEqual(told(ladderRepairs(no, FILLS)?.closing), [[1, "bid", 4_700, 500, "closes"]]);
});

Deno.test("two legs that the same strike covers make one order", () => {
  const two = [leg(100, 3_000, 3_100), leg(200, 2_900, 3_000), leg(0, 4_600, 4_700)];
  assert.deepEqual(told(ladderRepairs(two, FILLS)?.best), [[2, "ask", 4_600, 300, "opens"]]);
});

Deno.test("completing costs nothing where it earns something still, closing costs half the spreads", () => {
  const wide = (held: number) => leg(held, 1_000, 2_200);
  const held = [wide(100), wide(100), wide(100), wide(0)];
  // Worth 48 cents at the middle; 22 of the dollar complete it.
  assert.equal(eventRepairs(held, BOTH, FILLS)?.loss, 480_000 - 780_000);
  const closed = eventRepairs(held, { exclusive: true, exhaustive: false }, FILLS);
  assert.deepEqual([closed?.best.length, closed?.loss], [3, 3 * 60_000]);
  assert.equal(ladderRepairs([leg(100, 3_900, 4_100), leg(0, 4_600, 4_700)], FILLS)?.loss, 400_000 - 460_000);
  assert.equal(ladderRepairs([leg(0, 3_900, 4_100), leg(-100, 4_600, 4_800)], FILLS)?.loss, 410_000 - 470_000);
  assert.equal(ladderRepairs([leg(100, 3_900, 4_100)], FILLS)?.loss, 10_000);
  assert.equal(ladderRepairs([leg(100, null, 4_100)], FILLS)?.loss, 0, "nobody quotes what it takes");
});

Deno.test("crossing costs half the spread and the fee", () => {
  const legs = [leg(100, 4_000, 4_400, { fees: FEES })];
  const order: RepairOrder = { at: 0, side: "ask", price: price(4_000), count: count(100), opens: false };
  assert.equal(crossingCost(legs, order, FILLS), 20_000 + worstCaseFee(FEES, price(4_000), count(100), "taker", FILLS));
  assert.equal(crossingCost([leg(100, 4_000, null)], order, FILLS), 300_000, "nobody's ask is a dollar");
});

const quotes = fc.record({
  bid: fc.integer({ min: 1, max: 98 }),
  width: fc.integer({ min: 1, max: 20 }),
  held: fc.constantFrom(0, 0, 100, 200, -100, -200),
  fees: fc.constantFrom(FREE, FEES),
}).map(({ bid, width, held, fees }) => leg(held, bid * 100, Math.min(99, bid + width) * 100, { fees }));

const after = (legs: readonly HeldLeg[], orders: readonly RepairOrder[]): HeldLeg[] =>
  legs.map((one, at) => {
    const traded = orders.filter((order) => order.at === at)
      .reduce((sum, order) => sum + (order.side === "bid" ? order.count : -order.count), 0);
    return { ...one, held: count(one.held + traded) };
  });

/** Cash of the orders and the least that what is held then pays; NO counts as YES that is owed. */
function certain(
  legs: readonly HeldLeg[],
  orders: readonly RepairOrder[],
  pays: (held: readonly number[]) => number,
): number {
  const cash = orders.reduce(
    (sum, { at, side, price, count }) =>
      sum - worstCaseFee(legs[at].fees, price, count, "taker", FILLS) + price * count * (side === "bid" ? -1 : 1),
    0,
  );
  return cash + pays(after(legs, orders).map(({ held }) => held)) * ONE_DOLLAR_PRICE;
}

/** Tries an order for each choice of levels, and none is better. */
function holdsUp(legs: readonly HeldLeg[], repairs: Repairs, pays: (held: readonly number[]) => number): void {
  const best = certain(legs, repairs.best, pays);
  assert.ok(best >= certain(legs, repairs.closing, pays), "closing leaves more");
}

Deno.test("a repaired event pays the same whatever happens, and leaves most of all levels for certain", () => {
  const least = (held: readonly number[]) => Math.min(...held);
  let repaired = 0;
  fc.assert(
    fc.property(fc.array(quotes, { minLength: 2, maxLength: 6 }), (legs) => {
      const repairs = eventRepairs(legs, BOTH, FILLS);
      if (repairs === null) return;
      repaired++;
      const done = after(legs, repairs.best);
      assert.equal(eventRepairs(done, BOTH, FILLS), null);
      assert.equal(new Set(done.map(({ held }) => held)).size, 1);
      assert.equal(eventRepairs(after(legs, repairs.closing), BOTH, FILLS), null);
      assert.ok(repairs.closing.every(({ opens }) => !opens));
      holdsUp(legs, repairs, least);
      const best = certain(legs, repairs.best, least);
      for (let level = -200; level <= 200; level += 100) {
        const orders = legs.flatMap(({ held, bid, ask }, at): RepairOrder[] => {
          const side = level > held ? "bid" : "ask";
          const at_ = side === "bid" ? ask : bid;
          return level === held || at_ === null
            ? []
            : [{ at, side, price: at_, count: count(Math.abs(level - held)), opens: true }];
        });
        const tried = legs.some(({ held }) => held === level) || level === 0;
        if (tried) assert.ok(best >= certain(legs, orders, least), `level ${level}`);
      }
    }),
    { seed: 72, numRuns: 3_000 },
  );
  assert.ok(repaired > 1_000, `${repaired}`);
});

Deno.test("a repaired ladder never owes more than it pays, and leaves more than closing does", () => {
  /** The worst number of strikes that are reached. */
  const least = (held: readonly number[]) => {
    let [sum, worst] = [0, 0];
    for (const one of held) worst = Math.min(worst, sum += one);
    return worst;
  };
  let repaired = 0;
  fc.assert(
    fc.property(fc.array(quotes, { minLength: 1, maxLength: 8 }), (legs) => {
      const repairs = ladderRepairs(legs, FILLS);
      if (repairs === null) return;
      repaired++;
      for (const orders of [repairs.best, repairs.closing]) {
        const done = after(legs, orders);
        assert.equal(ladderRepairs(done, FILLS), null);
        assert.equal(least(done.map(({ held }) => held)), 0);
      }
      assert.ok(repairs.closing.every(({ opens }) => !opens));
      holdsUp(legs, repairs, least);
    }),
    { seed: 73, numRuns: 3_000 },
  );
  assert.ok(repaired > 1_000, `${repaired}`);
});
