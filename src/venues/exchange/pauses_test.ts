import assert from "node:assert/strict";
import { micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, parseTime, price } from "../../core/units.ts";
import type { ExchangeEvent } from "./events.ts";
import { DEFAULT_CASH, Exchange } from "./exchange.ts";
import type { FaultName } from "./faults.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MemberOrder } from "./order.ts";
import type { CreateOrder, Placed } from "./order_requests.ts";
import { inWeeklyPause } from "./pauses.ts";
import type { Refusal } from "./refusal.ts";
import { LISTED_SERIES } from "./series.ts";

const at = (text: string) => parseTime(text) ?? assert.fail(text);

Deno.test("trading pauses on Thursdays from 3 to 5 Eastern time, in summer and in winter", () => {
  const cases: [string, boolean][] = [
    ["2026-10-08T06:59:59.999999Z", false],
    ["2026-10-08T07:00:00Z", true],
    ["2026-10-08T08:59:59.999999Z", true],
    ["2026-10-08T09:00:00Z", false],
    ["2026-10-07T08:00:00Z", false],
    ["2026-12-10T07:30:00Z", false],
    ["2026-12-10T08:00:00Z", true],
    ["2026-12-10T09:59:59Z", true],
  ];
  for (const [text, paused] of cases) assert.equal(inWeeklyPause(at(text)), paused, text);
});

interface Stage {
  readonly exchange: Exchange;
  readonly market: ListedMarket;
  create(changes: Partial<CreateOrder>): Placed | Refusal;
  rest(changes?: Partial<CreateOrder>): MemberOrder;
  cancel(order: MemberOrder): string;
}

/** An exchange, and a market of it whose best bid is far above the test's own. */
function stage(start: string, faults: readonly FaultName[] = []): Stage {
  const exchange = new Exchange({ seed: 4, startAt: at(start), faults: new Set(faults), cash: DEFAULT_CASH });
  const market = exchange.cycle.active(LISTED_SERIES[0]) ?? assert.fail("no market");
  const create = (changes: Partial<CreateOrder>) =>
    exchange.desk.create({
      ticker: market.ticker,
      side: "bid",
      count: 100 as CreateOrder["count"],
      price: price(10),
      timeInForce: "good_till_canceled",
      prevention: "taker_at_cross",
      clientOrderId: null,
      expiresAt: null,
      postOnly: false,
      reduceOnly: false,
      cancelOnPause: false,
      subaccount: 0,
      group: null,
      shard: null,
      ...changes,
    }, exchange.now);
  return {
    exchange,
    market,
    create,
    rest(changes = {}) {
      const placed = create(changes);
      return "order" in placed ? placed.order : assert.fail(placed.code);
    },
    cancel(order) {
      const address = { orderId: order.id, subaccount: 0, shard: 2, ticker: null };
      const cancelled = exchange.desk.cancel(address, exchange.now);
      return "refused" in cancelled ? cancelled.code : cancelled.order.status;
    },
  };
}

Deno.test("in Thursday's pause nothing trades and no order is taken; afterwards the population is back", () => {
  const { exchange, create } = stage("2026-10-08T06:58:00Z");
  exchange.advanceTo(at("2026-10-08T07:00:00Z"));
  const before = exchange.floor.trades;
  const events = new Set<ExchangeEvent["type"]>();
  exchange.listen((event) => void events.add(event.type));
  exchange.advanceTo(at("2026-10-08T07:10:00Z"));
  assert.equal(exchange.floor.trades, before);
  assert.deepEqual([events.has("book"), events.has("index")], [false, true]);
  const refused = create({ ticker: exchange.cycle.active(LISTED_SERIES[0])?.ticker ?? "" });
  assert.ok("refused" in refused);
  assert.deepEqual([refused.code, refused.status], ["trading_is_paused", 409]);
  exchange.advanceTo(at("2026-10-08T09:02:00Z"));
  assert.ok(exchange.floor.trades > before);
});

Deno.test("a trading pause takes flagged orders out, leaves the others, refuses amendments and allows cancels", () => {
  const { exchange, rest, cancel, market } = stage("2026-10-06T14:01:00Z", ["trading-pause"]);
  const stays = rest();
  const leaves = rest({ cancelOnPause: true });
  exchange.advanceTo(at("2026-10-06T14:04:00Z"));
  assert.deepEqual([leaves.status, leaves.reason, stays.status], ["canceled", "HaltCancel", "resting"]);
  const amended = exchange.desk.amend({
    orderId: stays.id,
    subaccount: 0,
    ticker: market.ticker,
    shard: null,
    clientOrderId: null,
    side: "bid",
    price: price(20),
    count: stays.remaining,
    newClientOrderId: null,
    expiresAt: undefined,
  }, exchange.now);
  assert.ok("refused" in amended && amended.code === "trading_is_paused");
  assert.equal(cancel(stays), "canceled");
});

Deno.test("the fault trading-pause begins 3 minutes after the start and lasts a minute, in every 4", () => {
  const { exchange } = stage("2026-10-06T13:58:00Z", ["trading-pause"]);
  const { startAt } = exchange.settings;
  const pauses = [...Array(9).keys()].map((minute) => exchange.pauses.at(micros(startAt + minute * MICROS_PER_MINUTE)));
  assert.deepEqual(pauses.map((pause) => (pause === "none" ? 0 : 1)), [0, 0, 0, 1, 0, 0, 0, 1, 0]);
});

Deno.test("under exchange-pause cancels and cancel-all are refused too", () => {
  const { exchange, rest, cancel } = stage("2026-10-06T14:01:00Z", ["exchange-pause"]);
  const order = rest();
  exchange.advanceTo(micros(exchange.settings.startAt + 185 * MICROS_PER_SECOND));
  assert.equal(cancel(order), "exchange_is_paused");
  const all = exchange.desk.cancelAll(null, exchange.now);
  assert.equal(all?.code, "exchange_is_paused");
  assert.equal(order.status, "resting");
});
