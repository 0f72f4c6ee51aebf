/**
 * The order desk and its matching beside a reference model: a plain list of orders, searched from end to end each time.
 * Random sequences of creates, cancels, amendments, decreases and waiting must leave both with the same books, queues,
 * fills, positions and money.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Side, TimeInForce } from "../../core/order.ts";
import { count, micros, MICROS_PER_MILLISECOND, price } from "../../core/units.ts";
import type { SelfTradePrevention } from "./matching.ts";
import { quietExchange } from "./quiet_exchange_fixture.ts";

interface ModelOrder {
  readonly name: string;
  /** 0 for the member, otherwise a stranger. */
  readonly owner: number;
  readonly side: Side;
  price: number;
  remaining: number;
  /** When it joined its queue: lower goes first. */
  turn: number;
  expiresAt: number | null;
}

interface ModelTrade {
  readonly maker: string;
  readonly taker: string;
  readonly price: number;
  readonly count: number;
}

/** Price-time priority in its plainest form. */
class Model {
  orders: ModelOrder[] = [];
  readonly trades: ModelTrade[] = [];
  position = 0;
  #turn = 0;

  /** Orders of a side, the one that trades first in front. */
  queue(side: Side): ModelOrder[] {
    const better = (a: ModelOrder, b: ModelOrder) => (side === "bid" ? b.price - a.price : a.price - b.price);
    return this.orders.filter((order) => order.side === side).sort((a, b) => better(a, b) || a.turn - b.turn);
  }

  #meets(taker: ModelOrder, maker: ModelOrder): boolean {
    return taker.side === "bid" ? maker.price <= taker.price : maker.price >= taker.price;
  }

  place(taker: ModelOrder, prevention: SelfTradePrevention, rests: boolean): void {
    for (const maker of this.queue(taker.side === "bid" ? "ask" : "bid")) {
      if (taker.remaining === 0 || !this.#meets(taker, maker)) break;
      if (maker.owner === taker.owner) {
        if (prevention === "taker_at_cross") return;
        this.remove(maker);
        continue;
      }
      const size = Math.min(taker.remaining, maker.remaining);
      this.trades.push({ maker: maker.name, taker: taker.name, price: maker.price, count: size });
      for (const order of [maker, taker]) {
        order.remaining -= size;
        if (order.owner === 0) this.position += order.side === "bid" ? size : -size;
      }
      if (maker.remaining === 0) this.remove(maker);
    }
    if (!rests || taker.remaining === 0) return;
    taker.turn = this.#turn++;
    this.orders.push(taker);
  }

  remove(order: ModelOrder): void {
    this.orders = this.orders.filter((each) => each !== order);
  }

  expire(now: number): void {
    this.orders = this.orders.filter((order) => order.expiresAt === null || order.expiresAt > now);
  }
}

type Step =
  | { readonly do: "stranger"; readonly side: Side; readonly at: number; readonly contracts: number }
  | {
    readonly do: "create";
    readonly side: Side;
    readonly at: number;
    readonly size: number;
    readonly tif: TimeInForce;
    readonly prevention: SelfTradePrevention;
    readonly postOnly: boolean;
    readonly expiresIn: number | null;
  }
  | { readonly do: "cancel"; readonly which: number }
  | { readonly do: "decrease"; readonly which: number; readonly by: number }
  | { readonly do: "amend"; readonly which: number; readonly at: number | null; readonly size: number }
  | { readonly do: "wait"; readonly milliseconds: number };

/** A few prices close together, so that orders meet. */
const level = fc.integer({ min: 47, max: 53 }).map((cents) => cents * 100);
const anySide = fc.constantFrom<Side>("bid", "ask");
const which = fc.nat(5);
const size = fc.integer({ min: 1, max: 900 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("stranger" as const),
    side: anySide,
    at: level,
    contracts: fc.integer({ min: 1, max: 8 }),
  }),
  fc.record({
    do: fc.constant("create" as const),
    side: anySide,
    at: level,
    size,
    tif: fc.constantFrom<TimeInForce>("good_till_canceled", "immediate_or_cancel", "fill_or_kill"),
    prevention: fc.constantFrom<SelfTradePrevention>("taker_at_cross", "maker"),
    postOnly: fc.boolean(),
    expiresIn: fc.option(fc.integer({ min: 1, max: 20 })),
  }),
  fc.record({ do: fc.constant("cancel" as const), which }),
  fc.record({ do: fc.constant("decrease" as const), which, by: size }),
  // Half of them keep the price: only there can a place in the queue be kept.
  fc.record({ do: fc.constant("amend" as const), which, at: fc.option(level, { freq: 2 }), size }),
  // Milliseconds: in the first half second of a market that has no strike yet, the population leaves it alone.
  fc.record({ do: fc.constant("wait" as const), milliseconds: fc.integer({ min: 1, max: 8 }) }),
);

/** Does the same things to the exchange and to the model. */
class Pair {
  readonly quiet = quietExchange(["slow-strike"]);
  readonly model = new Model();
  /** The exchange's id of each of the member's orders, by the model's name. */
  readonly #ids = new Map<string, string>();
  #number = 0;

  get #mine(): ModelOrder[] {
    return this.model.orders.filter((order) => order.owner === 0).sort((a, b) => a.turn - b.turn);
  }

  #chosen(which: number): ModelOrder | null {
    const mine = this.#mine;
    return mine.length === 0 ? null : mine[which % mine.length];
  }

  perform(step: Step): void {
    const { exchange, market } = this.quiet;
    const { desk } = exchange;
    if (step.do === "wait") {
      exchange.advanceTo(micros(exchange.now + step.milliseconds * MICROS_PER_MILLISECOND));
      this.model.expire(exchange.now);
    } else if (step.do === "stranger") {
      this.quiet.offer(step.side, step.at, step.contracts);
      const order = this.#order(1, step.side, step.at, step.contracts * 100);
      this.model.place(order, "taker_at_cross", true);
    } else if (step.do === "create") {
      this.#create(step);
    } else {
      const order = this.#chosen(step.which);
      if (order === null) return;
      const address = { orderId: this.#id(order), subaccount: 0, shard: null, ticker: market.ticker };
      if (step.do === "cancel") {
        const cancelled = desk.cancel(address, exchange.now);
        assert.ok("reducedBy" in cancelled);
        assert.equal(cancelled.reducedBy, order.remaining);
        this.model.remove(order);
      } else if (step.do === "decrease") {
        const by = Math.min(step.by, order.remaining);
        assert.ok("id" in desk.decrease(address, count(by), null, exchange.now));
        order.remaining -= by;
        if (order.remaining === 0) this.model.remove(order);
      } else {
        this.#amend(order, step.at ?? order.price, step.size);
      }
    }
  }

  #id(order: ModelOrder): string {
    return this.#ids.get(order.name) ?? assert.fail(`${order.name} is unknown to the exchange`);
  }

  #order(owner: number, side: Side, at: number, remaining: number): ModelOrder {
    return { name: `o${this.#number++}`, owner, side, price: at, remaining, turn: -1, expiresAt: null };
  }

  #create(step: Step & { readonly do: "create" }): void {
    const { exchange, request } = this.quiet;
    const order = this.#order(0, step.side, step.at, step.size);
    const rests = step.tif === "good_till_canceled";
    const opposite = this.model.queue(step.side === "bid" ? "ask" : "bid")
      .filter((maker) => (step.side === "bid" ? maker.price <= step.at : maker.price >= step.at));
    const postOnly = rests && step.postOnly;
    const expiresAt = rests && step.expiresIn !== null ? exchange.now + step.expiresIn * MICROS_PER_MILLISECOND : null;
    const placed = exchange.desk.create(
      request({
        side: step.side,
        price: price(step.at),
        count: count(step.size),
        timeInForce: step.tif,
        prevention: step.prevention,
        clientOrderId: order.name,
        postOnly,
        expiresAt: expiresAt === null ? null : micros(expiresAt),
      }),
      exchange.now,
    );
    const others = opposite.filter((maker) => maker.owner !== 0).reduce((sum, maker) => sum + maker.remaining, 0);
    const meetsOwn = opposite.some((maker) => maker.owner === 0);
    if (postOnly && opposite.length > 0) {
      assert.ok("refused" in placed && placed.details === "post only cross");
    } else if (step.tif === "fill_or_kill" && others < step.size && !meetsOwn) {
      assert.ok("refused" in placed && placed.code === "fill_or_kill_insufficient_resting_volume");
    } else {
      assert.ok("order" in placed, "refused" in placed ? `${placed.code} ${placed.details}` : "");
      this.#ids.set(order.name, placed.order.id);
      order.expiresAt = expiresAt;
      this.model.place(order, step.prevention, rests);
    }
  }

  /** Keeps the place for a decrease, and for nothing else. Self-trade prevention is what the order was made with. */
  #amend(order: ModelOrder, at: number, wanted: number): void {
    const { exchange, amendment } = this.quiet;
    const record = exchange.desk.order(this.#id(order)) ?? assert.fail("no such order");
    const crosses = this.model.queue(order.side === "bid" ? "ask" : "bid")
      .some((maker) => (order.side === "bid" ? maker.price <= at : maker.price >= at));
    const amended = exchange.desk.amend(
      amendment(record.id, { side: order.side, price: price(at), count: count(record.filled + wanted) }),
      exchange.now,
    );
    assert.ok("order" in amended, "refused" in amended ? `${amended.code} ${amended.details}` : "");
    if (at === order.price && wanted <= order.remaining) {
      order.remaining = wanted;
      return;
    }
    this.model.remove(order);
    if (record.terms.postOnly && crosses) {
      assert.deepEqual([record.status, record.reason], ["canceled", "PostOnlyCrossCancel"]);
      return;
    }
    order.price = at;
    order.remaining = wanted;
    this.model.place(order, record.terms.prevention, true);
  }

  /** Everything that can be seen must agree. */
  check(): void {
    const { exchange, market } = this.quiet;
    for (const side of ["bid", "ask"] as const) {
      const theirs = [...market.book.orders(side)].map((
        order,
      ) => [order.price, order.remaining, order.member !== null]);
      const mine = this.model.queue(side).map((order) => [order.price, order.remaining, order.owner === 0]);
      assert.deepEqual(theirs, mine, `${side} queue`);
    }
    const [bid, ask] = [market.book.best("bid"), market.book.best("ask")];
    if (bid !== null && ask !== null) assert.ok(bid < ask, `crossed: ${bid} and ${ask}`);
    assert.equal(exchange.desk.account.contracts(market.ticker), this.model.position);
    const fills = exchange.desk.fills.map((fill) => [fill.order.clientOrderId, fill.price, fill.count, fill.isTaker]);
    const wanted = this.model.trades.flatMap((trade) => {
      const mine = this.#ids.has(trade.taker) ? trade.taker : this.#ids.has(trade.maker) ? trade.maker : null;
      return mine === null ? [] : [[mine, trade.price, trade.count, mine === trade.taker]];
    });
    assert.deepEqual(fills, wanted);
    for (const order of exchange.desk.orders) {
      const rests = this.model.orders.some((each) => each.name === order.clientOrderId);
      assert.equal(order.status === "resting", rests, `${order.clientOrderId} is ${order.status}`);
    }
    assert.ok(exchange.desk.available(market.shard) >= 0, "more is bound than there is");
  }
}

Deno.test("whatever is asked in whatever order, desk and reference model agree", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 40, size: "max" }), (steps) => {
      const pair = new Pair();
      for (const step of steps) {
        pair.perform(step);
        pair.check();
      }
      const ledger = pair.quiet.exchange.houseLedger();
      // The stranger of the test stands outside the house: what it won or lost is what the house is missing.
      assert.equal(ledger.contracts + pair.quiet.strangerContracts(), 0);
      assert.equal(ledger.missing + pair.quiet.strangerWorth(), 0);
    }),
    { seed: 2026, numRuns: 200 },
  );
});
