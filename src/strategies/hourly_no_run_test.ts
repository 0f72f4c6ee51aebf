import assert from "node:assert/strict";
import { after, NOON } from "../core/market_fixture.ts";
import type { PositionRecord } from "../core/record.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { count, money } from "../core/units.ts";
import { anAccount, Rig } from "../engine/engine_fixture.ts";
import { type EngineOptions, FRESH } from "../engine/options.ts";
import { ViewBuilder } from "../engine/view_builder.ts";

const EVENT = "KXBTCD-26NOV2008";
const STRIKES = [83_999.99, 84_099.99, 84_199.99, 84_299.99, 84_399.99] as const;
const tickerOf = (strike: number): string => `${EVENT}-T${strike}`;
const MINUTE_45 = 2_700;

/** A ladder that settles at one, every strike bid 0.31 and asked 0.33, and an index that hardly moves from this value. */
function ladder(value: number, change: Partial<EngineOptions> = {}): Rig {
  const rig = new Rig({
    strategies: [{ name: "hourly_no", enabled: true, parameters: {} }],
    index: { volatilityHalfLife: 60, returnsMin: 5 },
    ...change,
  });
  for (const floorStrike of STRIKES) {
    rig.market(1, {
      ticker: tickerOf(floorStrike),
      event: EVENT,
      series: "KXBTCD",
      strikeType: "greater",
      floorStrike,
      openTime: NOON,
      closeTime: after(3_600),
      priceRanges: NAMED_PRICE_RANGES.linear_cent,
    });
    rig.book(2, [[3_100, 10_000]], [[6_700, 10_000]], null, tickerOf(floorStrike));
  }
  tick(rig, MINUTE_45 - 30, MINUTE_45 - 1, value);
  return rig;
}

/** One value a second, four dollars to and fro. */
function tick(rig: Rig, from: number, to: number, value: number): void {
  for (let second = from; second <= to; second++) rig.index(second, value + (second % 2) * 4);
}

const stances = (rig: Rig): (string | null | undefined)[] =>
  new ViewBuilder(rig.engine).build().markets.map(({ stances: [stance] }) => stance?.code);

Deno.test("at minute 45 one order goes out: NO of the first strike that is 20 bp above the index", () => {
  const rig = ladder(84_000);
  assert.equal(rig.placed.length, 0);
  assert.deepEqual(stances(rig), STRIKES.map(() => "before_minute_45"));
  tick(rig, MINUTE_45, MINUTE_45, 84_000);
  const [order] = rig.placed;
  assert.deepEqual(
    [rig.placed.length, order.ticker, order.side, order.price, order.count, order.timeInForce],
    [1, tickerOf(84_199.99), "ask", 3_100, 500, "immediate_or_cancel"],
  );
  const [trade] = rig.records("order");
  assert.equal(trade.evidence.strike, 84_199.99);
  assert.ok((trade.evidence.modelProbability ?? 1) < 0.3);
});

Deno.test("the index may make another strike the first one: the run has decided, and sends nothing more", () => {
  const rig = ladder(84_000);
  tick(rig, MINUTE_45, MINUTE_45 + 2, 84_000);
  tick(rig, MINUTE_45 + 3, MINUTE_45 + 19, 83_900);
  assert.equal(rig.placed.length, 1);
  assert.equal(rig.engine.desk.ledger.position(tickerOf(84_199.99))?.position, -500);
  assert.deepEqual(stances(rig), [
    "strike_too_near",
    "decided_already",
    "not_first_strike",
    "not_first_strike",
    "not_first_strike",
  ]);
  tick(rig, MINUTE_45 + 21, MINUTE_45 + 40, 84_000);
  assert.deepEqual(stances(rig), STRIKES.map(() => "after_minute_45"));
  assert.equal(rig.placed.length, 1);
});

Deno.test("a run that is started again within its window finds what it bought, and buys no more", () => {
  const held: PositionRecord = {
    kind: "position",
    ticker: tickerOf(84_199.99),
    position: count(-500),
    cost: money(3_450_000),
    realised: money(-75_000),
    fees: money(75_000),
    strategy: "hourly_no",
    updatedAt: after(MINUTE_45),
  };
  const rig = ladder(83_900, { resume: { ...FRESH, account: anAccount(), positions: [held] } });
  tick(rig, MINUTE_45 + 5, MINUTE_45 + 19, 83_900);
  assert.equal(rig.placed.length, 0);
  assert.equal(stances(rig)[1], "held_already");
});

Deno.test("a strike whose book is stale at minute 45 is not passed over for the next one", () => {
  const rig = ladder(84_000);
  rig.step({ type: "book_stale", at: after(MINUTE_45 - 0.5), tickers: [tickerOf(84_199.99)], reason: "Gap" });
  tick(rig, MINUTE_45, MINUTE_45 + 19, 84_000);
  assert.equal(rig.placed.length, 0);
  assert.deepEqual(stances(rig).slice(2), ["book_not_in_sync", "not_first_strike", "not_first_strike"]);
});
