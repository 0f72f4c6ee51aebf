import assert from "node:assert/strict";
import fc from "fast-check";
import type { BudgetDayRecord, BudgetRecord } from "../core/record.ts";
import { type Micros, micros, MICROS_PER_DAY, type Money, money } from "../core/units.ts";
import type { AllocationRules } from "./allocation.ts";
import { BUDGET_DAYS_KEPT, type ResumedBudgets, StrategyBudgets } from "./allocation_budgets.ts";

const RULES: AllocationRules = {
  method: "performance",
  totalPercent: 50,
  totalUsd: null,
  strategies: [],
  floorPercent: 10,
  ceilingPercent: 70,
  stepPercent: 5,
  halfLifeDays: 20,
  hour: 0,
  zone: "UTC",
};
const NAV = money(1_000_000_000);
const START = micros(1_763_596_800_000_000);
const day = (number: number, microseconds = 0): Micros => micros(START + number * MICROS_PER_DAY + microseconds);
const nothing = (): Money => money(0);

/** Folds records as the store does. */
class Remembered {
  readonly #budgets = new Map<string, BudgetRecord>();
  readonly #days = new Map<string, BudgetDayRecord>();

  keep(records: readonly (BudgetRecord | BudgetDayRecord)[]): void {
    for (const record of records) {
      if (record.kind === "budget") this.#budgets.set(record.strategy, record);
      else this.#days.set(`${record.day} ${record.strategy}`, record);
    }
  }

  get resumed(): ResumedBudgets {
    const days = [...this.#days].sort(([a], [b]) => a < b ? -1 : 1).map(([, record]) => record);
    return { budgets: [...this.#budgets.values()], days };
  }
}

/** Days on each of which the strategies realise these amounts. */
function runDays(budgets: StrategyBudgets, names: readonly string[], pnl: readonly (readonly number[])[]): void {
  for (const [number, amounts] of pnl.entries()) {
    budgets.rebalance(day(number), NAV, names, nothing);
    for (const [at, name] of names.entries()) budgets.realise(name, money(amounts[at]), day(number, 5));
  }
  budgets.rebalance(day(pnl.length), NAV, names, nothing);
}

Deno.test("at the start all get alike, and there is nothing before", () => {
  const budgets = new StrategyBudgets(RULES);
  assert.equal(budgets.day, null);
  assert.equal(budgets.budget("a"), 0);
  budgets.rebalance(START, NAV, ["b", "a"], nothing);
  assert.equal(budgets.day, "2025-11-20");
  assert.deepEqual([budgets.budget("a"), budgets.budget("b"), budgets.budget("c")], [250_000_000, 250_000_000, 0]);
});

Deno.test("budgets are due at the start, on a new day, and when a strategy without a part runs", () => {
  const budgets = new StrategyBudgets({ ...RULES, hour: 17 });
  assert.ok(budgets.isDue(START, ["a"]));
  budgets.rebalance(START, NAV, ["a"], nothing);
  const hour = 3_600e6;
  const cases: [Micros, readonly string[], boolean][] = [
    [day(0, 17 * hour - 1), ["a"], false],
    [day(0, 17 * hour), ["a"], true],
    [day(0, 1), ["a", "b"], true],
    [day(0, 1), [], false],
    [micros(START - MICROS_PER_DAY), ["a"], false],
  ];
  for (const [at, running, due] of cases) assert.equal(budgets.isDue(at, running), due, `${at - START} ${running}`);
});

Deno.test("a day's result is what was realised and how the open contracts' worth changed", () => {
  const budgets = new StrategyBudgets(RULES);
  budgets.rebalance(day(0), NAV, ["a"], () => money(7));
  budgets.realise("a", money(100), day(0, 1));
  budgets.realise("a", money(-30), day(0, 2));
  budgets.rebalance(day(1), NAV, ["a"], () => money(-13));
  budgets.rebalance(day(4), NAV, ["a"], () => money(-3));
  const told = budgets.history("a").map(({ day, pnl }) => [day, pnl]);
  assert.deepEqual(told, [["2025-11-20", 50], ["2025-11-21", 10]], "days on which nothing ran are not made up");
});

Deno.test("who earns gets more, by no more than the step a day, and the rest less", () => {
  const budgets = new StrategyBudgets(RULES);
  const total = NAV / 2;
  const results = Array.from({ length: 30 }, (_, at) => [3e6 + (at % 2) * 4e6, -3e6 - (at % 2) * 4e6]);
  let before = 0.5;
  for (const [number, amounts] of results.entries()) {
    budgets.rebalance(day(number), NAV, ["good", "bad"], nothing);
    const part = budgets.budget("good") / total;
    assert.ok(part - before <= 0.05 + 1e-6 && part >= before - 1e-6, `${part} after ${before}`);
    assert.ok(budgets.budget("good") + budgets.budget("bad") <= total);
    before = part;
    budgets.realise("good", money(amounts[0]), day(number, 1));
    budgets.realise("bad", money(amounts[1]), day(number, 1));
  }
  assert.equal(Math.round(before * 100), 70, "in the end the ceiling");
});

Deno.test("equal risk: the calm one gets more than the wild one", () => {
  const budgets = new StrategyBudgets({ ...RULES, method: "risk_parity", stepPercent: 100 });
  runDays(budgets, ["calm", "wild"], Array.from({ length: 40 }, (_, at) => [at % 3 * 1e6, (at % 5 - 2) * 9e6]));
  assert.ok(budgets.budget("calm") > 2 * budgets.budget("wild"));
  assert.ok(budgets.budget("wild") >= 0.1 * NAV / 2 - 1, "no less than the floor");
});

Deno.test("within a day parts stay, but for room for one that joins; one that stops has none", () => {
  const budgets = new StrategyBudgets(RULES);
  runDays(budgets, ["a", "b"], Array.from({ length: 10 }, (_, at) => [at % 2 * 5e6, -(at % 3) * 5e6]));
  const [a, b] = [budgets.budget("a"), budgets.budget("b")];
  assert.ok(a > b);
  budgets.rebalance(day(10, 5), NAV, ["a", "b"], nothing);
  assert.deepEqual([budgets.budget("a"), budgets.budget("b")], [a, b]);
  budgets.rebalance(day(10, 6), NAV, ["a", "b", "c"], nothing);
  const third = Math.floor(NAV / 6);
  assert.ok(Math.abs(budgets.budget("c") - third) <= 1 && Math.abs(budgets.budget("a") - a * 2 / 3) <= 1);
  budgets.rebalance(day(10, 7), NAV, ["a", "c"], nothing);
  assert.equal(budgets.budget("b"), 0);
  assert.ok(Math.abs(budgets.budget("a") - a * 2 / 3) <= 1, "what it leaves stays unallocated until the next day");
});

Deno.test("a clock that goes back opens no day again", () => {
  const budgets = new StrategyBudgets(RULES);
  budgets.rebalance(day(3), NAV, ["a"], nothing);
  budgets.rebalance(day(2), NAV, ["a"], nothing);
  assert.equal(budgets.day, "2025-11-23");
  assert.deepEqual(budgets.history("a"), []);
});

Deno.test("days looked back on are bounded", () => {
  const budgets = new StrategyBudgets(RULES);
  runDays(budgets, ["a"], Array.from({ length: BUDGET_DAYS_KEPT + 5 }, () => [1]));
  assert.equal(budgets.history("a").length, BUDGET_DAYS_KEPT);
  assert.equal(budgets.history("a")[0].day, "2025-11-25");
});

Deno.test("records tell what changed, once", () => {
  const budgets = new StrategyBudgets(RULES);
  budgets.realise("a", money(5), START);
  assert.deepEqual(budgets.takeRecords(), [], "before the first day there is nothing to go on from");
  budgets.rebalance(day(0), NAV, ["a", "b"], nothing);
  assert.deepEqual(budgets.takeRecords().map(({ kind, strategy }) => `${kind} ${strategy}`), ["budget a", "budget b"]);
  assert.deepEqual(budgets.takeRecords(), []);
  budgets.realise("b", money(0), day(0, 1));
  assert.deepEqual(budgets.takeRecords(), [], "nothing realised is nothing to tell");
  budgets.realise("b", money(-9), day(0, 2));
  assert.deepEqual(budgets.takeRecords(), [{
    kind: "budget",
    strategy: "b",
    day: "2025-11-20",
    budget: money(250_000_000),
    weight: 0.5,
    active: true,
    realised: money(-9),
    opening: money(0),
    updatedAt: day(0, 2),
  }]);
  budgets.rebalance(day(1), NAV, ["a"], nothing);
  const told = budgets.takeRecords().map((each) =>
    each.kind === "budget" ? `${each.strategy} ${each.active}` : `${each.strategy} ${each.pnl} of ${each.budget}`
  );
  assert.deepEqual(told, ["a 0 of 250000000", "b -9 of 250000000", "a true", "b false"]);
});

Deno.test("a restart at any moment changes nothing: budgets, days and what comes after are the same", () => {
  const names = ["a", "b", "c"];
  const steps = fc.array(
    fc.record({
      hours: fc.nat(40),
      running: fc.subarray(names, { minLength: 1 }),
      realised: fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: -2e7, max: 2e7 })), { maxLength: 4 }),
      open: fc.integer({ min: -1e7, max: 1e7 }),
      restarts: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, fc.constantFrom("fixed", "risk_parity", "performance"), (course, method) => {
      const rules: AllocationRules = {
        ...RULES,
        method,
        strategies: names.map((name, at) => ({ name, percent: 30, usd: at === 2 ? money(123_456_789) : null })),
      };
      const steady = new StrategyBudgets(rules);
      let restarted = new StrategyBudgets(rules);
      const memory = new Remembered();
      let at: number = START;
      for (const { hours, running, realised, open, restarts } of course) {
        at += hours * 3_600e6;
        for (const budgets of [steady, restarted]) {
          if (budgets.isDue(micros(at), running)) budgets.rebalance(micros(at), NAV, running, () => money(open));
          for (const [name, amount] of realised) budgets.realise(name, money(amount), micros(at));
        }
        memory.keep(restarted.takeRecords());
        if (restarts) {
          restarted = new StrategyBudgets(rules, memory.resumed);
          assert.ok(restarted.isDue(micros(at), running), "the rules may be others than before");
          restarted.rebalance(micros(at), NAV, running, () => money(open));
          steady.rebalance(micros(at), NAV, running, () => money(open));
          memory.keep(restarted.takeRecords());
        }
        assert.equal(restarted.day, steady.day);
        let sum = 0;
        for (const name of names) {
          assert.equal(restarted.budget(name), steady.budget(name), name);
          assert.deepEqual(restarted.history(name), steady.history(name));
          sum += steady.budget(name);
        }
        assert.ok(sum <= NAV / 2);
      }
    }),
    { numRuns: 300 },
  );
});
