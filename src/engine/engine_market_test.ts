import assert from "node:assert/strict";
import { money } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { holding, liveRig, OTHER, Rig, settlementEdge, stateOf, TICKER } from "./engine_fixture.ts";

Deno.test("input market: it is learnt once and brought up to date after that", () => {
  const rig = new Rig();
  rig.market(1, { strikeType: null, floorStrike: null });
  assert.equal(stateOf(rig).book.phase, "syncing");
  rig.market(2);
  assert.equal(rig.engine.markets.size, 1);
  assert.equal(stateOf(rig).market.floorStrike, 84_000);
});

Deno.test("a market closes at its time: paper orders are cancelled, and nothing is sent or marked after it", () => {
  const rig = new Rig({ strategies: settlementEdge({ min_seconds: 0 }) });
  rig.market(0, { closeTime: after(300.7) });
  for (let second = 290; second <= 300; second++) rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
  rig.book(300.5, [[5_900, 10_000]], [[100, 10_000]]);
  assert.equal(rig.placed.length, 0, "the spread is too wide");
  rig.book(300.6, [[4_900, 10_000], [1_000, 100]], [[4_900, 10_000]]);
  assert.equal(rig.placed.length, 1);
  rig.delta(300.7, "yes", 4_900, -10_000);
  rig.delta(300.7, "no", 4_000, 10_000);
  rig.delta(300.7, "no", 4_900, -10_000);
  assert.equal(stateOf(rig).closed, true);
  assert.equal(stateOf(rig).mark, 5_000, "what the exchange leaves while it empties the book is no price");
  assert.equal(stateOf(rig).book.ask, 6_000, "the book itself is kept right");
  assert.equal(rig.records("order").at(-1)?.phase, "filled", "it had arrived before the close");
  rig.clock(302);
  assert.equal(rig.placed.length, 1);
});

Deno.test("a market that ends early is closed, and opens again if the exchange takes that back", () => {
  const rig = new Rig().warmUp();
  rig.market(301, { status: "closed" });
  assert.equal(stateOf(rig).closed, true);
  rig.market(302);
  assert.equal(stateOf(rig).closed, false);
  rig.step({
    type: "lifecycle",
    at: after(303),
    ticker: TICKER,
    event: "determined",
    result: "yes",
    settlementValue: null,
  });
  rig.market(304);
  assert.equal(stateOf(rig).closed, true, "a result is not taken back by an old listing");
});

const RESULTS:
  readonly (readonly [claim: string, "yes" | "no", "yes" | "no" | "scalar", number | null, payout: number])[] = [
    ["YES pays a dollar to YES", "yes", "yes", null, 50_000_000],
    ["NO pays nothing to YES", "yes", "no", null, 0],
    ["NO pays a dollar to NO", "no", "no", null, 50_000_000],
    ["YES pays nothing to NO", "no", "yes", null, 0],
    ["a tie pays YES its value", "yes", "scalar", 500_000, 25_000_000],
    ["a scalar result pays NO the rest", "no", "scalar", 300_000, 35_000_000],
    ["what the exchange says that YES pays is what is paid", "yes", "yes", 900_000, 45_000_000],
  ];

for (const [claim, side, result, value, payout] of RESULTS) {
  Deno.test(`determined and settled: ${claim}`, () => {
    const rig = holding(side);
    const { ledger } = rig.engine.desk;
    const cash = ledger.cash;
    const fees = ledger.fees;
    rig.clock(901);
    rig.step({
      type: "lifecycle",
      at: after(902),
      ticker: TICKER,
      event: "determined",
      result,
      settlementValue: value === null ? null : money(value),
    });
    assert.equal(ledger.cash, cash, "determined names the result and pays nothing yet");
    assert.equal(rig.engine.desk.nav, cash + payout, "what will be paid is marked");
    const told = {
      at: after(903),
      ticker: TICKER,
      event: "settled",
      result: "",
      settlementValue: null,
    } as const;
    rig.step({ type: "lifecycle", ...told });
    rig.step({ type: "lifecycle", ...told });
    assert.equal(ledger.cash, cash + payout);
    assert.equal(rig.engine.desk.nav, cash + payout);
    assert.equal(ledger.position(TICKER), undefined);
    const [record] = rig.records("settlement");
    assert.deepEqual([record.result, record.payout, record.pnl], [result, payout, payout - 25_500_000 - fees]);
    assert.equal(rig.records("settlement").length, 1);
    const last = rig.records("position").at(-1);
    assert.deepEqual([last?.position, last?.cost, last?.realised, last?.fees, last?.strategy], [
      0,
      0,
      record.pnl,
      fees,
      "settlement_edge",
    ]);
  });
}

Deno.test("a finalized market pays once, however often it is told", () => {
  const rig = holding("yes");
  const { ledger } = rig.engine.desk;
  const cash = ledger.cash;
  const change = { status: "finalized", result: "yes", settlementValue: money(1_000_000) } as const;
  rig.market(910, change);
  rig.market(911, change);
  rig.settled(912, "yes");
  assert.equal(ledger.cash, cash + 50_000_000);
  assert.equal(ledger.settled, 1);
});

Deno.test("every market that was followed counts as settled, held or not; one that was over when first told does not", () => {
  const rig = holding("yes");
  const { ledger } = rig.engine.desk;
  const over = { status: "finalized", result: "no", settlementValue: money(0) } as const;
  rig.market(301, { ticker: OTHER, series: "KXETH15M" });
  rig.market(302, { ticker: "KXBTC15M-26NOV200645-45", ...over });
  assert.equal(ledger.settled, 0, "this one was never followed");
  rig.settled(905, "yes");
  rig.market(906, { ticker: OTHER, series: "KXETH15M", ...over });
  rig.market(907, { ticker: OTHER, series: "KXETH15M", ...over });
  assert.deepEqual([ledger.settled, ledger.wins, ledger.losses], [2, 1, 0]);
  assert.equal(rig.records("settlement").length, 1, "only what was held is paid and written down");
  assert.equal(rig.records("account").at(-1)?.settled, 2);
});

Deno.test("a scalar market is not paid before its value is known", () => {
  const rig = holding("yes");
  rig.settled(910, "scalar");
  assert.equal(rig.records("settlement").length, 0);
  rig.market(911, { status: "finalized", result: "scalar", settlementValue: money(250_000) });
  assert.equal(rig.records("settlement")[0].payout, 12_500_000);
});

Deno.test("a settled market is forgotten after ten minutes, one with a position never", () => {
  const rig = holding("yes");
  rig.settled(910, "yes");
  rig.clock(1_500);
  assert.ok(rig.engine.markets.has(TICKER));
  rig.clock(1_511);
  assert.ok(!rig.engine.markets.has(TICKER));
  const held = holding("yes");
  held.clock(90_000);
  assert.ok(held.engine.markets.has(TICKER));
});

/** A day after the close at 900. */
const NEXT_DAY = 87_300;

Deno.test("a closed market without a result is forgotten after a day of silence", () => {
  const rig = new Rig();
  rig.market(290);
  rig.clock(NEXT_DAY);
  assert.ok(rig.engine.markets.has(TICKER), "it was closed by the clock, a day ago");
  rig.clock(2 * NEXT_DAY);
  assert.ok(!rig.engine.markets.has(TICKER));
});

Deno.test("a word of the exchange keeps a closed market for another day", () => {
  const rig = new Rig();
  rig.market(290);
  rig.clock(900);
  rig.market(80_000, { status: "closed" });
  rig.clock(NEXT_DAY + 100);
  assert.ok(rig.engine.markets.has(TICKER));
  rig.step({
    type: "lifecycle",
    at: after(160_000),
    ticker: TICKER,
    event: "determined",
    result: "yes",
    settlementValue: null,
  });
  rig.clock(246_400);
  assert.ok(rig.engine.markets.has(TICKER), "it is determined, and not paid yet");
  rig.clock(246_401);
  assert.ok(!rig.engine.markets.has(TICKER));
});

Deno.test("an open market and an open order are never forgotten, however quiet they are", () => {
  const open = new Rig();
  open.market(290, { closeTime: after(1_000_000) });
  open.clock(900_000);
  assert.ok(open.engine.markets.has(TICKER));
  const unanswered = liveRig();
  unanswered.clock(900);
  assert.equal(stateOf(unanswered).closed, true);
  unanswered.clock(900_000);
  assert.equal(unanswered.engine.desk.orders.openIn(TICKER).size, 1);
  assert.ok(unanswered.engine.markets.has(TICKER));
});

Deno.test("room is made by forgetting what is over, never what is held", () => {
  const rig = holding("yes");
  for (let number = 1; number < 5_000; number++) rig.market(301, { ticker: `M-${number}`, event: "M", series: "M" });
  rig.market(302, { ticker: "M-5000", event: "M", series: "M" });
  assert.equal(rig.engine.markets.size, 5_000);
  assert.ok(rig.engine.markets.has(TICKER));
  assert.ok(rig.engine.markets.has("M-5000"));
  assert.ok(!rig.engine.markets.has("M-1"));
});
