import assert from "node:assert/strict";
import fc from "fast-check";
import { worstCaseFee } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import { count, money, price } from "../core/units.ts";
import { Ledger } from "../execution/ledger.ts";
import { aMarket, anIntent, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import { Orders } from "../execution/orders.ts";
import { Correlations } from "../risk/correlation.ts";
import type { Stakes } from "../risk/limits.ts";
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
  new Exposure(orders, ledger, CAPITAL, find, { budget: () => null });

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

// --- events with one winner at most -----------------------------------------------------------------------------------

const EVENT = { series: "KXHIGHNY", event: "KXHIGHNY-26NOV20", exclusive: true } as const;
const BUCKETS = ["T55", "B56.5", "B58.5", "T60"].map((strike) =>
  aMarket({ ...EVENT, ticker: `KXHIGHNY-26NOV20-${strike}` })
);
/** Two events with one winner, one without, and a market nobody has named. */
const MIXED = [
  ...BUCKETS,
  aMarket({ ...EVENT, event: "KXHIGHNY-26NOV21", ticker: "KXHIGHNY-26NOV21-B56.5" }),
  aMarket({ ...EVENT, event: "KXHIGHNY-26NOV21", ticker: "KXHIGHNY-26NOV21-B58.5" }),
  ...MARKETS,
];
const UNTOLD = aMarket({ ticker: "KXHIGHNY-26NOV20-B62.5", series: "KXHIGHNY", event: EVENT.event });
const mixedStates = new Map(MIXED.map((market) => [market.ticker, new MarketState(market)]));

interface Stake {
  readonly market: Market;
  readonly side: "bid" | "ask";
  readonly contracts: number;
  readonly strategy: string;
}

const stakeIn = (markets: readonly Market[]) =>
  fc.record({
    market: fc.constantFrom(...markets),
    side: fc.constantFrom<("bid" | "ask")[]>("bid", "ask"),
    contracts: fc.integer({ min: 1, max: 50 }),
    strategy: fc.constantFrom("one", "two"),
  });

function ordersOf(stakes: readonly Stake[]): Orders {
  const orders = new Orders();
  stakes.forEach(({ market: { ticker }, side, contracts, strategy }, k) => {
    const intent = anIntent({ clientOrderId: `bot-${k}`, ticker, side, count: count(contracts * 100), strategy });
    orders.send(intent, EVIDENCE, NOON);
  });
  return orders;
}

/** Held positions, one strategy's in each market. */
function ledgerOf(stakes: readonly Stake[]): Ledger {
  const ledger = new Ledger(money(100_000_000_000));
  const taken = new Set<string>();
  for (const { market: { ticker }, side, contracts, strategy } of stakes) {
    if (taken.has(ticker)) continue;
    taken.add(ticker);
    ledger.apply({
      ...{ ticker, side, strategy, at: NOON, price: price(5_000), count: count(contracts * 100), fee: money(0) },
    });
  }
  return ledger;
}

const mixed = (orders: Orders, ledger = new Ledger(CAPITAL)) =>
  new Exposure(orders, ledger, CAPITAL, (ticker) => mixedStates.get(ticker), { budget: () => null });

const isExclusive = (market: Market): boolean => market.exclusive === true && market !== UNTOLD;

/** What is lost at worst, all ways looked at in which the events can end. */
function worstOf(
  losses: readonly { readonly market: Market; readonly side: "bid" | "ask"; readonly amount: number }[],
) {
  let worst = 0;
  for (const event of new Set(losses.map(({ market }) => isExclusive(market) ? market.event : market.ticker))) {
    const own = losses.filter(({ market }) => (isExclusive(market) ? market.event : market.ticker) === event);
    const winners = [null, ...own.map(({ market }) => market.ticker)];
    worst += Math.max(...winners.map((winner) => {
      let lost = 0;
      for (const { market, side, amount } of own) {
        if (side === "bid" || !isExclusive(market) || market.ticker === winner) lost += amount;
      }
      return lost;
    }));
  }
  return worst;
}

Deno.test("of an event with one winner only what can be lost together counts, by every outcome there is", () => {
  const anywhere = [...MIXED, UNTOLD];
  fc.assert(
    fc.property(
      fc.array(stakeIn(anywhere), { maxLength: 10 }),
      fc.array(stakeIn(anywhere), { maxLength: 6 }),
      (open, held) => {
        const ledger = ledgerOf(held);
        const all = mixed(ordersOf(open), ledger);
        const losses = [
          ...open.map(({ market, side, contracts, strategy }) => ({
            ...{ market, side, strategy },
            amount: market === UNTOLD ? riskOfUntold(contracts) : riskOf(contracts),
          })),
          ...[...ledger.positions()].map(({ ticker, position, cost, strategy }) => ({
            market: anywhere.find((market) => market.ticker === ticker) ?? UNTOLD,
            side: position > 0 ? "bid" as const : "ask" as const,
            amount: cost,
            strategy,
          })),
        ];
        const within = (counts: (market: Market) => boolean) => worstOf(losses.filter(({ market }) => counts(market)));
        assert.equal(all.total, within(() => true));
        for (const strategy of ["one", "two"]) {
          assert.equal(all.inUse(strategy), worstOf(losses.filter((each) => each.strategy === strategy)));
        }
        for (const market of MIXED) {
          const stakes = all.of(market, "one");
          assert.equal(
            stakes.category,
            within(({ series }) => isCrypto(series) ? isCrypto(market.series) : series === market.series),
          );
          assert.equal(stakes.correlated, within(({ series }) => series === market.series));
          const own = losses.filter((each) => each.market === market);
          assert.equal(
            stakes.market,
            own.reduce((sum, { amount }) => sum + amount, 0),
            "a market by itself counts whole",
          );
        }
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

const isCrypto = (series: string): boolean => series.startsWith("KXBTC") || series.startsWith("KXETH");

/** One more order of so much, as the caps see it. */
function raised(stakes: Stakes, side: "bid" | "ask", risk: number): readonly number[] {
  const more = (room = 0) => side === "ask" ? Math.max(0, risk - room) : risk;
  const { noRoom, ownNoRoom, total, category, correlated, strategy, market, cash } = stakes;
  return [
    ...[total, category, correlated].map((used) => used + more(noRoom)),
    ...[strategy + more(ownNoRoom), market + risk, cash - risk],
  ];
}

Deno.test("an order that replaces others, stands beside them or leaves after them is counted as if all were added up anew", () => {
  fc.assert(
    fc.property(
      fc.array(stakeIn(MIXED), { maxLength: 10 }),
      fc.array(stakeIn(MIXED), { maxLength: 4 }),
      stakeIn(MIXED),
      fc.array(stakeIn(MIXED), { maxLength: 3 }),
      (open, held, asked, legs) => {
        const ledger = ledgerOf(held);
        const { market, side, contracts, strategy } = asked;
        const risk = riskOf(contracts);
        const after = (...stakes: readonly Stake[]) => {
          const all = mixed(ordersOf(stakes), ledger);
          const { total, category, correlated, market: here, cash } = all.of(market, strategy);
          return [total, category, correlated, all.inUse(strategy), here, cash];
        };
        const orders = ordersOf(open);
        const all = mixed(orders, ledger);
        assert.deepEqual(raised(all.of(market, strategy), side, risk), after(...open, asked), "one more");

        const others = open.filter((each) => each.market !== market || each.strategy !== strategy);
        assert.deepEqual(raised(all.without(market, strategy), side, risk), after(...others, asked), "in place of all");

        const place = open.findIndex((each) => each.market === market && each.strategy === strategy);
        const order = [...orders.open()][place];
        if (order !== undefined) {
          const rest = open.filter((_, k) => k !== place);
          assert.deepEqual(raised(all.beside(order, market), side, risk), after(...rest, asked), "in place of one");
        }

        const before = legs.filter((leg) => leg.market !== market).map((leg) => ({ ...leg, strategy }));
        const pending = before.map((leg) => ({ ...leg, risk: money(riskOf(leg.contracts)) }));
        assert.deepEqual(
          raised(all.of(market, strategy, pending), side, risk),
          after(...open, ...before, asked),
          "after others of its basket",
        );
      },
    ),
    { seed: 9, numRuns: 300 },
  );
});

Deno.test("what the exchange allows one member in a market is told with the stakes", () => {
  const limited = aMarket({ positionLimit: money(25_000_000_000) });
  assert.equal(exposure(new Orders()).of(limited, "other").positionLimit, 25_000_000_000);
  assert.equal(exposure(new Orders()).of(aMarket(), "other").positionLimit, null);
});

Deno.test("a group of the configuration counts all markets of its series, with its own bound", () => {
  const groups = [{ name: "coins and weather", series: ["KXETH*", "KXHIGHNY"], percent: 12, sameDay: false }];
  const orders = withOrders(["KXBTC15M-A", 10], ["KXETH15M-B", 5], ["KXHIGHNY-C", 3]);
  const all = new Exposure(orders, new Ledger(CAPITAL), CAPITAL, find, {
    budget: () => null,
    correlations: new Correlations({ by: "index", groups }),
  });
  const used = riskOf(5) + riskOf(3);
  assert.deepEqual(MARKETS.map((market) => all.of(market, "other").groups), [
    [],
    [{ name: "coins and weather", percent: 12, used }],
    [{ name: "coins and weather", percent: 12, used }],
  ]);
  assert.deepEqual(all.without(MARKETS[1], "settlement_edge").groups?.map((each) => each.used), [riskOf(3)]);
  assert.equal(all.largestOf("coins and weather"), used);
});

// ----------------------------------------------------------------------------------------------------------------------

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
          { budget: () => null },
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
