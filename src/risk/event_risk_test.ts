import assert from "node:assert/strict";
import fc from "fast-check";
import { EventRisk } from "./event_risk.ts";

const TICKERS = ["A", "B", "C", "D"] as const;

interface Stake {
  readonly ticker: string;
  readonly side: "bid" | "ask";
  readonly amount: number;
}

const stake = fc.record({
  ticker: fc.constantFrom(...TICKERS),
  side: fc.constantFrom<("bid" | "ask")[]>("bid", "ask"),
  amount: fc.integer({ min: 0, max: 1_000 }),
});

/** What is lost where this market pays YES, or none does: NO of that market, and YES everywhere, for what wins is not counted. */
function lostWhere(winner: string | null, stakes: readonly Stake[]): number {
  let lost = 0;
  for (const { ticker, side, amount } of stakes) if (side === "bid" || ticker === winner) lost += amount;
  return lost;
}

const worstOf = (stakes: readonly Stake[]): number =>
  Math.max(...[null, ...TICKERS].map((winner) => lostWhere(winner, stakes)));

function riskOf(stakes: readonly Stake[]): EventRisk {
  const risk = new EventRisk();
  for (const { ticker, side, amount } of stakes) risk.add(ticker, side, amount);
  return risk;
}

Deno.test("the worst case is that of the worst outcome, all of them looked at", () => {
  fc.assert(
    fc.property(fc.array(stake, { maxLength: 12 }), (stakes) => {
      const risk = new EventRisk();
      let sum = 0;
      for (const { ticker, side, amount } of stakes) sum += risk.add(ticker, side, amount);
      assert.equal(risk.worst, worstOf(stakes));
      assert.equal(sum, risk.worst, "what each one adds comes to the whole");
    }),
    { seed: 7, numRuns: 1_000 },
  );
});

Deno.test("what one market gives back and takes on is what looking at all outcomes again tells", () => {
  fc.assert(
    fc.property(
      fc.array(stake, { maxLength: 12 }),
      fc.constantFrom(...TICKERS),
      fc.nat(2_000),
      (stakes, ticker, more) => {
        const gone = stakes.filter((each, k) => each.ticker === ticker && k % 2 === 0);
        const left = stakes.filter((each) => !gone.includes(each));
        const sum = (side: "bid" | "ask") =>
          gone.reduce((all, each) => each.side === side ? all + each.amount : all, 0);
        const risk = riskOf(stakes);
        assert.equal(risk.worst - risk.relief(ticker, sum("bid"), sum("ask")), worstOf(left));
        const room = risk.room(ticker, sum("ask"));
        const grown = worstOf([...left, { ticker, side: "ask", amount: more }]) - worstOf(left);
        assert.equal(Math.max(0, more - room), grown);
      },
    ),
    { seed: 8, numRuns: 1_000 },
  );
});

Deno.test("YES in every bucket of a day may be lost, and NO in one of them alone", () => {
  const buckets = ["T55", "B56", "B58", "B60", "B62", "T63"];
  const yes = new EventRisk();
  const no = new EventRisk();
  for (const bucket of buckets) {
    yes.add(bucket, "bid", 10);
    no.add(bucket, "ask", 80);
  }
  assert.deepEqual([yes.worst, no.worst], [60, 80]);
  assert.deepEqual([no.room("B58", 0), no.add("B58", "ask", 5)], [0, 5]);
  assert.deepEqual([no.room("B60", 0), no.add("B60", "ask", 5)], [5, 0]);
});
