import assert from "node:assert/strict";
import fc from "fast-check";
import type { OrderPhase, OrderReport, OrderTerms } from "../core/order.ts";
import type { OrderRecord } from "../core/record.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, price } from "../core/units.ts";
import { EXPIRY_PATIENCE, largestCount, possibleTerms, STALE_READ_MAX } from "./order_change.ts";
import { aFill, after, anIntent, aReport, EVIDENCE, NOON } from "./order_fixture.ts";
import { isCancelling, isOpen, isSettled, type OrderState, remaining } from "./order_state.ts";
import { ANSWER_TIMEOUT, Orders } from "./orders.ts";

const OLD: OrderTerms = { price: price(5_000), count: count(1_000), expiresAt: null };
const DEARER: OrderTerms = { ...OLD, price: price(5_100) };
const LARGER: OrderTerms = { ...OLD, count: count(1_500) };
const SMALLER: OrderTerms = { ...OLD, count: count(400) };
const LEASED: OrderTerms = { ...OLD, expiresAt: after(120) };

interface Setup {
  readonly orders: Orders;
  readonly order: OrderState;
}

/** An order that rests since noon, of which a change was asked for a second later. */
function changing(terms: OrderTerms = DEARER, intent: Parameters<typeof anIntent>[0] = {}): Setup {
  const orders = new Orders();
  const order = orders.send(anIntent(intent), EVIDENCE, NOON);
  orders.accepted(order, "o-1", count(0), count(1_000), NOON);
  assert.equal(orders.askChange(order, "amend", terms, after(1)), true);
  return { orders, order };
}

function decreasing(to: number): Setup {
  const orders = new Orders();
  const order = orders.send(anIntent(), EVIDENCE, NOON);
  orders.accepted(order, "o-1", count(0), count(1_000), NOON);
  assert.equal(orders.askChange(order, "decrease", { ...OLD, count: count(to) }, after(1)), true);
  return { orders, order };
}

const inDoubt = (terms: OrderTerms = DEARER): Setup => {
  const setup = changing(terms);
  setup.orders.unknown(setup.order, "Time-out", after(2));
  return setup;
};

const listing = (terms: OrderTerms, change: Partial<OrderReport> = {}): OrderReport =>
  aReport({ price: terms.price, remainingCount: terms.count, expiresAt: terms.expiresAt, ...change });

interface Row {
  readonly row: string;
  readonly from: () => Setup;
  readonly heard: (setup: Setup) => void;
  readonly phase: OrderPhase;
  readonly terms: OrderTerms;
  /** Still under way. */
  readonly changing?: boolean;
}

/** The rows of orders.ts that are about changes. */
const ROWS: readonly Row[] = [
  {
    row: "changed, something remains: it rests on the new terms",
    from: () => changing(),
    heard: ({ orders, order }) => orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(2)),
    phase: "resting",
    terms: DEARER,
  },
  {
    row: "changed, something remains, and it is being asked for: the question decides",
    from: () => inDoubt(),
    heard: ({ orders, order }) => orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(3)),
    phase: "unknown",
    terms: DEARER,
  },
  {
    row: "changed, nothing remains: it crossed and filled",
    from: () => changing(),
    heard: ({ orders, order }) => orders.changed(order, "o-1", DEARER, count(1_000), count(0), after(2)),
    phase: "filled",
    terms: OLD,
  },
  {
    row: "changed, nothing remains: it would have crossed and was dropped",
    from: () => changing(),
    heard: ({ orders, order }) => orders.changed(order, "o-1", DEARER, count(300), count(0), after(2)),
    phase: "cancelled",
    terms: OLD,
  },
  {
    row: "changed, nothing remains, and its fills are not told: asked for",
    from: () => decreasing(200),
    heard: ({ orders, order }) => orders.changed(order, "o-1", null, null, count(0), after(2)),
    phase: "unknown",
    terms: OLD,
    changing: true,
  },
  {
    row: "an amend that crosses in part rests with what is left of it",
    from: () => changing(),
    heard: ({ orders, order }) => orders.changed(order, "o-1", DEARER, count(400), count(600), after(2)),
    phase: "resting",
    terms: DEARER,
  },
  {
    row: "change refused: it rests on the old terms",
    from: () => changing(),
    heard: ({ orders, order }) => orders.changeFailed(order, false, "insufficient_balance", after(2)),
    phase: "resting",
    terms: OLD,
  },
  {
    row: "change found nothing to change: asked for",
    from: () => changing(),
    heard: ({ orders, order }) => orders.changeFailed(order, true, "404", after(2)),
    phase: "unknown",
    terms: OLD,
  },
  {
    row: "no answer to its change: it may have either terms",
    from: () => changing(),
    heard: ({ orders, order }) => orders.unknown(order, "Time-out", after(2)),
    phase: "unknown",
    terms: OLD,
    changing: true,
  },
  {
    row: "still nothing ANSWER_TIMEOUT after a change was sent",
    from: () => changing(),
    heard: ({ orders }) => void orders.toAskFor(micros(after(1) + ANSWER_TIMEOUT)),
    phase: "unknown",
    terms: OLD,
    changing: true,
  },
  {
    row: "listed as resting with the terms of the change",
    from: () => changing(),
    heard: ({ orders, order }) => orders.listed(order, listing(DEARER), after(2)),
    phase: "resting",
    terms: DEARER,
  },
  {
    row: "listed as resting with the terms of the change, its answer lost",
    from: () => inDoubt(),
    heard: ({ orders, order }) => orders.listed(order, listing(DEARER), after(3)),
    phase: "resting",
    terms: DEARER,
  },
  {
    row: "listed as resting with the old terms, its change under way: it may be an older read",
    from: () => changing(),
    heard: ({ orders, order }) => orders.listed(order, listing(OLD), after(2)),
    phase: "resting",
    terms: OLD,
    changing: true,
  },
  {
    row: "listed as resting with the old terms, its answer lost a moment ago: asked again",
    from: () => inDoubt(),
    heard: ({ orders, order }) => orders.listed(order, listing(OLD), micros(after(1) + STALE_READ_MAX)),
    phase: "unknown",
    terms: OLD,
    changing: true,
  },
  {
    row: "listed as resting with the old terms, its answer lost long ago: the change never arrived",
    from: () => inDoubt(),
    heard: ({ orders, order }) => orders.listed(order, listing(OLD), micros(after(1) + STALE_READ_MAX + 1)),
    phase: "resting",
    terms: OLD,
  },
  {
    row: "listed as resting with terms that it had a moment ago: the read is older than the change",
    from: () => changing(),
    heard: ({ orders, order }) => {
      orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(2));
      orders.listed(order, listing(OLD), after(3));
    },
    phase: "resting",
    terms: DEARER,
  },
  {
    row: "listed as resting with terms that it had long ago: the list is believed",
    from: () => changing(),
    heard: ({ orders, order }) => {
      orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(2));
      orders.listed(order, listing(OLD), micros(after(2) + STALE_READ_MAX + 1));
    },
    phase: "resting",
    terms: OLD,
  },
  {
    row: "listed as resting with other terms: the exchange shrank it",
    from: () => changing(LEASED, { reduceOnly: true }),
    heard: ({ orders, order }) => {
      orders.changed(order, "o-1", LEASED, count(0), count(1_000), after(2));
      orders.listed(order, listing(LEASED, { remainingCount: count(250), fillCount: count(50) }), after(3));
    },
    phase: "resting",
    terms: { ...LEASED, count: count(300) },
  },
  {
    row: "its expiry passed, and nothing was heard: asked for",
    from: () => changing(LEASED),
    heard: ({ orders, order }) => {
      orders.changed(order, "o-1", LEASED, count(0), count(1_000), after(2));
      assert.deepEqual(orders.toAskFor(micros(after(120) + EXPIRY_PATIENCE)), []);
      assert.deepEqual(orders.toAskFor(micros(after(120) + EXPIRY_PATIENCE + 1)), [order]);
    },
    phase: "unknown",
    terms: LEASED,
  },
  {
    row: "listed as resting past its expiry by one who knows none: it has none",
    from: () => changing(LEASED),
    heard: ({ orders, order }) => {
      orders.changed(order, "o-1", LEASED, count(0), count(1_000), after(2));
      orders.toAskFor(after(130));
      orders.listed(order, listing(OLD, { expiresAt: undefined }), after(131));
    },
    phase: "resting",
    terms: OLD,
  },
  {
    row: "cancelled while its change is under way: how much of it filled is asked for",
    from: () => changing(LARGER),
    heard: ({ orders, order }) => {
      orders.cancelled(order, after(2), "Gone", count(1_000));
      assert.equal(remaining(order), 1_500);
      assert.deepEqual(orders.toAskFor(after(3)), [order]);
    },
    phase: "resting",
    terms: OLD,
    changing: true,
  },
  {
    row: "cancelled while its change is under way, and the change is answered after that: it is asked for all the same",
    from: () => changing(LARGER),
    heard: ({ orders, order }) => {
      orders.cancelled(order, after(2), "Gone", count(1_500));
      orders.changed(order, "o-1", LARGER, count(0), count(1_500), after(2.5));
      assert.deepEqual(orders.toAskFor(after(3)), [order]);
    },
    phase: "resting",
    terms: LARGER,
  },
  {
    row: "the list ends an order that was cancelled while its change was under way",
    from: () => changing(LARGER),
    heard: ({ orders, order }) => {
      orders.cancelled(order, after(2), "Gone", count(1_000));
      orders.listed(order, listing(LARGER, { status: "canceled", fillCount: count(500) }), after(3));
      assert.equal(order.reported, 500);
    },
    phase: "cancelled",
    terms: OLD,
  },
];

for (const { row, from, heard, phase, terms, changing: underWay = false } of ROWS) {
  Deno.test(`changed order: ${row}`, () => {
    const setup = from();
    heard(setup);
    const { order, orders } = setup;
    assert.equal(order.phase, phase);
    assert.deepEqual(order.terms, terms);
    assert.equal(order.change !== null, underWay);
    assert.equal(orders.openCount, isOpen(order) ? 1 : 0);
  });
}

Deno.test("a reduce-only order that is cancelled does not tell how much of it had filled: it is asked for", () => {
  const orders = new Orders();
  const order = orders.send(anIntent({ reduceOnly: true }), EVIDENCE, NOON);
  orders.accepted(order, "o-1", count(0), count(1_000), NOON);
  orders.cancelled(order, after(1), "Gone", count(200));
  assert.equal(order.reported, 0, "800 may have been taken away by the exchange");
  assert.equal(isCancelling(order, after(2)), true);
  assert.deepEqual(orders.toAskFor(after(1.9)), []);
  assert.deepEqual(orders.toAskFor(after(2)), [order]);
  orders.listed(order, aReport({ status: "canceled", fillCount: count(300), remainingCount: count(0) }), after(3));
  assert.deepEqual([order.phase, order.reported], ["cancelled", 300]);
});

Deno.test("a reduce-only order rests with as much as the exchange takes of it", () => {
  const orders = new Orders();
  const order = orders.send(anIntent({ reduceOnly: true }), EVIDENCE, NOON);
  orders.accepted(order, "o-1", count(100), count(200), NOON);
  assert.equal(order.terms.count, 300);
  assert.equal(remaining(order), 200);
});

Deno.test("while a change is under way the larger count may fill, and both prices are possible", () => {
  const { order } = changing({ ...LARGER, price: price(4_900) });
  assert.equal(remaining(order), 1_500);
  assert.deepEqual(possibleTerms(order).map((terms) => terms.price), [5_000, 4_900]);
  const smaller = changing(SMALLER).order;
  assert.equal(remaining(smaller), 1_000, "it is not smaller before the exchange says so");
});

Deno.test("fills during an amend count once, and the answer's count tells what remains", () => {
  const { orders, order } = changing(LARGER);
  orders.filled(order, count(600), after(1.5));
  assert.equal(remaining(order), 900);
  orders.changed(order, "o-1", LARGER, count(600), count(900), after(2));
  assert.equal(remaining(order), 900);
  assert.equal(orders.short().size, 0);
});

Deno.test("an order filled up to its old count is open as long as it may have become larger", () => {
  const { orders, order } = changing(LARGER);
  orders.filled(order, count(1_000), after(1.5));
  assert.equal(order.phase, "resting");
  assert.equal(remaining(order), 500);
  orders.changeFailed(order, true, "404", after(2));
  assert.equal(order.phase, "unknown");
  orders.listed(order, listing(OLD, { status: "executed", fillCount: count(1_000) }), after(3));
  assert.equal(order.phase, "filled");
});

Deno.test("an order whose fills came before the answer that made it smaller is filled", () => {
  const { orders, order } = changing(SMALLER);
  orders.filled(order, count(400), after(1.5));
  assert.equal(order.phase, "resting");
  orders.changed(order, "o-1", SMALLER, count(0), count(400), after(2));
  assert.equal(order.phase, "filled");
});

Deno.test("a decrease that overtook a fill is exact again with the next word of the exchange", () => {
  const { orders, order } = decreasing(400);
  orders.changed(order, "o-1", null, null, count(400), after(2));
  assert.equal(remaining(order), 400);
  orders.filled(order, count(100), after(2.1));
  assert.equal(remaining(order), 400, "it may have filled before");
  assert.equal(isSettled(order, after(2.1)), false);
  orders.listed(order, listing(OLD, { fillCount: count(100), remainingCount: count(400) }), after(2.2));
  assert.equal(order.terms.count, 500);
  assert.equal(remaining(order), 400);
});

Deno.test("made smaller without a word of its fills, an order is asked for a second later, unless it was listed", () => {
  for (const listed of [true, false]) {
    const { orders, order } = decreasing(400);
    orders.changed(order, "o-1", null, null, count(400), after(2));
    if (listed) orders.listed(order, listing(SMALLER), after(2.5));
    assert.deepEqual(orders.toAskFor(after(2.9)), []);
    assert.deepEqual(orders.toAskFor(after(3)), listed ? [] : [order]);
    assert.equal(order.phase, "resting");
  }
});

Deno.test("after a decrease without a word of its fills, a cancel asks how much had filled", () => {
  const { orders, order } = decreasing(400);
  orders.changed(order, "o-1", null, null, count(400), after(2));
  orders.cancelled(order, after(3), "Gone", count(400));
  assert.equal(order.phase, "resting");
  assert.deepEqual(orders.toAskFor(after(4)), [order]);
});

Deno.test("cancelled before its answer was heard, a reduce-only order is unknown", () => {
  const orders = new Orders();
  const order = orders.send(anIntent({ reduceOnly: true }), EVIDENCE, NOON);
  orders.cancelled(order, after(1), "Gone", count(200));
  assert.equal(order.phase, "unknown");
});

Deno.test("an order that gets another id by a change is found by both", () => {
  const { orders, order } = changing();
  orders.changed(order, "o-2", DEARER, count(0), count(1_000), after(2));
  assert.deepEqual([orders.byOrderId("o-1"), orders.byOrderId("o-2"), order.orderId], [order, order, "o-2"]);
});

Deno.test("one change at a time, none while a cancel is under way, and none of what does not rest", () => {
  const { orders, order } = changing();
  assert.equal(orders.askChange(order, "amend", LARGER, after(2)), false, "one is under way");
  orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(3));
  assert.equal(orders.askCancel(order, after(4), "Gone"), true);
  assert.equal(isSettled(order, after(5)), false);
  assert.equal(orders.askChange(order, "amend", LARGER, after(5)), false, "a cancel is under way");
  orders.cancelFailed(order, false, "503", after(6));
  assert.equal(orders.askChange(order, "amend", LARGER, after(6)), true, "the cancel failed");
  const sent = new Orders();
  assert.equal(sent.askChange(sent.send(anIntent(), EVIDENCE, NOON), "amend", LARGER, after(1)), false);
});

Deno.test("a cancel may be asked for while a change is under way", () => {
  const { orders, order } = changing();
  assert.equal(orders.askCancel(order, after(2), "Gone"), true);
});

Deno.test("a change that is refused again and again is asked for less and less often", () => {
  const { orders, order } = changing();
  const pauses: number[] = [];
  for (let at = 2; pauses.length < 7;) {
    orders.changeFailed(order, false, "invalid_order", after(at));
    let pause = 1;
    while (!orders.askChange(order, "amend", DEARER, after(at + pause))) pause++;
    pauses.push(pause);
    at += pause;
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 30, 30]);
});

Deno.test("the late answer to a change says nothing of the next one", () => {
  const { orders, order } = changing();
  orders.listed(order, listing(DEARER), after(2));
  assert.equal(orders.askChange(order, "amend", LARGER, after(3)), true);
  orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(4));
  assert.notEqual(order.change, null);
  assert.deepEqual(order.terms, DEARER);
});

Deno.test("the late answer to a change that was overtaken takes nothing back", () => {
  const { orders, order } = changing();
  orders.listed(order, listing(DEARER), after(2));
  orders.askChange(order, "amend", LARGER, after(3));
  orders.changed(order, "o-1", LARGER, count(0), count(1_500), after(4));
  orders.changed(order, "o-1", DEARER, count(0), count(1_000), after(5));
  assert.deepEqual(order.terms, LARGER);
});

Deno.test("the late answer to a decrease takes nothing back of an amend with another expiry, and what it tells is asked for", () => {
  const { orders, order } = decreasing(600);
  orders.listed(order, listing({ ...OLD, count: count(600) }), after(2));
  const larger = { ...LARGER, expiresAt: after(120) };
  assert.equal(orders.askChange(order, "amend", larger, after(3)), true);
  orders.changed(order, "o-1", larger, count(0), count(1_500), after(4));
  orders.changed(order, "o-1", null, null, count(600), after(5));
  assert.deepEqual(order.terms, larger);
  assert.deepEqual([order.isVague, orders.toAskFor(after(10)).length], [true, 1]);
});

Deno.test("what the exchange counts ahead holds until the order goes to the end of its queue", () => {
  for (const [terms, kept] of [[LEASED, true], [SMALLER, true], [LARGER, false], [DEARER, false]] as const) {
    const { orders, order } = changing(terms);
    orders.queued(order, count(700));
    orders.changed(order, "o-1", terms, count(0), terms.count, after(2));
    assert.equal(order.queueAhead, kept ? 700 : null);
  }
});

Deno.test("an order of an earlier run with a change under way may have either terms", () => {
  const record: OrderRecord = {
    kind: "order",
    ...anIntent({ postOnly: true, reduceOnly: true }),
    changing: LARGER,
    orderId: "o-1",
    filled: count(0),
    phase: "resting",
    evidence: EVIDENCE,
    sentAt: NOON,
    updatedAt: NOON,
    reason: "",
  };
  const orders = new Orders();
  const order = orders.resume(record);
  assert.equal(remaining(order), 1_500);
  assert.deepEqual([order.intent.postOnly, order.intent.reduceOnly], [true, true]);
  orders.listed(order, listing(LARGER), after(60));
  assert.deepEqual(order.terms, LARGER);
  assert.equal(order.phase, "resting");
});

Deno.test("an order written down by an older version is neither post-only nor reduce-only, and has no expiry", () => {
  const { postOnly: _post, reduceOnly: _reduce, expiresAt: _expires, timeInForce: _force, ...intent } = anIntent();
  const row = {
    ...intent,
    orderId: "o-1",
    filled: count(0),
    phase: "resting",
    evidence: EVIDENCE,
    reason: "",
  } as const;
  const order = new Orders().resume({ kind: "order", ...row, sentAt: NOON, updatedAt: NOON });
  assert.deepEqual(order.terms, OLD);
  assert.deepEqual([order.intent.postOnly, order.intent.reduceOnly, order.change], [false, false, null]);
});

// --- whatever is heard in whatever order ----------------------------------------------------------------------------

/** An exchange of one order: the truth that the words are made of. */
interface Truth {
  terms: OrderTerms;
  filled: number;
  over: boolean;
}

const deed = fc.oneof(
  fc.record({
    kind: fc.constant("ask" as const),
    price: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 20 }),
  }),
  fc.record({ kind: fc.constant("fill" as const), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom("arrives" as const, "answered" as const, "lost" as const, "list" as const) }),
  fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 12 }) }),
);

/** Runs an order and its exchange through deeds; what was never lower than the truth is checked after each. */
function live(
  deeds: readonly (typeof deed extends fc.Arbitrary<infer T> ? T : never)[],
): { order: OrderState; truth: Truth } {
  const orders = new Orders();
  const order = orders.send(anIntent(), EVIDENCE, NOON);
  orders.accepted(order, "o-1", count(0), count(1_000), NOON);
  const truth: Truth = { terms: OLD, filled: 0, over: false };
  let asked: OrderTerms | null = null;
  let answer: (() => void) | null = null;
  let at: Micros = NOON;
  let trades = 0;
  for (const each of deeds) {
    at = micros(at + 100_000);
    if (each.kind === "ask" && asked === null && answer === null) {
      const terms = {
        price: price(each.price * 100),
        count: count(order.reported + each.count * 100),
        expiresAt: null,
      };
      if (orders.askChange(order, "amend", terms, at)) asked = terms;
    } else if (each.kind === "arrives" && asked !== null) {
      const terms: OrderTerms = asked;
      asked = null;
      if (truth.over || terms.count <= truth.filled) {
        const gone = truth.over;
        answer = () => orders.changeFailed(order, gone, "no", at);
      } else {
        truth.terms = terms;
        const filled = count(truth.filled);
        answer = () => orders.changed(order, "o-1", terms, filled, count(terms.count - filled), at);
      }
    } else if (each.kind === "answered") {
      answer?.();
      answer = null;
    } else if (each.kind === "lost" && answer !== null) {
      answer = null;
      orders.unknown(order, "Lost", at);
    } else if (each.kind === "fill" && !truth.over) {
      const size = Math.min(each.count * 100, truth.terms.count - truth.filled);
      truth.filled += size;
      truth.over = truth.filled === truth.terms.count;
      const fill = aFill({ tradeId: `t-${trades++}`, count: count(size) });
      if (orders.isNewExecution(fill)) orders.filled(order, fill.count, at);
    } else if (each.kind === "list") {
      const remainingCount = count(truth.terms.count - truth.filled);
      const said = {
        status: truth.over ? "executed" : "resting",
        fillCount: count(truth.filled),
        remainingCount,
      } as const;
      orders.listed(order, aReport({ ...said, price: truth.terms.price, expiresAt: null }), at);
    } else if (each.kind === "wait") {
      at = micros(at + each.seconds * MICROS_PER_SECOND);
      if (asked === null && answer === null) orders.toAskFor(at);
    }
    const left = truth.over ? 0 : truth.terms.count - truth.filled;
    const coming = asked !== null && !truth.over ? Math.max(0, (asked as OrderTerms).count - truth.filled) : 0;
    assert.ok(remaining(order) >= left, `${remaining(order)} may fill, and ${left} rests`);
    assert.ok(remaining(order) >= coming || order.change === null, "what is on its way counts");
    assert.ok(!isOpen(order) || possibleTerms(order).some((terms) => terms.price === truth.terms.price));
    assert.equal(order.filled, truth.filled);
  }
  return { order, truth };
}

Deno.test("whatever becomes of its changes, no less is reckoned with than rests at the exchange", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
      live(deeds);
    }),
    { seed: 11, numRuns: 2_000 },
  );
});

Deno.test("once it is listed after all is over, an order is as the exchange has it", () => {
  const settle = [
    { kind: "arrives" },
    { kind: "answered" },
    { kind: "wait", seconds: 12 },
    { kind: "list" },
  ] as const;
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
      const { order, truth } = live([...deeds, ...settle]);
      assert.equal(order.phase, truth.over ? "filled" : "resting");
      if (truth.over) return;
      assert.deepEqual(order.terms, truth.terms);
      assert.equal(order.change, null);
      assert.equal(largestCount(order) - truth.filled, remaining(order));
    }),
    { seed: 12, numRuns: 2_000 },
  );
});
