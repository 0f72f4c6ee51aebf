import assert from "node:assert/strict";
import type { AccountInput } from "../core/input.ts";
import { count, micros, type Money, money, price } from "../core/units.ts";
import { Ledger } from "../execution/ledger.ts";
import { after } from "../execution/order_fixture.ts";
import { AccountCheck, type MarketPhase } from "./account_check.ts";

const read = (seconds: number, balance: number, positions: Record<string, number> = {}): AccountInput => ({
  type: "account",
  at: after(seconds),
  balance: money(balance),
  positions: Object.entries(positions).map(([ticker, position]) => ({ ticker, position: count(position) })),
});

/** $100 of which $5 were paid for 10 contracts of OPEN. */
function ours(ticker = "OPEN"): Ledger {
  const ledger = new Ledger(money(100_000_000));
  const [side, fee] = ["bid", money(0)] as const;
  ledger.apply({ ticker, side, price: price(5_000), count: count(1_000), fee, strategy: "s", at: micros(1) });
  return ledger;
}

const NOTHING_RESTS = money(0);
/** What rests may bind up to ten dollars. */
const SOME_REST = money(10_000_000);

const PHASES: Readonly<Record<string, MarketPhase>> = { OPEN: "open", NEW: "open", CLOSED: "closed" };
const phaseOf = (ticker: string): MarketPhase => PHASES[ticker] ?? "unknown";

/** The table of account_check.ts: what a read says, again and again, and what comes of it. */
const ROWS: readonly (readonly [
  row: string,
  ledger: () => Ledger,
  balance: number,
  positions: Record<string, number>,
  finding: string | null,
])[] = [
  ["another position, for long", ours, 95_000_000, { OPEN: 700 }, "OPEN 700"],
  ["no position, for long", ours, 95_000_000, {}, "OPEN 0"],
  ["a position in a market that is traded here, for long", ours, 95_000_000, { OPEN: 1_000, NEW: -300 }, "NEW -300"],
  ["a position in a market unknown here", ours, 95_000_000, { OPEN: 1_000, STRANGE: 300 }, null],
  ["anything about a market that has closed", () => ours("CLOSED"), 105_000_000, {}, null],
  ["anything about a market that was not told of yet", () => ours("LATER"), 105_000_000, {}, null],
  ["other cash, for long, no open orders, all positions agree", ours, 145_000_000, { OPEN: 1_000 }, "cash 50000000"],
  ["less cash", ours, 94_999_999, { OPEN: 1_000 }, "cash -1"],
  ["the same", ours, 95_000_000, { OPEN: 1_000 }, null],
];

for (const [row, ledger, balance, positions, expected] of ROWS) {
  Deno.test(`account: ${row}`, () => {
    const check = new AccountCheck();
    const mine = ledger();
    const at = (seconds: number) => check.compare(read(seconds, balance, positions), mine, NOTHING_RESTS, phaseOf);
    assert.deepEqual(at(0), [], "one read proves nothing");
    assert.deepEqual(at(29), [], "nor do two that follow each other closely");
    const findings = at(30).map((each) =>
      each.kind === "cash" ? `cash ${each.amount}` : `${each.ticker} ${each.position}`
    );
    assert.deepEqual(findings, expected === null ? [] : [expected]);
  });
}

Deno.test("a difference that changes, or is not there once, has its patience anew", () => {
  const check = new AccountCheck();
  const ledger = ours();
  const at = (seconds: number, balance: number) =>
    check.compare(read(seconds, balance, { OPEN: 1_000 }), ledger, NOTHING_RESTS, phaseOf).length;
  assert.equal(at(0, 96_000_000), 0);
  assert.equal(at(20, 95_000_000), 0);
  assert.equal(at(40, 96_000_000), 0);
  assert.equal(at(60, 97_000_000), 0);
  assert.equal(at(80, 97_000_000), 0);
  assert.equal(at(90, 97_000_000), 1);
});

Deno.test("what is bound by an open order is no withdrawal, and what was seen then counts for nothing", () => {
  const check = new AccountCheck();
  const ledger = ours();
  const at = (seconds: number, bound: Money | null) =>
    check.compare(read(seconds, 86_000_000, { OPEN: 1_000 }), ledger, bound, phaseOf).length;
  assert.equal(at(0, NOTHING_RESTS), 0);
  assert.equal(at(60, SOME_REST), 0);
  assert.equal(at(61, NOTHING_RESTS), 0);
  assert.equal(at(90, null), 0);
  assert.equal(at(91, NOTHING_RESTS), 0);
  assert.equal(at(121, NOTHING_RESTS), 1);
});

const BOUND_ROWS: readonly (readonly [row: string, balances: readonly number[], amount: number | null])[] = [
  ["all of it", [95_000_000, 95_000_000, 95_000_000], null],
  ["as little as what rests can bind leaves", [85_000_000, 85_000_000, 85_000_000], null],
  ["more than all of it", [145_000_000, 145_000_000, 145_000_000], 50_000_000],
  [
    "more than all of it by another amount each time: the least is certain",
    [105_000_000, 99_000_000, 103_000_000],
    4_000_000,
  ],
  ["less than what rests can bind leaves", [75_000_000, 75_000_000, 75_000_000], -10_000_000],
  ["less by another amount each time: the least is certain", [75_000_000, 80_000_000, 78_000_000], -5_000_000],
  ["more, then less", [105_000_000, 75_000_000, 75_000_000], null],
  ["more, then what may be, then more", [105_000_000, 95_000_000, 105_000_000], null],
];

for (const [row, balances, amount] of BOUND_ROWS) {
  Deno.test(`account while orders rest: ${row}`, () => {
    const check = new AccountCheck();
    const ledger = ours();
    const findings = balances.flatMap((balance, k) =>
      check.compare(read(15 * k, balance, { OPEN: 1_000 }), ledger, SOME_REST, phaseOf)
    );
    assert.deepEqual(findings.map((each) => each.kind === "cash" && each.amount), amount === null ? [] : [amount]);
  });
}

Deno.test("while orders rest, our own cash that moves, and positions that differ, leave nothing certain", () => {
  for (const positions of [{ OPEN: 700 }, { OPEN: 1_000 }]) {
    const check = new AccountCheck();
    const ledger = ours();
    for (let k = 0; k < 10; k++) {
      assert.deepEqual(check.compare(read(10 * k, 145_000_000, positions), ledger, SOME_REST, phaseOf), []);
      if (positions.OPEN === 1_000) ledger.transfer(money(1));
    }
  }
});

Deno.test("cash is not judged while a position differs: a fill that was missed explains both", () => {
  const check = new AccountCheck();
  const ledger = ours();
  check.compare(read(0, 92_000_000, { OPEN: 1_600 }), ledger, NOTHING_RESTS, phaseOf);
  const [finding, ...more] = check.compare(read(60, 92_000_000, { OPEN: 1_600 }), ledger, NOTHING_RESTS, phaseOf);
  assert.equal(finding.kind, "position");
  assert.deepEqual(more, []);
});
