import assert from "node:assert/strict";
import fc from "fast-check";
import { count, micros, money, price } from "../core/units.ts";
import { type Execution, Ledger } from "./ledger.ts";

const fill = (side: "bid" | "ask", at: number, contracts: number, fee = 0): Execution => ({
  ticker: "M",
  side,
  price: price(at),
  count: count(contracts),
  fee: money(fee),
  strategy: "test",
  at: micros(1),
});

Deno.test("buying YES costs the price, and a YES result pays a dollar a contract", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 5600, 1_000, 175_000));
  assert.equal(ledger.cash, 10_000_000 - 5_600_000 - 175_000);
  const settled = ledger.settle("M", "yes", money(1_000_000));
  assert.deepEqual(settled, { position: 1_000, payout: 10_000_000, pnl: 10_000_000 - 5_600_000 - 175_000 });
  assert.equal(ledger.cash, 10_000_000 + 10_000_000 - 5_600_000 - 175_000);
  assert.equal(ledger.wins, 1);
});

Deno.test("selling YES without a position buys NO at one dollar less the price", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("ask", 7000, 100));
  assert.equal(ledger.position("M")?.position, -100);
  assert.equal(ledger.cash, 10_000_000 - 300_000);
  assert.equal(ledger.settle("M", "no", money(0))?.payout, 1_000_000);
});

Deno.test("an order through zero closes the old side first and opens the rest", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 4000, 100));
  const realised = ledger.apply(fill("ask", 6000, 250, 10));
  assert.equal(realised, 200_000 - 10);
  assert.equal(ledger.position("M")?.position, -150);
  assert.equal(ledger.position("M")?.cost, 150 * 4000);
  assert.equal(ledger.cash, 10_000_000 - 400_000 + 600_000 - 600_000 - 10);
});

Deno.test("closing in fractional parts releases the whole cost and not a micro-dollar more", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 3333, 301));
  for (const part of [1, 99, 100, 101]) ledger.apply(fill("ask", 3333, part));
  assert.equal(ledger.position("M")?.position, 0);
  assert.equal(ledger.position("M")?.cost, 0);
  assert.equal(ledger.realised, 0);
  assert.equal(ledger.cash, 10_000_000);
});

Deno.test("cash plus cost equals capital plus realised profit after any fills and any result", () => {
  const fills = fc.array(
    fc.record({
      side: fc.constantFrom<"bid" | "ask">("bid", "ask"),
      at: fc.integer({ min: 1, max: 9_999 }),
      contracts: fc.integer({ min: 1, max: 100_000 }),
      fee: fc.integer({ min: 0, max: 100_000 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(fills, fc.constantFrom<"yes" | "no">("yes", "no"), (all, result) => {
      const ledger = new Ledger(money(1_000_000_000));
      for (const { side, at, contracts, fee } of all) {
        ledger.apply(fill(side, at, contracts, fee));
        assert.equal(ledger.cash + ledger.exposure(), 1_000_000_000 + ledger.realised);
        assert.ok(ledger.exposure() >= 0);
      }
      ledger.settle("M", result, money(result === "yes" ? 1_000_000 : 0));
      assert.equal(ledger.cash, 1_000_000_000 + ledger.realised);
    }),
    { seed: 11 },
  );
});

Deno.test("money in or out moves cash and capital, and neither profit nor positions", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 5000, 100));
  ledger.transfer(money(-3_000_000));
  assert.equal(ledger.cash, 6_500_000);
  assert.equal(ledger.startingCapital, 7_000_000);
  assert.equal(ledger.realised, 0);
  assert.equal(ledger.exposure(), 500_000);
});

Deno.test("contracts held before are adopted as capital: neither cash nor profit moves", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.adopt("M", count(-300), price(7000), micros(1));
  assert.equal(ledger.position("M")?.position, -300);
  assert.equal(ledger.exposure(), 900_000);
  assert.equal(ledger.cash, 10_000_000);
  assert.equal(ledger.startingCapital, 10_900_000);
  assert.equal(ledger.realised, 0);
});

const OVERRULED: readonly (readonly [claim: string, held: number, position: number, cash: number, cost: number])[] = [
  ["contracts that are not there any more count as sold at the mark", 1_000, 400, 600 * 6000, 400 * 5000],
  ["contracts that are there beside ours count as bought at the mark", 1_000, 1_500, -500 * 6000, 6_000 * 1000 + 2e6],
  ["contracts of the other side close ours first", 1_000, -200, 1_000 * 6000 - 200 * 4000, 200 * 4000],
  ["the same contracts change nothing", 1_000, 1_000, 0, 1_000 * 5000],
];

for (const [claim, held, position, cash, cost] of OVERRULED) {
  Deno.test(`overruled: ${claim}`, () => {
    const ledger = new Ledger(money(100_000_000));
    ledger.apply(fill("bid", 5000, held));
    const before = ledger.cash;
    const worth = ledger.cash + ledger.marketValue(() => price(6000));
    ledger.overrule("M", count(position), price(6000), micros(2));
    assert.equal(ledger.position("M")?.position, position);
    assert.equal(ledger.cash - before, cash);
    assert.equal(ledger.exposure(), cost);
    assert.equal(ledger.cash + ledger.exposure(), ledger.startingCapital + ledger.realised);
    assert.equal(ledger.cash + ledger.marketValue(() => price(6000)), worth, "the net asset value does not jump");
  });
}

Deno.test("a ledger goes on from its records as if it had never stopped", () => {
  const first = new Ledger(money(50_000_000));
  first.apply(fill("bid", 4000, 700, 123));
  first.apply(fill("ask", 4500, 300, 77));
  const position = first.position("M");
  assert.ok(position !== undefined);
  const resumed = Ledger.resume({
    kind: "account",
    startingCapital: first.startingCapital,
    cash: first.cash,
    realised: first.realised,
    fees: first.fees,
    orders: 2,
    fills: 2,
    settled: 4,
    wins: 3,
    losses: 1,
    nextIntent: 3,
    day: "2026-11-20",
    dayStartNav: money(0),
    peakNav: money(0),
    updatedAt: micros(1),
  }, [{ kind: "position", ...position }]);
  for (const ledger of [first, resumed]) ledger.apply(fill("ask", 4600, 100, 5));
  assert.deepEqual(resumed.settle("M", "yes", money(1_000_000)), first.settle("M", "yes", money(1_000_000)));
  assert.deepEqual([resumed.cash, resumed.realised, resumed.fees], [first.cash, first.realised, first.fees]);
  resumed.countSettled();
  assert.deepEqual([resumed.settled, resumed.wins, resumed.losses], [5, 4, 1]);
});

Deno.test("a market that was traded and closed again settles with its profit, one never held does not settle", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("bid", 4000, 100));
  ledger.apply(fill("ask", 3000, 100, 10));
  assert.deepEqual(ledger.settle("M", "no", money(0)), { position: 0, payout: 0, pnl: -100_010 });
  assert.equal(ledger.losses, 1);
  assert.equal(ledger.settle("M", "no", money(0)), null, "and only once");
  assert.deepEqual([ledger.wins, ledger.losses], [0, 1]);
});

Deno.test("a scalar result pays each side its part", () => {
  const ledger = new Ledger(money(10_000_000));
  ledger.apply(fill("ask", 6000, 150));
  assert.deepEqual(ledger.settle("M", "scalar", money(333_333)), {
    position: -150,
    payout: 1_000_001,
    pnl: 1_000_001 - 600_000,
  });
});

const LATE: readonly (readonly [
  claim: string,
  late: readonly ["bid" | "ask", at: number, contracts: number],
  settled: { position: number; payout: number; pnl: number },
  wins: number,
  losses: number,
])[] = [
  ["adds to what was paid", ["bid", 5_000, 500], { position: 1_500, payout: 15_000_000, pnl: 7_499_800 }, 1, 0],
  [
    "turns a won market into a lost one",
    ["ask", 1_000, 800],
    { position: 200, payout: 10_000_000, pnl: -2_200_200 },
    0,
    1,
  ],
  [
    "and leaves a market that is still won as won",
    ["ask", 9_000, 100],
    {
      position: 900,
      payout: 10_000_000,
      pnl: 4_899_800,
    },
    1,
    0,
  ],
];

for (const [claim, [side, at, contracts], settled, wins, losses] of LATE) {
  Deno.test(`a fill heard of after the payout ${claim}: the answer is the whole market's, and it counts once`, () => {
    const ledger = new Ledger(money(100_000_000));
    ledger.apply(fill("bid", 5_000, 1_000, 100));
    assert.equal(ledger.settle("M", "yes", money(1_000_000))?.pnl, 4_999_900);
    ledger.apply(fill(side, at, contracts, 100));
    assert.equal(ledger.position("M")?.fees, 200);
    assert.deepEqual(ledger.settle("M", "yes", money(1_000_000)), settled);
    assert.deepEqual([ledger.wins, ledger.losses], [wins, losses]);
    assert.equal(ledger.realised, settled.pnl);
    assert.equal(ledger.cash, 100_000_000 + settled.pnl);
  });
}

Deno.test("a market that was let go after its payout begins anew", () => {
  const ledger = new Ledger(money(100_000_000));
  ledger.apply(fill("bid", 5_000, 1_000));
  ledger.settle("M", "yes", money(1_000_000));
  ledger.forget("M");
  ledger.apply(fill("bid", 4_000, 100));
  assert.deepEqual(ledger.settle("M", "no", money(0)), { position: 100, payout: 0, pnl: -400_000 });
  assert.deepEqual([ledger.wins, ledger.losses], [1, 1]);
});

Deno.test("the strategies' parts add up to the position, whatever is filled, overruled, paid out and resumed", () => {
  const step = fc.oneof(
    fc.record({
      side: fc.constantFrom<"bid" | "ask">("bid", "ask"),
      contracts: fc.integer({ min: 1, max: 1_000 }),
      strategy: fc.constantFrom("one", "two", "three"),
    }),
    fc.constantFrom("overrule" as const, "settle" as const),
  );
  const names = ["one", "two", "three", "unknown"];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const ledger = new Ledger(money(1_000_000_000));
      for (const each of steps) {
        if (each === "settle") ledger.settle("M", "yes", money(1_000_000));
        else if (each === "overrule") ledger.overrule("M", count(77), price(5_000), micros(1));
        else ledger.apply({ ...fill(each.side, 5_000, each.contracts), strategy: each.strategy });
        const whole = ledger.position("M")?.position ?? 0;
        assert.equal(names.reduce((sum, name) => sum + ledger.partOf("M", name), 0), whole);
      }
    }),
    { seed: 8, numRuns: 500 },
  );
});

Deno.test("of a position of an earlier run the whole is its opener's part", () => {
  const account = {
    kind: "account",
    startingCapital: money(10_000_000),
    cash: money(10_000_000),
    realised: money(0),
    fees: money(0),
    orders: 0,
    fills: 0,
    settled: 0,
    wins: 0,
    losses: 0,
    nextIntent: 1,
    day: "2026-11-20",
    dayStartNav: money(10_000_000),
    peakNav: money(10_000_000),
    updatedAt: micros(1),
  } as const;
  const position = {
    kind: "position",
    ticker: "M",
    position: count(-250),
    cost: money(1_000_000),
    realised: money(0),
    fees: money(0),
    strategy: "one",
    updatedAt: micros(1),
  } as const;
  const ledger = Ledger.resume(account, [position]);
  assert.deepEqual([ledger.partOf("M", "one"), ledger.partOf("M", "two"), ledger.partOf("N", "one")], [-250, 0, 0]);
});
