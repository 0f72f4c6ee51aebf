import assert from "node:assert/strict";
import { count, formatMoney, money, price } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import {
  accept,
  engineOptions,
  holding,
  liveRig,
  RESTING,
  Rig,
  settlementEdge,
  stateOf,
  TICKER,
} from "./engine_fixture.ts";
import { ViewBuilder } from "./view_builder.ts";

function viewOf(rig: Rig) {
  const views = new ViewBuilder(rig.engine);
  for (const { record } of rig.all("record")) views.observe(record);
  return views.build();
}

Deno.test("the view is plain JSON that says exactly what the engine holds", () => {
  const rig = holding("yes");
  const view = viewOf(rig);
  assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
  assert.deepEqual(view.positions, [{
    ticker: TICKER,
    side: "yes",
    count: "50.00",
    averagePrice: "0.5100",
    cost: "25.500000",
    value: "25.000000",
    unrealised: "-0.500000",
    realised: "-0.874700",
    fees: "0.874700",
  }]);
  const { account, trades, counters, decisionHash } = view;
  assert.deepEqual([account.cash, account.exposure, account.nav, account.unrealised, account.dailyPnl], [
    "9973.625300",
    "25.500000",
    "9998.625300",
    "-0.500000",
    "-1.374700",
  ]);
  assert.deepEqual([account.orders, account.fills], [1, 1]);
  assert.deepEqual([trades.length, trades[0].price, trades[0].fee], [1, "0.5100", "0.874700"]);
  assert.equal(counters.inputs, rig.inputs.length);
  assert.equal(decisionHash, rig.engine.decisionHash);
});

Deno.test("on paper the chosen fill model's figures are the account's own, and stand between the bounds; live there are none", () => {
  const { account } = viewOf(holding("yes"));
  const figures = { fills: 1, contracts: "50.00", fees: account.fees, pnl: account.dailyPnl };
  assert.deepEqual(account.paperBounds, {
    model: "risk_averse",
    trades: 0,
    pessimistic: figures,
    chosen: figures,
    optimistic: figures,
  });
  assert.equal(viewOf(liveRig()).account.paperBounds, null);
});

Deno.test("the gauges of risk show what the caps count: positions and open orders, each against its limit", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  const { exposure, nav } = rig.engine.desk;
  const risk = formatMoney(exposure.total);
  assert.ok(exposure.total > 0);
  const share = (percent: number) => formatMoney(money(nav * percent / 100));
  assert.deepEqual(viewOf(rig).limits.map(({ name, used, limit }) => [name, used, limit]), [
    ["Daily loss", "0.000000", "100.000000"],
    ["Open exposure", risk, "5000.000000"],
    ["Largest trade under way", risk, "500.000000"],
    ["Largest market", risk, "1000.000000"],
    ["Largest category, 20 % of NAV", risk, share(20)],
    ["Markets that move together, 25 % of NAV", risk, share(25)],
  ]);
});

Deno.test("a market is told with its index, its kind of strike, and how far its probability may be off", () => {
  const [market] = viewOf(holding("yes")).markets;
  assert.deepEqual([market.index, market.strikeType, market.strikeTo], ["BRTI", "greater_or_equal", null]);
  const { modelProbability, modelError } = market;
  assert.ok(modelProbability !== null && modelError !== null && modelError > 0 && modelError < 0.1, `${modelError}`);
});

Deno.test("an order is told with its place in the queue once that is known", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  assert.equal(viewOf(rig).orders[0].queueAhead, null);
  const [{ orderId }] = viewOf(rig).orders;
  const positions = [{ orderId: orderId ?? "", ahead: count(12_050) }];
  rig.step({ type: "queue_position", at: after(302), positions });
  assert.equal(viewOf(rig).orders[0].queueAhead, "120.50");
});

Deno.test("each group that the configuration names has a gauge of its own", () => {
  const group = { name: "coins", series: ["KXBTC*"], percent: 5, sameDay: false };
  const { risk } = engineOptions();
  const rig = liveRig({ risk: { ...risk, correlation: { by: "index", groups: [group] } } });
  const { exposure, nav } = rig.engine.desk;
  assert.ok(exposure.total > 0);
  assert.deepEqual(viewOf(rig).limits.at(-1), {
    name: "Group coins, 5 % of NAV",
    used: formatMoney(exposure.total),
    limit: formatMoney(money(Math.floor(nav / 20))),
  });
});

Deno.test("a NO position is shown from its own side", () => {
  const [position] = viewOf(holding("no")).positions;
  assert.deepEqual([position.side, position.averagePrice, position.value], ["no", "0.5100", "25.000000"]);
});

Deno.test("the view says why nothing is sent", () => {
  const rig = new Rig();
  const why = () => viewOf(rig).markets[0].whyNot;
  rig.market(290, { strikeType: null, floorStrike: null });
  assert.equal(why(), "The book is syncing");
  rig.book(290.5, [[4_900, 10_000]], [[4_900, 10_000]]);
  assert.equal(why(), "The strike is not known yet");
  rig.market(290.6);
  assert.equal(why(), "The settlement index was not heard yet");
  rig.market(290.7, { status: "inactive" });
  assert.equal(why(), "The market is inactive");
  rig.market(290.8);
  rig.operator(292, "stop_strategy", "settlement_edge");
  assert.equal(why(), "Strategy settlement_edge is stopped");
  rig.operator(293, "kill");
  assert.match(why() ?? "", /^Halted: Kill switch/);
  rig.clock(900);
  assert.equal(why(), "Closed, waiting for the result");
  rig.step({
    type: "lifecycle",
    at: after(901),
    ticker: TICKER,
    event: "determined",
    result: "yes",
    settlementValue: null,
  });
  assert.equal(why(), "Determined yes, waiting for settlement");
  rig.settled(902, "yes");
  assert.equal(why(), "Settled yes");
  const other = new Rig();
  other.market(1, { ticker: "KXGOLD15M-26NOV200715-15", series: "KXGOLD15M" });
  assert.equal(viewOf(other).markets[0].whyNot, "No strategy trades this series");
});

Deno.test("live: no cash on the traded shard is said in the view, and logged once until some comes and goes again", () => {
  const rig = new Rig({ execution: "live", capital: null });
  rig.account(280, 0);
  rig.warmUp();
  assert.equal(rig.placed.length, 0);
  assert.equal(rig.engine.desk.penniless, true);
  assert.equal(viewOf(rig).markets[0].whyNot, "No cash on shard 2: transfer some there");
  const warnings = () => rig.all("log").filter(({ text }) => /^No cash on the shard/.test(text)).length;
  rig.account(310, 0);
  assert.equal(warnings(), 1);
  rig.account(340, 1_000_000_000);
  rig.account(371, 1_000_000_000);
  assert.equal(rig.engine.desk.penniless, false, "a deposit that stood for 30 s");
  rig.index(372, 84_200);
  assert.doesNotMatch(viewOf(rig).markets[0].whyNot ?? "", /cash/);
  assert.equal(warnings(), 1);
});

Deno.test("an order is shown while it is open, with what was filled of it", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.fill(302, { orderId: "o-bot-1", price: price(4_910), count: count(123) });
  const [order] = viewOf(rig).orders;
  assert.deepEqual([order.clientOrderId, order.orderId, order.phase, order.filled, order.price], [
    "bot-1",
    "o-bot-1",
    "resting",
    "1.23",
    "0.4910",
  ]);
  rig.step({ type: "order_cancelled", at: after(303), clientOrderId: "bot-1", reducedBy: count(1) });
  assert.deepEqual(viewOf(rig).orders, []);
});

Deno.test("a book with an empty side shows it as empty, and its mark stays the last one", () => {
  const rig = new Rig();
  rig.market(1);
  rig.book(2, [[4_900, 100]], [[4_900, 100]]);
  rig.delta(3, "no", 4_900, -100);
  const [market] = viewOf(rig).markets;
  assert.deepEqual([market.bid, market.ask, market.askSize, market.spread], ["0.4900", null, null, null]);
  assert.equal(stateOf(rig).mark, 5_000);
});

Deno.test("trades and settlements shown are the newest, in bounded number", () => {
  const rig = holding("yes");
  rig.settled(901, "yes");
  const views = new ViewBuilder(rig.engine);
  const [trade] = rig.records("trade");
  const [settlement] = rig.records("settlement");
  for (let number = 0; number < 200; number++) {
    views.observe({ ...trade, tradeId: `t-${number}` });
    views.observe({ ...settlement, ticker: `M-${number}` });
  }
  const view = views.build();
  assert.deepEqual([view.trades.length, view.trades[0].tradeId], [100, "t-199"]);
  assert.deepEqual([view.settlements.length, view.settlements[0].ticker], [50, "M-199"]);
});
