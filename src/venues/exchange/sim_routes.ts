/**
 * What Kalshi does not have: the simulation's own pages, outside `/trade-api`, without a key. They tell the truth that
 * tests compare a bot's books with.
 * @module
 */

import { Hono } from "hono";
import type { House } from "./house.ts";
import { fillBody, orderBody, positionBody, settlementBody } from "./portfolio_bodies.ts";
import { json } from "./replies.ts";
import { SHARDS } from "./series.ts";
import { moneyText, timeText } from "./wire.ts";

/** Where the simulated clock stands and how fast it goes: enough for another process to follow it. */
export function clockBody(house: House): Record<string, unknown> {
  const now = house.clock.now();
  const { speed, mode } = house.clock;
  return { simulated: true, now: timeText(now), now_us: now, speed, mode };
}

/** The member's books as the exchange has them, with every order by its client id and its fills. */
function ledgerBody(house: House): Record<string, unknown> {
  const { exchange } = house;
  const { desk } = exchange;
  const fills = Map.groupBy(desk.fills, (fill) => fill.order.id);
  const ledger = exchange.houseLedger();
  const cash = SHARDS.map(([shard]) => [shard, {
    cash: moneyText(desk.account.cash(shard)),
    available: moneyText(desk.available(shard)),
  }]);
  return {
    now_us: exchange.now,
    cash: moneyText(desk.account.totalCash),
    starting_cash: moneyText(exchange.settings.cash),
    shards: Object.fromEntries(cash),
    fees: moneyText(ledger.fees),
    positions: [...desk.account.positions].map(positionBody),
    orders: Object.fromEntries(desk.orders.map((order) => [order.clientOrderId, {
      ...orderBody(order, exchange.userId),
      last_update_reason: order.reason,
      fills: (fills.get(order.id) ?? []).map(fillBody),
    }])),
    fills: desk.fills.map(fillBody),
    settlements: desk.settlements.map(settlementBody),
    markets_settled: exchange.settled,
    public_trades: exchange.floor.trades,
    conservation: { missing: moneyText(ledger.missing), contracts: ledger.contracts },
  };
}

export function simRoutes(house: House): Hono {
  const routes = new Hono();
  routes.get("/sim/clock", () => json(clockBody(house)));
  routes.get("/sim/ledger", () => {
    house.clock.now();
    return json(ledgerBody(house));
  });
  return routes;
}
