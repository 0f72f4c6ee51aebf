import assert from "node:assert/strict";
import { JournalCheck } from "./journal_check.ts";

const AT = 1_795_176_000_000_000;
const TICKER = "KXBTC15M-26NOV200715-15";
const LIMITS = {
  order: 100_000_000,
  trade: 100_000_000,
  market: 150_000_000,
  openExposure: 400_000_000,
  categoryPercent: 20,
  correlatedPercent: 25,
};

const header = { kbot_journal: 1, config: { risk: LIMITS } };
const account = (balance = 1_000_000_000) => ({ i: { type: "account", at: AT, balance } });
const market = (change: object = {}) => ({
  i: {
    type: "market",
    at: AT,
    market: {
      ticker: TICKER,
      status: "active",
      closeTime: AT + 900_000_000,
      priceRanges: [{ start: 0, end: 10_000, step: 100 }],
      ...change,
    },
  },
});
const book = (ticker = TICKER) => ({
  i: { type: "book_snapshot", at: AT, ticker, yes: [[4_900, 50_000]], no: [[4_900, 50_000]] },
});
const place = (change: object = {}) => ({
  a: {
    type: "place",
    intent: {
      clientOrderId: "a-1",
      ticker: TICKER,
      side: "bid",
      price: 5_100,
      count: 10_000,
      reduceOnly: false,
      strategy: "one",
      ...change,
    },
  },
});
const budget = (dollars: number, strategy = "one") => ({
  a: { type: "record", record: { kind: "budget", strategy, budget: dollars * 1e6 } },
});
const fill = (change: object = {}) => ({
  i: {
    type: "fill",
    at: AT,
    fill: {
      tradeId: "t-1",
      clientOrderId: "a-1",
      ticker: TICKER,
      side: "bid",
      price: 5_100,
      count: 10_000,
      fee: 0,
      ...change,
    },
  },
});
const halt = (change: object) => ({
  a: { type: "record", record: { kind: "halt", name: "test", active: true, ...change } },
});
const asking = (count: number) => ({ side: "ask", price: 4_900, count });

const bucketOf = (k: number) => `KXHIGHNY-26NOV20-B${50 + 2 * k}.5`;
/** Markets of one event with one winner, each with a book. */
const buckets = (many: number, change: object = { exclusive: true }) =>
  Array.from({ length: many }, (_, k) => k).flatMap((k) => [
    market({ ticker: bucketOf(k), event: "KXHIGHNY-26NOV20", ...change }),
    book(bucketOf(k)),
  ]);
/** Costs $50 on either side. */
const bucketOrder = (k: number, side: "bid" | "ask") =>
  place({ clientOrderId: `b-${k}-${side}`, ticker: bucketOf(k), side, price: 5_000 });
/** $80 for all together. */
const tight = { kbot_journal: 1, config: { risk: { ...LIMITS, openExposure: 80_000_000 } } };
const days = (many: number) => [tight, account(), ...buckets(many)];
const GROUPED = { by: "index", groups: [{ name: "weather", series: ["KXHIGH*"], percent: 7, sameDay: true }] };

const calm = [header, account(), market(), book()];

const findings = (lines: readonly object[]) => {
  const check = new JournalCheck();
  for (const line of lines) check.line(JSON.stringify(line));
  return check.findings();
};

/** [what is planted, the journal, the rule that finds it]. */
const PLANTED: readonly (readonly [string, readonly object[], string])[] = [
  ["an id that was used before", [...calm, place({ count: 100 }), place({ count: 100 })], "id"],
  [
    "an order while a halt stands",
    [...calm, { a: { type: "record", record: { kind: "halt", name: "kill", active: true } } }, place()],
    "halted",
  ],
  ["an order while its own strategy is halted", [...calm, halt({ strategy: "one" }), place()], "halted"],
  [
    "an order while its market's index is stale",
    [...calm, halt({ name: "feed_stale BRTI", index: "BRTI" }), place()],
    "halted",
  ],
  [
    "what opens while only what closes may go",
    [...calm, place(), fill(), halt({ level: "reducing" }), place({ ...asking(10_001), clientOrderId: "a-2" })],
    "reducing",
  ],
  [
    "more in one market than the exchange allows",
    [header, account(), market({ positionLimit: 40_000_000 }), book(), place()],
    "position_limit",
  ],
  ["more of NAV in a group than allowed", [
    { kbot_journal: 1, config: { risk: { ...LIMITS, correlation: GROUPED } } },
    ...[account(), ...buckets(2, { exclusive: undefined }), bucketOrder(0, "bid"), bucketOrder(1, "bid")],
  ], "group"],
  ["YES in two markets that exclude each other, beyond a cap", [
    ...days(2),
    bucketOrder(0, "bid"),
    bucketOrder(1, "bid"),
  ], "exposure"],
  ["NO in two markets that do not exclude each other", [
    ...[tight, account(), ...buckets(2, { exclusive: undefined }), bucketOrder(0, "ask"), bucketOrder(1, "ask")],
  ], "exposure"],
  ["a market that nobody named", [...calm, place({ ticker: "KXBTC15M-26NOV200730-30" })], "market"],
  ["a market that is not open", [header, account(), market({ status: "closed" }), book(), place()], "market"],
  ["a market past its close", [header, account(), market({ closeTime: AT }), book(), place()], "market"],
  ["a price off the grid", [...calm, place({ price: 5_150 })], "grid"],
  ["no size", [...calm, place({ count: 0 })], "grid"],
  ["a book that was never heard", [header, account(), market(), place()], "book"],
  ["a book out of sync", [...calm, { i: { type: "book_stale", at: AT, tickers: [TICKER] } }, place()], "book"],
  ["an exit that opens", [...calm, place({ reduceOnly: true })], "reduce_only"],
  ["one order too large", [...calm, place({ count: 20_000 })], "order"],
  [
    "two orders of one market",
    [...calm, place({ count: 19_000, clientOrderId: "a-0" }), place({ count: 19_000, clientOrderId: "a-1" })],
    "market",
  ],
  ["more of NAV in crypto than allowed", [header, account(200_000_000), market(), book(), place()], "category"],
  ["more than the strategy's budget", [...calm, budget(50), place()], "budget"],
  ["a change that makes an order too large", [
    ...calm,
    place({ count: 100 }),
    { a: { type: "amend", clientOrderId: "a-1", terms: { price: 5_100, count: 40_000 } } },
  ], "order"],
  ["a change of an order that never left", [
    ...calm,
    { a: { type: "amend", clientOrderId: "a-9", terms: { price: 5_100, count: 100 } } },
  ], "id"],
  ["more than the cash", [header, account(40_000_000), market(), book(), place()], "cash"],
];

for (const [what, journal, rule] of PLANTED) {
  Deno.test(`the check finds ${what}`, () => {
    const { violations } = findings(journal);
    assert.ok(violations.some((text) => text.includes(` ${rule}: `)), `${what}: ${violations.join("\n")}`);
  });
}

Deno.test("what excludes each other is not blamed for what cannot be lost together", () => {
  assert.deepEqual(findings([...days(3), ...[0, 1, 2].map((k) => bucketOrder(k, "ask"))]).violations, []);
  const one = findings([...days(2), bucketOrder(0, "ask"), bucketOrder(1, "ask")]).strategies.get("one");
  assert.equal(one?.mostInUse, 50_000_000, "nor is a strategy");
});

Deno.test("halts that are of something else keep nothing back, nor do those that let out what closes", () => {
  const others = [halt({ strategy: "two" }), halt({ name: "feed_stale ETHUSD_RTI", index: "ETHUSD_RTI" })];
  const closing = [halt({ name: "reduce", level: "reducing" }), place({ ...asking(10_000), clientOrderId: "a-2" })];
  assert.deepEqual(findings([...calm, ...others, place(), fill(), ...closing]).violations, []);
});

Deno.test("an order within all bounds is not blamed, and its fill counts once", () => {
  const { orders, fills, strategies, violations } = findings([...calm, budget(60), place(), fill(), fill()]);
  assert.deepEqual([orders, fills, violations], [1, 1, []]);
  assert.deepEqual(strategies.get("one"), { orders: 1, fills: 1, mostInUse: 51_000_000 });
});

Deno.test("what closes a position puts nothing more at stake", () => {
  const exit = place({ clientOrderId: "a-2", side: "ask", price: 4_900, reduceOnly: true, strategy: "two" });
  const { violations } = findings([...calm, budget(60), budget(0, "two"), place(), fill(), exit]);
  assert.deepEqual(violations, []);
});

Deno.test("a budget counts what is held as well as what is open", () => {
  const more = place({ clientOrderId: "a-2", count: 2_000 });
  const { violations } = findings([...calm, budget(60), place(), fill(), more]);
  assert.equal(violations.length, 1);
  assert.match(violations[0], / budget: order a-2 of one: 61\.2 dollars are at stake, allowed 60$/);
});
