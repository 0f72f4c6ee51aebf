import assert from "node:assert/strict";
import fc from "fast-check";
import type { TradeRecord } from "../../core/record.ts";
import { type Money, money, ONE_DOLLAR, price } from "../../core/units.ts";
import { Ledger } from "../../execution/ledger.ts";
import { absorb, executedOf, outcomesOf, valueOfPrice } from "./execution_outcome.ts";
import { execution } from "./figures_fixture.ts";

const arbitraryExecution = fc.record({
  side: fc.constantFrom("bid" as const, "ask" as const),
  price: fc.integer({ min: 1, max: 9_999 }),
  count: fc.integer({ min: 1, max: 1_000_000 }),
  fee: fc.integer({ min: 0, max: 5_000_000 }),
  mid: fc.option(fc.integer({ min: 1, max: 19_999 }).map((half) => half / 20_000)),
});
const executions = fc.array(arbitraryExecution, { minLength: 1, maxLength: 30 });

const recordsOf = (drawn: readonly Parameters<typeof execution>[0][]): TradeRecord[] => drawn.map(execution);

/** What the ledger says of the same executions. */
function ledgerOf(records: readonly TradeRecord[]): Ledger {
  const ledger = new Ledger(money(1_000_000_000_000));
  for (const record of records) ledger.apply(record);
  return ledger;
}

Deno.test("the parts of each execution add up to its whole, and those of a market to the ledger's profit, at any payout", () => {
  fc.assert(
    fc.property(executions, fc.integer({ min: 0, max: ONE_DOLLAR }), (drawn, yesValue) => {
      const records = recordsOf(drawn);
      const outcomes = outcomesOf(records.map(executedOf), money(yesValue));
      for (const { model, execution, fee, total } of outcomes) {
        assert.ok([model, execution, fee, total].every(Number.isSafeInteger));
        assert.equal(model + execution - fee, total);
      }
      const settled = ledgerOf(records).settle("KXBTC15M-X", "scalar", money(yesValue));
      assert.equal(outcomes.reduce((sum, { total }) => sum + total, 0), settled?.pnl);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("while a market is open its executions come to what the account moved by its mark", () => {
  fc.assert(
    fc.property(executions, fc.integer({ min: 1, max: 9_999 }), (drawn, mark) => {
      const records = recordsOf(drawn);
      const ledger = ledgerOf(records);
      const nav = ledger.cash + ledger.marketValue(() => price(mark));
      const outcomes = outcomesOf(records.map(executedOf), valueOfPrice(mark));
      assert.equal(outcomes.reduce((sum, { total }) => sum + total, 0), nav - ledger.startingCapital);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("executions that are taken together come to the same as apart", () => {
  fc.assert(
    fc.property(executions, fc.constantFrom(0, ONE_DOLLAR as number), (drawn, yesValue) => {
      const records = recordsOf(drawn);
      const apart = outcomesOf(records.map(executedOf), money(yesValue));
      const [first, ...others] = records.map(executedOf);
      for (const other of others) absorb(first, other);
      const [together] = outcomesOf([first], money(yesValue));
      for (const part of ["model", "execution", "fee", "total"] as const) {
        assert.equal(together[part], apart.reduce((sum, outcome) => sum + outcome[part], 0), part);
      }
      assert.equal(together.executed.fills, drawn.length);
    }),
    { numRuns: 500 },
  );
});

const CASES: readonly {
  readonly name: string;
  readonly of: Parameters<typeof execution>[0];
  readonly paid: Money;
  readonly parts: readonly [model: number, execution: number, total: number];
}[] = [
  {
    name: "10 YES bought at 0.55 where the mid was 0.54, and YES came true",
    of: { side: "bid", price: 5_500, count: 1_000, fee: 170_000, mid: 0.54 },
    paid: ONE_DOLLAR,
    parts: [4_600_000, -100_000, 4_330_000],
  },
  {
    name: "10 YES sold at 0.55 where the mid was 0.54: the spread was earned, the bet lost",
    of: { side: "ask", price: 5_500, count: 1_000, fee: 0, mid: 0.54 },
    paid: ONE_DOLLAR,
    parts: [-4_600_000, 100_000, -4_500_000],
  },
  {
    name: "a mid of half a price step counts in full",
    of: { side: "bid", price: 5_500, count: 1, fee: 0, mid: 0.54005 },
    paid: money(0),
    parts: [-5_401, -99, -5_500],
  },
  {
    name: "without a mid all is the model's",
    of: { side: "bid", price: 5_500, count: 100, fee: 0, mid: null },
    paid: money(0),
    parts: [-550_000, 0, -550_000],
  },
];
for (const { name, of, paid, parts } of CASES) {
  Deno.test(name, () => {
    const [{ model, execution: worked, total }] = outcomesOf([executedOf(execution(of))], paid);
    assert.deepEqual([model, worked, total], parts);
  });
}

Deno.test("a fraction of a micro-dollar that a payout leaves over falls to one execution and is not lost", () => {
  const records = [1, 1, 1].map(() => execution({ side: "bid", price: 1, count: 1, fee: 0, mid: null }));
  const outcomes = outcomesOf(records.map(executedOf), money(333_333));
  assert.deepEqual(outcomes.map(({ total }) => total), [3_332, 3_333, 3_332]);
  assert.equal(ledgerOf(records).settle("KXBTC15M-X", "scalar", money(333_333))?.pnl, 9_997);
});
