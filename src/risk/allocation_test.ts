import assert from "node:assert/strict";
import fc from "fast-check";
import { count, type Micros, micros, type Money, money, parseTime } from "../core/units.ts";
import {
  allocationDay,
  type AllocationRules,
  budgetsOf,
  fixedWeights,
  partAmong,
  totalBudget,
  type Weights,
} from "./allocation.ts";

const RULES: AllocationRules = {
  method: "fixed",
  totalPercent: 100,
  totalUsd: null,
  strategies: [
    { name: "a", percent: 25, usd: null },
    { name: "b", percent: 90, usd: money(12_345_678) },
    { name: "c", percent: 0, usd: null },
  ],
  floorPercent: 5,
  ceilingPercent: 50,
  stepPercent: 5,
  halfLifeDays: 20,
  hour: 0,
  zone: "UTC",
};

const NAV = money(1_000_000_001);

/** What the strategies get by fixed parts. */
function fixed(names: readonly string[], nav: Money, rules: AllocationRules): Record<string, number> {
  const total = totalBudget(nav, rules);
  return Object.fromEntries(budgetsOf(fixedWeights(names, nav, total, rules), total, rules));
}

Deno.test("a fixed budget is its dollars or its share of NAV, to the micro-dollar", () => {
  assert.deepEqual(fixed(["a", "b", "c", "unknown"], NAV, RULES), { a: 250_000_000, b: 12_345_678, c: 0, unknown: 0 });
});

Deno.test("fixed budgets that are more than the total are lowered in proportion", () => {
  const half = { ...RULES, totalUsd: money(131_172_839) };
  assert.deepEqual(fixed(["a", "b"], NAV, half), { a: 125_000_000, b: 6_172_839 });
  assert.deepEqual(fixed(["a", "b"], money(-5), RULES), { a: 0, b: 0 }, "a NAV below nothing gives nothing");
});

Deno.test("the total is a share of NAV, and never more than its dollars", () => {
  const cases: [number, Money | null, number, number][] = [
    [50, null, 1_000, 500],
    [50, money(300), 1_000, 300],
    [50, money(700), 1_000, 500],
    [100, null, -1_000, 0],
  ];
  for (const [totalPercent, totalUsd, nav, expected] of cases) {
    assert.equal(totalBudget(money(nav), { ...RULES, totalPercent, totalUsd }), expected);
  }
});

const amount = fc.nat(1e14).map(money);

Deno.test("budgets are whole, never negative, and never more than the total together", () => {
  const share = fc.record({
    percent: fc.double({ min: 0, max: 100, noNaN: true }),
    usd: fc.option(amount),
  });
  fc.assert(
    fc.property(
      fc.array(share, { maxLength: 10 }),
      amount,
      fc.option(amount),
      fc.boolean(),
      (shares, nav, usd, even) => {
        const strategies = shares.map((each, at) => ({ ...each, name: `s${at}` }));
        const rules = { ...RULES, strategies, totalUsd: usd };
        const total = totalBudget(nav, rules);
        const names = strategies.map(({ name }) => name);
        const equal: Weights = new Map(names.map((name) => [name, 1 / names.length]));
        const budgets = budgetsOf(even ? equal : fixedWeights(names, nav, total, rules), total, rules);
        let sum = 0;
        for (const [name, budget] of budgets) {
          assert.ok(Number.isSafeInteger(budget) && budget >= 0);
          const { usd: most, percent } = strategies.find((each) => each.name === name) ?? { usd: null, percent: 100 };
          assert.ok(budget <= (most ?? Infinity));
          if (!even && most === null) assert.ok(budget <= nav * percent / 100 + 1);
          sum += budget;
        }
        assert.ok(sum <= total, `${sum} of ${total}`);
      },
    ),
    { numRuns: 1_000 },
  );
});

Deno.test("fixed dollars that fit in the total are given to the micro-dollar, whatever the sums are", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e13).map(money), { minLength: 1, maxLength: 10 }), fc.nat(1e12), (dollars, more) => {
      const strategies = dollars.map((usd, at) => ({ name: `s${at}`, percent: 0, usd }));
      const sum = dollars.reduce((all, each) => all + each, 0);
      const budgets = fixed(strategies.map(({ name }) => name), money(sum + more), { ...RULES, strategies });
      assert.deepEqual(Object.values(budgets), dollars);
    }),
    { numRuns: 1_000 },
  );
});

const parted = (amount: number, position: number, parts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    partAmong(
      money(amount),
      count(position),
      new Map(Object.entries(parts).map(([name, part]) => [name, count(part)])),
      "?",
    ),
  );

Deno.test("what comes with a position belongs to those that brought its side", () => {
  assert.deepEqual(parted(100, 400, { a: 300, b: 100 }), { a: 75, b: 25 });
  assert.deepEqual(parted(100, -200, { a: -300, b: 100 }), { a: 100 }, "one on the other side has none of it");
  assert.deepEqual(parted(100, 300, { a: 100, b: 100, c: 100 }), { a: 33, b: 33, c: 34 });
  assert.deepEqual(parted(-7, 2, { a: 1, b: 1 }), { a: -3, b: -4 });
  assert.deepEqual(parted(100, 0, {}), { "?": 100 });
  assert.deepEqual(parted(9e15, 3, { a: 1, b: 2 }), { a: 3e15, b: 6e15 }, "beyond what a product of floats could hold");
});

Deno.test("however it is parted, nothing is lost", () => {
  const parts = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.integer({ min: -9e15, max: 9e15 }),
      fc.integer({ min: -1e9, max: 1e9 }),
      parts,
      (amount, position, list) => {
        const shares = Object.values(
          parted(amount, position, Object.fromEntries(list.map((part, at) => [`s${at}`, part]))),
        );
        assert.equal(shares.reduce((sum, share) => sum + BigInt(share), 0n), BigInt(amount));
        for (const share of shares) assert.ok(amount >= 0 ? share >= 0 : share <= 0);
      },
    ),
    { numRuns: 1_000 },
  );
});

const time = (text: string): Micros => parseTime(text) ?? micros(0);

Deno.test("days begin at their hour, in UTC and on an Eastern clock through both changes", () => {
  const cases: [string, number, AllocationRules["zone"], string][] = [
    ["2026-11-20T00:00:00Z", 0, "UTC", "2026-11-20"],
    ["2026-11-20T16:59:59Z", 17, "UTC", "2026-11-19"],
    ["2026-11-20T17:00:00Z", 17, "UTC", "2026-11-20"],
    ["2026-11-20T04:59:59Z", 0, "America/New_York", "2026-11-19"],
    ["2026-11-20T05:00:00Z", 0, "America/New_York", "2026-11-20"],
    ["2026-07-01T03:59:59Z", 0, "America/New_York", "2026-06-30"],
    ["2026-07-01T04:00:00Z", 0, "America/New_York", "2026-07-01"],
    // Spring skips two o'clock: the day begins at three.
    ["2026-03-08T06:59:59Z", 2, "America/New_York", "2026-03-07"],
    ["2026-03-08T07:00:00Z", 2, "America/New_York", "2026-03-08"],
  ];
  for (const [at, hour, zone, day] of cases) {
    assert.equal(allocationDay(time(at), { hour, zone }), day, `${at} ${hour}`);
  }
});

Deno.test("no later moment belongs to an earlier day, the hour that autumn repeats included", () => {
  for (const start of ["2026-03-07T00:00:00Z", "2026-10-31T00:00:00Z"]) {
    for (let hour = 0; hour < 24; hour++) {
      let before = "";
      for (let minutes = 0; minutes < 3 * 1_440; minutes += 10) {
        const day = allocationDay(micros(time(start) + minutes * 60e6), { hour, zone: "America/New_York" });
        assert.ok(day >= before, `${day} after ${before}, hour ${hour}`);
        before = day;
      }
    }
  }
});
