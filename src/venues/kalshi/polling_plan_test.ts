import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { freshFor, PollingPlan } from "./polling_plan.ts";

const NOW = 1_790_000_000_000_000 as Micros;
const after = (seconds: number): Micros => NOW + seconds * MICROS_PER_SECOND as Micros;
const CLOSES: Readonly<Record<string, number>> = { soon: 60, hour: 3_000, day: 80_000, week: 600_000, over: -5 };
const closeTimeOf = (ticker: string): Micros | null => ticker in CLOSES ? after(CLOSES[ticker]) : null;

Deno.test("what was read is good for longer, the later the market closes", () => {
  const spans = ["soon", "hour", "day", "week", "over", "unknown"].map((ticker) => freshFor(closeTimeOf(ticker), NOW));
  assert.deepEqual(spans, [1, 2, 10, 60, 60, 10].map((seconds) => seconds * MICROS_PER_SECOND));
});

Deno.test("what was never read comes first, in the order in which it closes", () => {
  const plan = new PollingPlan(closeTimeOf);
  const all = new Set(["over", "week", "hour", "day", "soon"]);
  assert.deepEqual(plan.due(all, NOW, 10), ["soon", "hour", "day", "week", "over"]);
  assert.deepEqual(plan.due(all, NOW, 2), ["soon", "hour"]);
});

Deno.test("with one reading a second, markets get their turns as their close asks for", () => {
  // The closes move along: the test is about turns.
  let passed = 0;
  const plan = new PollingPlan((ticker) => after(CLOSES[ticker] + passed));
  const all = new Set(Object.keys(CLOSES));
  const turns = new Map<string, number>();
  for (let second = 0; second < 120; second++) {
    passed = second;
    for (const ticker of plan.due(all, after(second), 1)) {
      plan.done(ticker, after(second));
      turns.set(ticker, (turns.get(ticker) ?? 0) + 1);
    }
  }
  const [soon, hour, day, week] = ["soon", "hour", "day", "week"].map((ticker) => turns.get(ticker) ?? 0);
  assert.ok(soon > hour && hour > day && day > week && week >= 1, JSON.stringify([...turns]));
});

Deno.test("a market that is wanted no more is forgotten, and is new when it comes back", () => {
  const plan = new PollingPlan(closeTimeOf);
  plan.done("week", NOW);
  assert.deepEqual(plan.due(new Set(["week"]), after(1), 5), []);
  assert.deepEqual(plan.due(new Set(), after(1), 5), []);
  assert.deepEqual(plan.due(new Set(["week"]), after(1), 5), ["week"]);
});
