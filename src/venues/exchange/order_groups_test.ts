import assert from "node:assert/strict";
import fc from "fast-check";
import { count, micros, MICROS_PER_MILLISECOND, price } from "../../core/units.ts";
import type { ExchangeEvent, GroupEventKind } from "./events.ts";
import type { MemberOrder } from "./order.ts";
import { GROUP_WINDOW, OrderGroup } from "./order_groups.ts";
import type { CreateOrder, Placed } from "./order_requests.ts";
import { type QuietExchange, quietExchange } from "./quiet_exchange_fixture.ts";
import type { Refusal } from "./refusal.ts";

const SHARD = 2;

interface Grouped extends QuietExchange {
  readonly group: OrderGroup;
  readonly told: GroupEventKind[];
  create(changes: Partial<CreateOrder>): Placed | Refusal;
  place(changes: Partial<CreateOrder>): MemberOrder;
}

/** A quiet exchange with a group of this many whole contracts. */
function grouped(contracts: number, shard = SHARD): Grouped {
  const quiet = quietExchange();
  const told: GroupEventKind[] = [];
  quiet.exchange.listen((event: ExchangeEvent) => {
    if (event.type === "group") told.push(event.kind);
  });
  const { desk, now } = quiet.exchange;
  const group = desk.groups.create(count(contracts * 100), 0, shard, now);
  if ("refused" in group) assert.fail(group.code);
  const create = (changes: Partial<CreateOrder>) =>
    desk.create(quiet.request({ group: group.id, ...changes }), quiet.exchange.now);
  return {
    ...quiet,
    group,
    told,
    create,
    place(changes) {
      const placed = create(changes);
      if ("refused" in placed) assert.fail(`refused: ${placed.code} ${placed.details}`);
      return placed.order;
    },
  };
}

Deno.test("a group that matched more than its limit cancels its orders and takes no new ones until it is reset", () => {
  const { place, create, offer, group, told, exchange } = grouped(5);
  const far = place({ price: price(4_000) });
  const near = place({ price: price(4_500), count: count(600) });
  offer("ask", 4_500, 5);
  assert.deepEqual([group.triggered, near.remaining], [false, 100]);
  offer("ask", 4_500, 1);
  assert.equal(group.triggered, true);
  assert.deepEqual([far.status, near.status], ["canceled", "executed"]);
  const refused = create({});
  assert.ok("refused" in refused && refused.code === "order_group_triggered");
  exchange.desk.groups.reset(group, exchange.now);
  assert.equal(place({ price: price(4_000) }).status, "resting");
  assert.deepEqual(told, ["created", "triggered", "reset"]);
});

Deno.test("what was matched 15 s ago counts no more", () => {
  const { place, group } = grouped(5);
  const at = micros(1_000_000_000);
  group.record(count(500), at);
  assert.equal(group.matched(micros(at + GROUP_WINDOW - 1)), 500);
  assert.equal(group.matched(micros(at + GROUP_WINDOW)), 0);
  assert.equal(place({}).status, "resting");
});

Deno.test("a taker that exceeds its own group's limit loses what rests of it", () => {
  const { place, offer, group } = grouped(3);
  offer("ask", 5_000, 4);
  const taker = place({ price: price(5_000), count: count(1_000) });
  assert.deepEqual([group.triggered, taker.filled, taker.status], [true, 400, "canceled"]);
});

Deno.test("trigger, a limit below what was matched, and delete cancel what rests", () => {
  for (const act of ["trigger", "limit", "delete"] as const) {
    const { place, offer, group, exchange } = grouped(100);
    const { groups } = exchange.desk;
    const order = place({ price: price(4_500) });
    offer("ask", 4_500, 2);
    if (act === "trigger") groups.trigger(group, exchange.now);
    else if (act === "limit") groups.setLimit(group, count(100), exchange.now);
    else groups.delete(group, exchange.now);
    assert.equal(order.status, "canceled", act);
    assert.equal(groups.get(group.id, 0) === null, act === "delete", act);
  }
});

Deno.test("a group of another shard, or of another subaccount, is not found", () => {
  const elsewhere = grouped(5, 0);
  const refused = elsewhere.create({});
  assert.ok("refused" in refused && refused.code === "not_found");
  const { create, exchange } = grouped(5);
  exchange.desk.members.create();
  const other = create({ subaccount: 1 });
  assert.ok("refused" in other && other.code === "not_found");
});

/** Executions of a group's orders, with the milliseconds that pass before each. */
const anyMatches = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 400 }), wait: fc.integer({ min: 0, max: 9_000 }) }),
  { maxLength: 30, size: "max" },
);

Deno.test("whatever is matched when, a group is over its limit just when 15 s hold more than that", () => {
  fc.assert(
    fc.property(anyMatches, fc.integer({ min: 1, max: 10 }), (matches, limit) => {
      const group = new OrderGroup("g", 0, SHARD, count(limit * 100));
      const past: { at: number; count: number }[] = [];
      let at = 1_000_000_000;
      for (const match of matches) {
        at += match.wait * MICROS_PER_MILLISECOND;
        group.record(count(match.count), micros(at));
        past.push({ at, count: match.count });
        const sum = past.filter((each) => each.at > at - GROUP_WINDOW).reduce((total, each) => total + each.count, 0);
        assert.equal(group.matched(micros(at)), sum);
        assert.equal(group.exceeded(micros(at)), sum > limit * 100);
      }
    }),
    { seed: 15, numRuns: 200 },
  );
});

/** Orders of a group and of none, on both sides of a market in which strangers trade. */
const anyActs = fc.array(
  fc.record({
    side: fc.constantFrom("bid" as const, "ask" as const),
    cents: fc.integer({ min: 47, max: 53 }),
    contracts: fc.integer({ min: 1, max: 4 }),
    who: fc.constantFrom("group", "alone", "stranger"),
  }),
  { minLength: 1, maxLength: 30, size: "max" },
);

Deno.test("a triggered group never has an order resting, and never fills again", () => {
  fc.assert(
    fc.property(anyActs, (acts) => {
      const run = grouped(6);
      const { desk } = run.exchange;
      let filledWhenTriggered: number | null = null;
      const filled = () =>
        desk.fills.filter((fill) => fill.order.terms.group === run.group.id).reduce((sum, fill) => sum + fill.count, 0);
      for (const { side, cents, contracts, who } of acts) {
        if (who === "stranger") run.offer(side, cents * 100, contracts);
        else {
          run.create({
            side,
            price: price(cents * 100),
            count: count(contracts * 100),
            group: who === "group" ? run.group.id : null,
          });
        }
        const resting = desk.orders.filter((order) => order.status === "resting" && order.terms.group !== null);
        if (run.group.triggered) assert.equal(resting.length, 0);
        if (run.group.triggered) filledWhenTriggered ??= filled();
        if (filledWhenTriggered !== null) assert.equal(filled(), filledWhenTriggered);
        assert.equal(run.group.triggered, filled() > 600);
      }
    }),
    { seed: 16, numRuns: 100 },
  );
});
