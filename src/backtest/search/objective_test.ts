import assert from "node:assert/strict";
import { money } from "../../core/units.ts";
import { OBJECTIVES } from "./choices.ts";
import { objectiveOf } from "./objective.ts";

const CAPITAL = money(10_000_000_000);
const dollars = (...amounts: readonly number[]) => Float64Array.from(amounts, (each) => each * 1_000_000);

Deno.test("by hand: two dollars won, one lost, two won", () => {
  const profits = dollars(2, -1, 2);
  const cases = [["pnl", 3], ["sharpe", 1 / Math.sqrt(3)], ["sortino", 1 / Math.sqrt(1 / 3)], ["calmar", 3]] as const;
  for (const [objective, wanted] of cases) {
    const found = objectiveOf(objective, profits, money(1_000_000)) ?? NaN;
    assert.ok(Math.abs(found - wanted) < 1e-12, `${objective}: ${found}`);
  }
});

Deno.test("one that lost nothing is finite: a dollar of ten thousand stands for its losses", () => {
  assert.equal(objectiveOf("sortino", dollars(2, 2), CAPITAL), 2);
  assert.equal(objectiveOf("calmar", dollars(2, 2), CAPITAL), 4);
  assert.equal(objectiveOf("sharpe", dollars(2, 2), CAPITAL), null, "without a deviation there is no ratio");
});

Deno.test("what never traded has earned nothing, and no ratio; of no period nothing is known", () => {
  for (const objective of OBJECTIVES) {
    assert.equal(objectiveOf(objective, dollars(0, 0, 0), CAPITAL), objective === "pnl" ? 0 : null);
    assert.equal(objectiveOf(objective, dollars(), CAPITAL), null);
  }
});
