import assert from "node:assert/strict";
import fc from "fast-check";
import { worstCaseFee } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import { count, money, price } from "../core/units.ts";
import { Ledger } from "../execution/ledger.ts";
import { aMarket, anIntent, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import { Orders } from "../execution/orders.ts";
import { RESTING, Rig, settlementEdge, TICKER } from "./engine_fixture.ts";
import { Exposure } from "./exposure.ts";
import { MarketState } from "./market_state.ts";

const CAPITAL = money(1_000_000_000);
const MARKETS = [
  aMarket({ ticker: "KXBTC15M-A", series: "KXBTC15M" }),
  aMarket({ ticker: "KXETH15M-B", series: "KXETH15M" }),
  aMarket({ ticker: "KXHIGHNY-C", series: "KXHIGHNY" }),
];
const states = new Map(MARKETS.map((market) => [market.ticker, new MarketState(market)]));
const find = (ticker: string) => states.get(ticker);

/** What a bid of so many contracts at 50 cents could cost: a market's worst case worked out by hand. */
const riskOf = (contracts: number): number =>
  contracts * 500_000 + worstCaseFee(MARKETS[0].fees, price(5_000), count(contracts * 100), "taker", contracts + 1);

/** The same where nobody has said yet what the market charges. */
function riskOfUntold(contracts: number): number {
  const fees = { type: "quadratic_with_combo_maker_fees", multiplierMillionths: 1_000_000 } as const;
  return contracts * 500_000 + worstCaseFee(fees, price(5_000), count(contracts * 100), "taker", contracts + 1);
}

function withOrders(...orders: readonly (readonly [ticker: string, contracts: number, strategy?: string])[]): Orders {
  const all = new Orders();
  orders.forEach(([ticker, contracts, strategy = "settlement_edge"], k) => {
    const intent = anIntent({ clientOrderId: `bot-${k}`, ticker, count: count(contracts * 100), strategy });
    all.send(intent, EVIDENCE, NOON);
  });
  return all;
}

const exposure = (orders: Orders, ledger = new Ledger(CAPITAL)) =>
  new Exposure(orders, ledger, CAPITAL, find, () => null);

Deno.test("an open order counts in its market, its category and the total, and binds cash", () => {
  const { nav, cash, market, total, category } = exposure(withOrders(["KXBTC15M-A", 10])).of(MARKETS[0], "other");
  assert.deepEqual([nav, cash, market, total, category], [
    CAPITAL,
    CAPITAL - riskOf(10),
    riskOf(10),
    riskOf(10),
    riskOf(10),
  ]);
});

Deno.test("all crypto markets are one category, and another series is its own", () => {
  const all = exposure(withOrders(["KXBTC15M-A", 10], ["KXHIGHNY-C", 3]));
  const [bitcoin, ether, weather] = MARKETS.map((market) => all.of(market, "other"));
  assert.deepEqual([bitcoin.market, ether.market, weather.market], [riskOf(10), 0, riskOf(3)]);
  assert.deepEqual([bitcoin.category, ether.category, weather.category], [riskOf(10), riskOf(10), riskOf(3)]);
  assert.deepEqual(new Set([bitcoin.total, ether.total, weather.total]), new Set([riskOf(10) + riskOf(3)]));
});

Deno.test("markets that settle on one index move together, whatever their window, and another series is its own", () => {
  const hourly = aMarket({ ticker: "KXBTCD-26NOV2008-T84000", series: "KXBTCD" });
  const all = exposure(withOrders(["KXBTC15M-A", 10], [hourly.ticker, 20], ["KXETH15M-B", 5], ["KXHIGHNY-C", 3]));
  const bitcoin = riskOf(10) + riskOfUntold(20);
  const correlated = (market: Market) => all.of(market, "other").correlated;
  assert.deepEqual([hourly, ...MARKETS].map(correlated), [bitcoin, bitcoin, riskOf(5), riskOf(3)]);
  assert.deepEqual([all.largestCorrelated, all.largestCategory], [bitcoin, bitcoin + riskOf(5)]);
  assert.deepEqual([all.largestMarket, all.total], [riskOfUntold(20), bitcoin + riskOf(5) + riskOf(3)]);
});

Deno.test("a trade is all that is open of one strategy in one market", () => {
  const all = exposure(withOrders(["KXBTC15M-A", 10], ["KXBTC15M-A", 5], ["KXBTC15M-A", 1, "two"], ["KXETH15M-B", 7]));
  const trade = (market: Market, strategy: string) => all.of(market, strategy).trade;
  assert.deepEqual([trade(MARKETS[0], "settlement_edge"), trade(MARKETS[0], "two"), trade(MARKETS[2], "two")], [
    riskOf(10) + riskOf(5),
    riskOf(1),
    0,
  ]);
  assert.equal(all.largestTrade, riskOf(10) + riskOf(5));
});

Deno.test("what is held and open in a market that was not told yet counts in its series, with a fee that is not too low", () => {
  const ledger = new Ledger(CAPITAL);
  const fill = { ticker: "KXBTC15M-X", side: "bid", price: price(4_000), count: count(500), fee: money(0) } as const;
  ledger.apply({ ...fill, strategy: "settlement_edge", at: NOON });
  const { category, correlated, cash } = exposure(withOrders(["KXBTC15M-X", 10]), ledger).of(MARKETS[0], "other");
  assert.ok(riskOfUntold(10) >= riskOf(10));
  assert.deepEqual([category, correlated], [2_000_000 + riskOfUntold(10), 2_000_000 + riskOfUntold(10)]);
  assert.equal(cash, CAPITAL - 2_000_000 - riskOfUntold(10));
});

Deno.test("a position counts at its cost and binds no cash beyond it", () => {
  const ledger = new Ledger(CAPITAL);
  const fill = { ticker: "KXBTC15M-A", side: "bid", price: price(4_000), count: count(500), fee: money(0) } as const;
  ledger.apply({ ...fill, strategy: "settlement_edge", at: NOON });
  const { cash, market, total } = exposure(new Orders(), ledger).of(MARKETS[0], "other");
  assert.deepEqual([cash, market, total], [CAPITAL - 2_000_000, 2_000_000, 2_000_000]);
});

Deno.test("what a strategy is asked for anew does not count, other strategies' and other markets' orders do", () => {
  const tickers = MARKETS.map(({ ticker }) => ticker);
  const order = fc.tuple(fc.constantFrom(...tickers), fc.integer({ min: 1, max: 50 }), fc.constantFrom("one", "two"));
  fc.assert(
    fc.property(fc.array(order, { maxLength: 12 }), fc.constantFrom(...MARKETS), (orders, market) => {
      const kept = orders.filter(([ticker, , strategy]) => ticker !== market.ticker || strategy !== "one");
      assert.deepEqual(
        exposure(withOrders(...orders)).without(market, "one"),
        exposure(withOrders(...kept)).of(market, "one"),
      );
    }),
    { seed: 7 },
  );
});

const told = fc.record({
  kind: fc.constantFrom("index", "delta", "delta", "snapshot", "clock", "kill", "resume"),
  step: fc.integer({ min: 0, max: 900 }),
  a: fc.integer({ min: 0, max: 60 }),
  b: fc.integer({ min: -60, max: 60 }),
  flag: fc.boolean(),
});

Deno.test("what an engine keeps between its inputs is what adding everything up afresh gives", () => {
  let orders = 0;
  let fills = 0;
  const modes = fc.constantFrom({ rest: false }, RESTING, { min_edge: 0.3, rest_edge: 0.01, cooldown: 0 });
  fc.assert(
    fc.property(modes, fc.array(told, { maxLength: 60 }), (parameters, story) => {
      const rig = new Rig({ strategies: settlementEdge(parameters) }).warmUp();
      const { desk, markets } = rig.engine;
      let seconds = 300.6;
      const compare = () => {
        const afresh = new Exposure(
          desk.orders,
          desk.ledger,
          desk.nav,
          (ticker) => markets.get(ticker),
          () => null,
        );
        assert.deepEqual(desk.exposure.of(aMarket(), "settlement_edge"), afresh.of(aMarket(), "settlement_edge"));
      };
      for (const { kind, step, a, b, flag } of story) {
        seconds += step / 1_000;
        if (kind === "index") rig.index(seconds, 84_000 + b * 8);
        else if (kind === "delta") rig.delta(seconds, flag ? "yes" : "no", 4_600 + a * 10, b * 100);
        else if (kind === "snapshot") rig.book(seconds, [[4_000 + a * 10, 5_000]], [[4_400 + a * 10, 5_000]]);
        else if (kind === "clock") rig.clock(seconds);
        else rig.operator(seconds, kind);
        compare();
      }
      rig.clock(901);
      compare();
      rig.settled(902, "yes");
      compare();
      assert.equal(desk.ledger.position(TICKER), undefined);
      orders += desk.totals.orders;
      fills += desk.totals.fills;
    }),
    { seed: 7, numRuns: 150 },
  );
  assert.ok(orders > 100 && fills > 100, `${orders} orders and ${fills} fills were seen`);
});
