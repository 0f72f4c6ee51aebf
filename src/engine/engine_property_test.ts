import assert from "node:assert/strict";
import fc from "fast-check";
import type { Input } from "../core/input.ts";
import { count, type Micros, money, price } from "../core/units.ts";
import { termsAhead } from "../execution/order_change.ts";
import { aFill, after, aMarket, aReport } from "../execution/order_fixture.ts";
import { isCancelling, type OrderState, remaining } from "../execution/order_state.ts";
import { ORDERS_PER_LEVEL } from "../execution/reconciler.ts";
import { Engine } from "./engine.ts";
import { liveRig, RESTING, Rig, settlementEdge, TICKER } from "./engine_fixture.ts";

/** Anything the world may say about one market and its orders, in any order; `number` picks among our order ids. */
const said = fc.record({
  kind: fc.constantFrom(
    "delta",
    "delta",
    "delta",
    "index",
    "index",
    "clock",
    "snapshot",
    "trade",
    "accepted",
    "rejected",
    "unknown",
    "cancelled",
    "cancel_failed",
    "absent",
    "update",
    "fill",
    "account",
    "kill",
    "resume",
    "stale",
  ),
  step: fc.integer({ min: 0, max: 1_500 }),
  number: fc.integer({ min: 1, max: 4 }),
  a: fc.integer({ min: 0, max: 100 }),
  b: fc.integer({ min: 0, max: 100 }),
  flag: fc.boolean(),
});
type Said = typeof said extends fc.Arbitrary<infer Each> ? Each : never;

function inputOf({ kind, number, a, b, flag }: Said, seconds: number, serial: number): Input {
  const at = after(seconds);
  const clientOrderId = `bot-${number}`;
  const orderId = `o-${number}`;
  const side = flag ? "yes" : "no";
  switch (kind) {
    case "delta":
      return {
        type: "book_delta",
        at,
        ticker: TICKER,
        sequence: null,
        side,
        price: price(4_700 + a * 2 - (a * 2) % 10),
        delta: count((b - 40) * 25),
        exchangeTime: null,
      };
    case "snapshot":
      return {
        type: "book_snapshot",
        at,
        ticker: TICKER,
        sequence: null,
        yes: [[price(4_000 + a * 10), count(100 * b)]],
        no: [[price(4_000 + b * 10), count(100 * a)]],
        exchangeTime: null,
      };
    case "index":
      return {
        type: "index",
        at,
        index: "BRTI",
        value: 83_900 + a * 4,
        sourceTime: after(Math.floor(seconds)),
        source: "official",
        venueAverage: null,
      };
    case "trade":
      return {
        type: "trade",
        at,
        ticker: TICKER,
        tradeId: `x-${serial}`,
        price: price(4_500 + a * 10),
        count: count(1 + b * 10),
        takerSide: flag ? "bid" : "ask",
        exchangeTime: at,
      };
    case "accepted":
      return { type: "order_accepted", at, clientOrderId, orderId, fillCount: count(a), remainingCount: count(b) };
    case "rejected":
      return { type: "order_rejected", at, clientOrderId, code: "invalid_order", reason: "No" };
    case "unknown":
      return { type: "order_unknown", at, clientOrderId, reason: "Time-out" };
    case "cancelled":
      return { type: "order_cancelled", at, clientOrderId, reducedBy: count(a) };
    case "cancel_failed":
      return { type: "cancel_failed", at, clientOrderId, gone: flag, reason: "404" };
    case "absent":
      return { type: "order_absent", at, clientOrderId };
    case "update": {
      const status = a < 40 ? "resting" : a < 70 ? "canceled" : "executed";
      return { type: "order_update", at, order: aReport({ clientOrderId, orderId, status, fillCount: count(b) }) };
    }
    case "fill":
      return {
        type: "fill",
        at,
        fill: aFill({
          tradeId: `t-${b % 12}`,
          clientOrderId: flag ? clientOrderId : null,
          orderId,
          side: a % 2 === 0 ? "bid" : "ask",
          price: price(4_000 + a * 10),
          count: count(1 + b),
          executedAt: at,
        }),
      };
    case "account":
      return { type: "account", at, balance: money(900_000_000 + a * 1_000_000), positions: [] };
    case "stale":
      return { type: "book_stale", at, tickers: flag ? "all" : [TICKER], reason: "Connection lost" };
    case "kill":
    case "resume":
      return { type: "operator", at, command: kind, subject: null, via: "cli" };
    case "clock":
      return { type: "clock", at };
  }
}

/** What must hold after every single input. */
function check(rig: Rig, placedBefore: number): void {
  const { desk } = rig.engine;
  const { ledger } = desk;
  assert.equal(ledger.cash + ledger.exposure(), ledger.startingCapital + ledger.realised, "no micro-dollar is lost");
  for (const { filled, reported } of desk.orders.open()) assert.ok(reported >= filled);
  const ids = rig.placed.map(({ clientOrderId }) => clientOrderId);
  assert.equal(new Set(ids).size, ids.length, "no id is used twice");
  if (rig.placed.length === placedBefore) return;
  assert.ok(desk.halts.first === null && desk.ready, "nothing is sent while halted");
  const book = rig.engine.markets.get(TICKER)?.book;
  assert.ok(book?.isTradable, "nothing is sent on a book that is not in sync");
  assert.ok(ledger.exposure() <= 1_000_000_000 + 1, "the market's cap holds");
  for (const { clientOrderId } of rig.placed.slice(placedBefore)) {
    const order = desk.orders.get(clientOrderId);
    assert.ok(order !== undefined, `${clientOrderId} was sent and is not known`);
    checkLevel(order, [...desk.orders.open()], rig.engine.now);
  }
}

/**
 * A new order is never one too many at its price. Only when it is sent: whatever the exchange brings back after its end,
 * which this world does too, may stand beside what was sent in its place.
 */
function checkLevel(order: OrderState, open: readonly OrderState[], at: Micros): void {
  const { strategy, side, timeInForce, postOnly } = order.intent;
  const beside = open.filter((other) =>
    other !== order && other.intent.strategy === strategy && other.intent.side === side &&
    other.intent.timeInForce === timeInForce && other.intent.postOnly === postOnly &&
    termsAhead(other).price === order.terms.price && !isCancelling(other, at) && remaining(other) > 0
  );
  const most = timeInForce === "good_till_canceled" ? ORDERS_PER_LEVEL - 1 : 0;
  assert.ok(beside.length <= most, `${order.intent.clientOrderId} beside ${beside.length} at ${order.terms.price}`);
}

function tell(rig: Rig, story: readonly Said[]): void {
  let milliseconds = 300_500;
  story.forEach((each, serial) => {
    milliseconds += each.step;
    const placedBefore = rig.placed.length;
    rig.step(inputOf(each, milliseconds / 1_000, serial));
    check(rig, placedBefore);
  });
}

const MODES: readonly (readonly [name: string, make: () => Rig])[] = [
  ["paper, taking", () => new Rig().warmUp()],
  ["paper, resting", () => new Rig({ strategies: settlementEdge(RESTING) }).warmUp()],
  ["live, taking", () => liveRig()],
  ["live, both", () => liveRig({ strategies: settlementEdge({ min_edge: 0.3, rest_edge: 0.01, cooldown: 0 }) })],
];

for (const [name, make] of MODES) {
  Deno.test(`${name}: whatever the world says, in whatever order, the rules hold and a second engine agrees`, () => {
    let placed = 0;
    fc.assert(
      fc.property(fc.array(said, { maxLength: 60 }), (story) => {
        const rig = make();
        tell(rig, story);
        placed += rig.placed.length;
        rig.settled(901, "yes");
        rig.settled(902, "yes");
        const { ledger } = rig.engine.desk;
        assert.equal(ledger.cash + ledger.exposure(), ledger.startingCapital + ledger.realised);
        assert.equal(ledger.position(aMarket().ticker), undefined);
        const again = new Engine(rig.engine.options);
        for (const input of rig.inputs) again.step(input);
        assert.equal(again.decisionHash, rig.engine.decisionHash);
      }),
      { seed: 17, numRuns: 300 },
    );
    assert.ok(placed > 300, `${placed} orders were sent`);
  });
}
