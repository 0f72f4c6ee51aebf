import assert from "node:assert/strict";
import fc from "fast-check";
import type { OrderPhase } from "../core/order.ts";
import type { OrderRecord } from "../core/record.ts";
import { count, type Micros, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { aFill, after, anIntent, aReport, EVIDENCE, NOON } from "./order_fixture.ts";
import { Orders } from "./orders.ts";
import { isOpen, type OrderState, remaining } from "./order_state.ts";

const PHASES: readonly OrderPhase[] = ["sent", "unknown", "resting", "filled", "cancelled", "rejected"];

function orderIn(phase: OrderPhase, orders: Orders = new Orders()): { orders: Orders; order: OrderState } {
  const order = orders.send(anIntent(), EVIDENCE, NOON);
  if (phase === "unknown") orders.unknown(order, "Time-out", NOON);
  if (phase === "resting") orders.accepted(order, "o-1", count(0), count(1_000), NOON);
  if (phase === "filled") orders.accepted(order, "o-1", count(1_000), count(0), NOON);
  if (phase === "cancelled") orders.accepted(order, "o-1", count(0), count(0), NOON);
  if (phase === "rejected") orders.rejected(order, "No", NOON);
  assert.equal(order.phase, phase);
  return { orders, order };
}

type Heard = (orders: Orders, order: OrderState) => void;

/** The table of orders.ts: what is heard, and what each phase becomes; phases not named stay. */
const TRANSITIONS: readonly (readonly [row: string, heard: Heard, Partial<Record<OrderPhase, OrderPhase>>])[] = [
  [
    "accepted, something remains",
    (orders, order) => orders.accepted(order, "o-1", count(0), count(1_000), after(1)),
    { sent: "resting", unknown: "resting", rejected: "resting" },
  ],
  [
    "accepted, nothing remains: all filled",
    (orders, order) => orders.accepted(order, "o-1", count(1_000), count(0), after(1)),
    { sent: "filled", unknown: "filled", resting: "filled", rejected: "filled" },
  ],
  [
    "accepted, nothing remains: less than all filled",
    (orders, order) => orders.accepted(order, "o-1", count(300), count(0), after(1)),
    { sent: "cancelled", unknown: "cancelled", resting: "cancelled", rejected: "cancelled" },
  ],
  [
    "rejected",
    (orders, order) => orders.rejected(order, "insufficient_balance", after(1)),
    { sent: "rejected", unknown: "rejected", resting: "rejected" },
  ],
  [
    "no answer",
    (orders, order) => orders.unknown(order, "Time-out", after(1)),
    { sent: "unknown", resting: "unknown" },
  ],
  [
    "still nothing ANSWER_TIMEOUT after sending",
    (orders) => void orders.toAskFor(after(10)),
    { sent: "unknown" },
  ],
  [
    "cancelled",
    (orders, order) => orders.cancelled(order, after(1), "Wanted at another price", count(1_000)),
    { sent: "cancelled", unknown: "cancelled", resting: "cancelled" },
  ],
  [
    "cancel found nothing to cancel",
    (orders, order) => orders.cancelFailed(order, true, "404", after(1)),
    { sent: "unknown", resting: "unknown" },
  ],
  [
    "cancel failed otherwise",
    (orders, order) => orders.cancelFailed(order, false, "503", after(1)),
    {},
  ],
  [
    "listed by the exchange: resting",
    (orders, order) => orders.listed(order, aReport(), after(1)),
    { sent: "resting", unknown: "resting", rejected: "resting" },
  ],
  [
    "listed by the exchange: executed",
    (orders, order) => orders.listed(order, aReport({ status: "executed", fillCount: count(1_000) }), after(1)),
    { sent: "filled", unknown: "filled", resting: "filled", rejected: "filled" },
  ],
  [
    "listed by the exchange: canceled",
    (orders, order) => orders.listed(order, aReport({ status: "canceled", remainingCount: count(0) }), after(1)),
    { sent: "cancelled", unknown: "cancelled", resting: "cancelled", rejected: "cancelled" },
  ],
  [
    "absent from the whole lists ABSENCES_NEEDED times",
    (orders, order) => [1, 2, 3].forEach((second) => orders.absent(order, after(second))),
    { unknown: "rejected", resting: "unknown" },
  ],
  [
    "listed as resting ten seconds after its end",
    (orders, order) => orders.listed(order, aReport(), after(10)),
    { sent: "resting", unknown: "resting", rejected: "resting" },
  ],
  [
    "listed as resting later than that",
    (orders, order) => orders.listed(order, aReport(), after(10.1)),
    { sent: "resting", unknown: "resting", rejected: "resting", filled: "unknown", cancelled: "unknown" },
  ],
  [
    "filled after all",
    (orders, order) => orders.filled(order, count(400), after(1)),
    { rejected: "unknown" },
  ],
];

for (const [row, heard, leads] of TRANSITIONS) {
  Deno.test(`order: ${row}`, () => {
    for (const phase of PHASES) {
      const { orders, order } = orderIn(phase);
      heard(orders, order);
      assert.equal(order.phase, leads[phase] ?? phase, `from ${phase}`);
      assert.equal(orders.openCount, isOpen(order) ? 1 : 0);
      assert.equal(orders.openIn(order.intent.ticker).size, isOpen(order) ? 1 : 0);
      assert.equal(orders.get("bot-1"), order);
    }
  });
}

Deno.test("an order is not given up after two absences, nor while the exchange has named its id", () => {
  const { orders, order } = orderIn("unknown");
  orders.absent(order, after(1));
  orders.absent(order, after(2));
  assert.equal(order.phase, "unknown");
  const named = orderIn("resting");
  named.orders.unknown(named.order, "Cancel: 404", after(1));
  for (let read = 0; read < 10; read++) named.orders.absent(named.order, after(2 + read));
  assert.equal(named.order.phase, "unknown");
});

Deno.test("a listing in between starts the count of absences anew", () => {
  const { orders, order } = orderIn("unknown");
  orders.absent(order, after(1));
  orders.absent(order, after(2));
  orders.listed(order, aReport(), after(3));
  orders.unknown(order, "Its market closed", after(4));
  assert.equal(order.absences, 0);
});

Deno.test("an unknown order is asked for at once, then less and less often, up to every 30 seconds", () => {
  const { orders } = orderIn("unknown");
  const asked: number[] = [];
  for (let second = 1; second <= 130; second++) {
    if (orders.toAskFor(after(second)).length > 0) asked.push(second);
  }
  assert.deepEqual(asked, [1, 2, 4, 8, 16, 32, 62, 92, 122]);
});

Deno.test("an order without an answer is left alone for ten seconds", () => {
  const { orders, order } = orderIn("sent");
  assert.equal(orders.toAskFor(after(9.9)).length, 0);
  assert.equal(order.phase, "sent");
  assert.deepEqual(orders.toAskFor(after(10)), [order]);
});

Deno.test("a fill that comes before the answer counts once, and the answer's count agrees with it", () => {
  const { orders, order } = orderIn("sent");
  const fill = aFill();
  assert.equal(orders.isNewExecution(fill), true);
  assert.equal(orders.ownerOf(fill), order);
  orders.filled(order, fill.count, after(1));
  assert.equal(order.orderId, "o-1");
  orders.accepted(order, "o-1", count(400), count(600), after(2));
  assert.equal(orders.short().size, 0);
  assert.equal(remaining(order), 600);
});

Deno.test("a fill that names only an unheard-of order id counts for its order once the answer names the id", () => {
  const { orders, order } = orderIn("sent");
  const fill = aFill({ clientOrderId: null });
  assert.equal(orders.isNewExecution(fill), true);
  assert.equal(orders.ownerOf(fill), undefined);
  orders.accepted(order, "o-1", count(400), count(600), after(2));
  assert.equal(order.filled, 400);
  assert.equal(orders.short().size, 0, "nothing is missing, so its market is not blocked");
});

Deno.test("a fill heard twice is new once", () => {
  const orders = new Orders(["t-0"]);
  assert.equal(orders.isNewExecution(aFill({ tradeId: "t-0" })), false, "told of by an earlier run");
  assert.equal(orders.isNewExecution(aFill()), true);
  assert.equal(orders.isNewExecution(aFill()), false);
});

Deno.test("a fill after the end is counted and does not open the order again", () => {
  const { orders, order } = orderIn("cancelled");
  orders.filled(order, count(400), after(5));
  assert.equal(order.filled, 400);
  assert.equal(order.phase, "cancelled");
  assert.equal(orders.openCount, 0);
});

Deno.test("fills that were counted make an order short until each was heard of", () => {
  const { orders, order } = orderIn("sent");
  orders.accepted(order, "o-1", count(500), count(500), after(1));
  assert.deepEqual([...orders.short()], [order]);
  assert.equal(remaining(order), 500);
  orders.filled(order, count(400), after(2));
  assert.equal(orders.short().size, 1);
  orders.filled(order, count(100), after(3));
  assert.equal(orders.short().size, 0);
  assert.equal(remaining(order), 500, "what was counted is not counted again");
});

Deno.test("a cancel that took away less than was thought to rest says that fills are missing", () => {
  const { orders, order } = orderIn("resting");
  orders.cancelled(order, after(1), "", count(700));
  assert.equal(order.reported, 300);
  assert.equal(orders.short().size, 1);
  orders.filled(order, count(300), after(2));
  assert.equal(orders.short().size, 0);
});

Deno.test("an older list never takes back fills heard since", () => {
  const { orders, order } = orderIn("resting");
  orders.filled(order, count(400), after(1));
  orders.listed(order, aReport({ fillCount: count(0) }), after(2));
  assert.equal(order.reported, 400);
  assert.equal(orders.short().size, 0);
});

Deno.test("a cancel is asked for once, again a second after it failed, and again ten seconds after silence", () => {
  const { orders, order } = orderIn("resting");
  assert.equal(orders.askCancel(order, after(1), "Gone"), true);
  assert.equal(orders.askCancel(order, after(2), "Gone"), false);
  orders.cancelFailed(order, false, "503", after(3));
  assert.equal(orders.askCancel(order, after(3.9), "Gone"), false);
  assert.equal(orders.askCancel(order, after(4), "Gone"), true);
  assert.equal(orders.askCancel(order, after(13.9), "Gone"), false);
  assert.equal(orders.askCancel(order, after(14), "Gone"), true);
});

Deno.test("an order of an earlier run is unknown, asked for at once, and found by either id", () => {
  const orders = new Orders();
  const record: OrderRecord = {
    kind: "order",
    ...anIntent(),
    orderId: "o-9",
    filled: count(100),
    phase: "resting",
    evidence: EVIDENCE,
    sentAt: NOON,
    updatedAt: NOON,
    reason: "",
  };
  const order = orders.resume(record);
  assert.equal(order.phase, "unknown");
  assert.equal(remaining(order), 900);
  assert.equal(orders.byOrderId("o-9"), order);
  assert.deepEqual(orders.toAskFor(after(0)), [order]);
});

Deno.test("writing a market off ends the wait for its missing fills only", () => {
  const orders = new Orders();
  const other = orders.send(anIntent({ clientOrderId: "bot-2", ticker: "KXETH15M-26NOV200715-15" }), EVIDENCE, NOON);
  const order = orders.send(anIntent(), EVIDENCE, NOON);
  orders.accepted(order, "o-1", count(500), count(0), NOON);
  orders.accepted(other, "o-2", count(500), count(0), NOON);
  assert.deepEqual(orders.writeOff(order.intent.ticker), [{ order, missing: 500 }]);
  assert.deepEqual([...orders.short()], [other]);
});

Deno.test("ended orders, trade ids and early fills are remembered in bounded number", () => {
  const orders = new Orders();
  const first = orders.send(anIntent({ clientOrderId: "bot-0" }), EVIDENCE, NOON);
  orders.accepted(first, "o-0", count(500), count(0), NOON);
  for (let number = 1; number <= 4_096; number++) {
    const order = orders.send(anIntent({ clientOrderId: `bot-${number}` }), EVIDENCE, NOON);
    orders.rejected(order, "No", NOON);
  }
  assert.equal(orders.get("bot-0"), undefined);
  assert.equal(orders.byOrderId("o-0"), undefined);
  assert.equal(orders.short().size, 0, "a forgotten order does not block its market");
  assert.notEqual(orders.get("bot-1"), undefined);
  const old = aFill({ tradeId: "old" });
  orders.isNewExecution(old);
  for (let number = 0; number < 16_384; number++) orders.isNewExecution(aFill({ tradeId: `t-${number}` }));
  assert.equal(orders.isNewExecution(old), true, "the oldest trade id is the one that is forgotten");
});

Deno.test("the newest trade ids of an earlier run are the last to be forgotten", () => {
  const orders = new Orders(["newest", "oldest"]);
  for (let number = 0; number < 16_383; number++) orders.isNewExecution(aFill({ tradeId: `t-${number}` }));
  assert.equal(orders.isNewExecution(aFill({ tradeId: "newest" })), false);
});

const step = fc.oneof(
  fc.record({ kind: fc.constant("accepted" as const), filled: fc.integer({ min: 0, max: 10 }), rests: fc.boolean() }),
  fc.record({ kind: fc.constant("rejected" as const) }),
  fc.record({ kind: fc.constant("unknown" as const) }),
  fc.record({ kind: fc.constant("cancelled" as const) }),
  fc.record({ kind: fc.constant("absent" as const) }),
  fc.record({ kind: fc.constant("ask" as const) }),
  fc.record({ kind: fc.constant("fill" as const), id: fc.integer({ min: 0, max: 5 }) }),
  fc.record({
    kind: fc.constant("listed" as const),
    status: fc.constantFrom<"resting" | "canceled" | "executed">("resting", "canceled", "executed"),
    filled: fc.integer({ min: 0, max: 10 }),
  }),
);

Deno.test("whatever is heard in whatever order, the books of open, short and remaining agree", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { orders, order } = orderIn("sent");
      const heard = new Set<number>();
      let at: Micros = NOON;
      for (const each of steps) {
        at = micros(at + MICROS_PER_SECOND);
        if (each.kind === "accepted") {
          const left = each.rests ? 1_000 - each.filled * 100 : 0;
          orders.accepted(order, "o-1", count(each.filled * 100), count(left), at);
        } else if (each.kind === "fill") {
          const fill = aFill({ tradeId: `t-${each.id}`, count: count(100) });
          if (!orders.isNewExecution(fill)) continue;
          heard.add(each.id);
          assert.equal(orders.ownerOf(fill), order);
          orders.filled(order, fill.count, at);
        } else if (each.kind === "listed") {
          const left = count(each.status === "resting" ? 1_000 - each.filled * 100 : 0);
          const said = { status: each.status, fillCount: count(each.filled * 100), remainingCount: left };
          orders.listed(order, aReport(said), at);
        } else if (each.kind === "ask") orders.toAskFor(at);
        else if (each.kind === "absent") orders.absent(order, at);
        else if (each.kind === "cancelled") orders.cancelled(order, at, "");
        else orders[each.kind](order, "", at);
        assert.equal(order.filled, heard.size * 100);
        assert.ok(order.reported >= order.filled);
        assert.equal(orders.openCount, isOpen(order) ? 1 : 0);
        assert.equal(orders.short().has(order), order.reported > order.filled);
        assert.equal(remaining(order), isOpen(order) ? 1_000 - order.reported : 0);
      }
    }),
    { seed: 5, numRuns: 500 },
  );
});
