/**
 * What Kalshi does not have: the simulation's own pages, outside `/trade-api`, without a key. They tell the truth that
 * tests compare a bot's books with.
 * @module
 */

import { Hono } from "hono";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { FAULT_NAMES, FAULTS, isFaultName } from "./faults.ts";
import type { House } from "./house.ts";
import { fillBody, orderBody, positionBody, settlementBody } from "./portfolio_bodies.ts";
import { badRequest, json } from "./replies.ts";
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
    positions: desk.members.all.flatMap((account) => [...account.positions].map(positionBody)),
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

/** What tests may do to the exchange over HTTP. */
export interface SimControl {
  /** Moves time; `null` where it goes by itself. */
  readonly advance: ((to: Micros) => void) | null;
  /** Text frames handed to sockets so far. */
  readonly frames: () => number;
}

const ADVANCE_SECONDS_MAX = 86_400;

const faultsBody = (house: House): Record<string, unknown> => ({
  faults: FAULT_NAMES.map((name) => ({ name, on: house.faults.has(name), text: FAULTS[name] })),
});

/** `{"name":"seq-gap","on":true}`. */
function setFault(house: House, body: unknown): Response {
  const { name, on } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (typeof name !== "string" || !isFaultName(name)) {
    return badRequest(`Unknown fault: the faults are ${FAULT_NAMES.join(", ")}`);
  }
  if (typeof on !== "boolean") return badRequest(`"on" must be true or false`);
  house.faults.set(name, on);
  return json(faultsBody(house));
}

/** `{"seconds":1.5}`, in stepped mode alone. */
function advance(house: House, control: SimControl, body: unknown): Response {
  if (control.advance === null) return badRequest("Only an exchange in stepped mode can be advanced");
  const seconds = typeof body === "object" && body !== null && "seconds" in body ? body.seconds : null;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= ADVANCE_SECONDS_MAX)) {
    return badRequest(`"seconds" must be 0 to ${ADVANCE_SECONDS_MAX}`);
  }
  control.advance(micros(house.exchange.now + Math.round(seconds * MICROS_PER_SECOND)));
  return json({ now_us: house.exchange.now, frames: control.frames() });
}

export function simRoutes(house: House, control: SimControl): Hono {
  const routes = new Hono();
  routes.get("/sim/clock", () => json(clockBody(house)));
  routes.get("/sim/ledger", () => {
    house.clock.now();
    return json(ledgerBody(house));
  });
  routes.get("/sim/faults", () => json(faultsBody(house)));
  routes.post("/sim/faults", async (context) => setFault(house, await context.req.json().catch(() => null)));
  routes.post("/sim/advance", async (context) => advance(house, control, await context.req.json().catch(() => null)));
  return routes;
}
