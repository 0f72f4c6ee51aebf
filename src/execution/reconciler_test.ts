import assert from "node:assert/strict";
import fc from "fast-check";
import type { OrderTerms, Side } from "../core/order.ts";
import { NAMED_PRICE_RANGES, PriceGrid } from "../core/price_grid.ts";
import { count, type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND, price } from "../core/units.ts";
import { after, anIntent, EVIDENCE, NOON } from "./order_fixture.ts";
import { isOpen, type OrderState, remaining } from "./order_state.ts";
import { Orders } from "./orders.ts";
import { type Move, reconcile, type ReconcileSettings, TARGETS_PER_SIDE, type WantedOrder } from "./reconciler.ts";

const grid = PriceGrid.from(NAMED_PRICE_RANGES.linear_cent) as PriceGrid;
const SETTINGS: ReconcileSettings = { sizeTolerance: 10, repriceEvery: 200 * MICROS_PER_MILLISECOND, canChange: true };
const STRATEGY = anIntent().strategy;

const wanted = (side: Side, at: number, contracts: number, change: Partial<WantedOrder> = {}): WantedOrder => ({
  side,
  price: price(at),
  count: count(contracts),
  timeInForce: "good_till_canceled",
  postOnly: false,
  ...change,
});

interface Resting {
  readonly side?: Side;
  readonly at: number;
  readonly left: number;
  readonly filled?: number;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly strategy?: string;
}

/** Orders that rest since noon, named a, b, c, ... */
function resting(list: readonly Resting[]): { orders: Orders; named: OrderState[] } {
  const orders = new Orders();
  const named = list.map(({ side = "bid", at, left, filled = 0, ...rest }, index) => {
    const clientOrderId = String.fromCharCode(97 + index);
    const size = count(left + filled);
    const order = orders.send(
      anIntent({ clientOrderId, side, price: price(at), count: size, ...rest }),
      EVIDENCE,
      NOON,
    );
    orders.accepted(order, `o-${clientOrderId}`, count(filled), count(left), NOON);
    if (filled > 0) orders.filled(order, count(filled), NOON);
    return order;
  });
  return { orders, named };
}

/** A move in a line: `amend a 5100 1000`. */
function line(move: Move<WantedOrder>): string {
  const id = "order" in move ? move.order?.intent.clientOrderId ?? "-" : "";
  switch (move.kind) {
    case "cancel":
      return `cancel ${id}: ${move.reason}`;
    case "decrease":
      return `decrease ${id} to ${move.reduceTo}`;
    case "amend":
      return `amend ${id} ${move.price} ${move.count}`;
    case "place":
      return `place ${move.target.side} ${move.target.price} ${move.count}`;
    case "wait":
      return `wait ${move.target.side} ${move.target.price} for ${id}: ${move.because}`;
  }
}

interface Case {
  readonly orders: readonly Resting[];
  readonly prepare?: (orders: Orders, named: readonly OrderState[]) => void;
  readonly targets: readonly WantedOrder[];
  readonly settings?: Partial<ReconcileSettings>;
  readonly at?: Micros;
  readonly moves: readonly string[];
}

const bid = (at: number, left: number, filled = 0): Resting => ({ at, left, filled });

const CASES: Readonly<Record<string, Case>> = {
  "what rests as it is wanted stays": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_000, 1_000)],
    moves: [],
  },
  "a difference in size within the tolerance is not worth a request": {
    orders: [bid(5_000, 1_100), { side: "ask", at: 5_500, left: 900 }],
    targets: [wanted("bid", 5_000, 1_000), wanted("ask", 5_500, 1_000)],
    moves: [],
  },
  "less is wanted: it is decreased, and keeps its place": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_000, 400)],
    moves: ["decrease a to 400"],
  },
  "less is wanted of two: the younger goes first": {
    orders: [bid(5_000, 600), bid(5_000, 400)],
    targets: [wanted("bid", 5_000, 500)],
    moves: ["cancel b: Less is wanted", "decrease a to 500"],
  },
  "more is wanted: one more is placed behind, and the first keeps its place": {
    orders: [bid(5_000, 600, 400)],
    targets: [wanted("bid", 5_000, 1_000)],
    moves: ["place bid 5000 400"],
  },
  "more is wanted of two: the younger is amended": {
    orders: [bid(5_000, 600, 400), bid(5_000, 400)],
    targets: [wanted("bid", 5_000, 1_500)],
    moves: ["amend b 5000 900"],
  },
  "another price: it is amended, with what has filled": {
    orders: [bid(5_000, 600, 400)],
    targets: [wanted("bid", 4_900, 600)],
    moves: ["amend a 4900 1000"],
  },
  "another price and more: no more than rests goes before it is sure that it does not double": {
    orders: [bid(5_000, 600)],
    targets: [wanted("bid", 4_900, 1_000)],
    moves: ["amend a 4900 1000"],
  },
  "an order at a better price is the one that is amended": {
    orders: [bid(4_000, 1_000), bid(4_900, 1_000)],
    targets: [wanted("bid", 5_000, 1_000), wanted("bid", 4_000, 1_000)],
    moves: ["amend b 5000 1000"],
  },
  "toward the market an order moves now and then only": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_100, 1_000)],
    at: micros(NOON + 199_999),
    moves: [],
  },
  "and away from it at once": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 4_900, 1_000)],
    at: micros(NOON + 1),
    moves: ["amend a 4900 1000"],
  },
  "another kind cannot be had by a change": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_000, 1_000, { postOnly: true })],
    moves: ["cancel a: Wanted as post-only", "wait bid 5000 for a: may_double"],
  },
  "nor reduce-only by one, and the reason says so": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_000, 1_000, { reduceOnly: true })],
    moves: ["cancel a: Wanted as reduce-only", "wait bid 5000 for a: may_double"],
  },
  "nor the other way round": {
    orders: [{ ...bid(5_000, 1_000), reduceOnly: true }],
    targets: [wanted("bid", 5_000, 1_000)],
    moves: ["cancel a: Wanted without reduce-only", "wait bid 5000 for a: may_double"],
  },
  "what rests at a price between those that are wanted is wanted elsewhere": {
    orders: [{ ...bid(4_950, 1_000), reduceOnly: true }],
    targets: [wanted("bid", 5_000, 1_000)],
    moves: ["cancel a: Wanted at another price", "wait bid 5000 for a: may_double"],
  },
  "a taker waits until what rests is gone": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_100, 500, { timeInForce: "immediate_or_cancel" })],
    moves: ["cancel a: Wanted at another price", "wait bid 5100 for a: may_double"],
  },
  "what nobody wants is cancelled": { orders: [bid(5_000, 1_000)], targets: [], moves: ["cancel a: No longer wanted"] },
  "orders of another strategy are left alone": {
    orders: [{ ...bid(5_000, 1_000), strategy: "other" }],
    targets: [wanted("bid", 5_000, 1_000)],
    moves: ["place bid 5000 1000"],
  },
  "several prices a side": {
    orders: [bid(5_000, 1_000)],
    targets: [wanted("bid", 5_000, 1_000), wanted("bid", 4_900, 2_000), wanted("bid", 4_800, 3_000)],
    moves: ["place bid 4900 2000", "place bid 4800 3000"],
  },
  "a ladder that moves by one step moves one order": {
    orders: [bid(5_000, 1_000), bid(4_900, 1_000), bid(4_800, 1_000)],
    targets: [wanted("bid", 4_900, 1_000), wanted("bid", 4_800, 1_000), wanted("bid", 4_700, 1_000)],
    moves: ["amend a 4700 1000"],
  },
  "an order that would trade with an own one of another strategy waits": {
    orders: [{ side: "ask", at: 5_000, left: 500, strategy: "other" }],
    targets: [wanted("bid", 5_000, 1_000)],
    moves: ["wait bid 5000 for a: would_meet_own"],
  },
  "an order is not moved through an own one": {
    orders: [bid(4_900, 1_000), { side: "ask", at: 5_000, left: 1_000 }],
    targets: [wanted("bid", 5_000, 1_000), wanted("ask", 5_100, 1_000)],
    moves: ["amend b 5100 1000", "wait bid 5000 for b: would_meet_own"],
  },
  "a target that would trade with a target waits": {
    orders: [],
    targets: [wanted("bid", 5_000, 1_000), wanted("ask", 5_000, 1_000)],
    moves: ["place bid 5000 1000", "wait ask 5000 for -: would_meet_own"],
  },
  "an order without an answer blocks what could double it": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => orders.unknown(order, "Time-out", NOON),
    targets: [wanted("bid", 4_900, 1_000)],
    moves: ["wait bid 4900 for a: may_double"],
  },
  "an order on its way serves its level": {
    orders: [],
    prepare: (orders) => void orders.send(anIntent({ clientOrderId: "a" }), EVIDENCE, NOON),
    targets: [wanted("bid", 5_000, 1_000)],
    moves: [],
  },
  "an order being changed is left alone until its answer": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => void orders.askChange(order, "amend", terms(4_900, 1_000), NOON),
    targets: [wanted("bid", 4_800, 1_000)],
    moves: ["wait bid 4800 for a: may_double"],
  },
  "an order being changed that nobody wants any more is cancelled": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => void orders.askChange(order, "amend", terms(4_900, 1_000), NOON),
    targets: [],
    moves: ["cancel a: No longer wanted"],
  },
  "an order being amended at both of its prices is in the way": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => void orders.askChange(order, "amend", terms(4_900, 1_000), NOON),
    targets: [wanted("bid", 4_900, 1_000), wanted("ask", 5_000, 1_000)],
    moves: ["wait ask 5000 for a: would_meet_own"],
  },
  "an order whose cancel is under way counts whole": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => void orders.askCancel(order, NOON, "Gone"),
    targets: [wanted("bid", 5_000, 1_000)],
    moves: ["wait bid 5000 for a: may_double"],
  },
  "an order that the exchange would not change is cancelled": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => {
      orders.askChange(order, "amend", terms(4_900, 1_000), NOON);
      orders.changeFailed(order, false, "invalid_order", NOON);
    },
    targets: [wanted("bid", 4_900, 1_000)],
    moves: ["cancel a: Wanted at another price", "wait bid 4900 for a: may_double"],
  },
  "an order that has filled by the exchange's count is over, and nobody changes it": {
    orders: [bid(5_000, 1_000)],
    prepare: (orders, [order]) => {
      orders.unknown(order, "Time-out", NOON);
      order.reported = count(1_000);
    },
    targets: [wanted("bid", 4_900, 1_000)],
    moves: ["place bid 4900 1000"],
  },
  "a reduce-only order that the exchange shrank is not made larger": {
    orders: [{ ...bid(5_000, 300), reduceOnly: true }],
    targets: [wanted("bid", 5_000, 1_000, { reduceOnly: true })],
    moves: [],
  },
  "where nothing can be changed an order is cancelled, and its size stays": {
    orders: [bid(5_000, 1_000), bid(4_900, 600)],
    targets: [wanted("bid", 5_100, 1_000), wanted("bid", 4_900, 300)],
    settings: { canChange: false },
    moves: ["cancel a: Wanted at another price", "wait bid 5100 for a: may_double"],
  },
  "a price off the grid is not sent": {
    orders: [],
    targets: [wanted("bid", 5_050, 1_000)],
    moves: ["wait bid 5050 for -: off_grid"],
  },
  "no more prices a side than the bound": {
    orders: [],
    targets: Array.from({ length: TARGETS_PER_SIDE + 1 }, (_, step) => wanted("bid", 5_000 - 100 * step, 100)),
    moves: [
      ...Array.from({ length: TARGETS_PER_SIDE }, (_, step) => `place bid ${5_000 - 100 * step} 100`),
      "wait bid 4200 for -: too_many",
    ],
  },
};

function terms(at: number, size: number): OrderTerms {
  return { price: price(at), count: count(size), expiresAt: null };
}

for (const [name, { orders: list, prepare, targets, settings, at = after(10), moves }] of Object.entries(CASES)) {
  Deno.test(`reconciler: ${name}`, () => {
    const { orders, named } = resting(list);
    const now = prepare === undefined ? at : NOON;
    prepare?.(orders, named);
    const situation = {
      at: now,
      open: orders.openIn(anIntent().ticker),
      strategy: STRATEGY,
      targets,
      grid,
      settings: { ...SETTINGS, ...settings },
    };
    assert.deepEqual(reconcile(situation).map(line), moves);
  });
}

// --- against an exchange --------------------------------------------------------------------------------------------

interface Standing {
  readonly side: Side;
  at: number;
  left: number;
  filled: number;
  over: boolean;
}

/** A letter that may be lost, and arrives in any order. */
interface Letter {
  readonly arrive: () => void;
  /** Of a request: it never reached the exchange. Of an answer: nobody will hear it. */
  readonly lose: (() => void) | null;
  readonly writtenAt: Micros;
}

const OLDEST_LETTER = 5 * MICROS_PER_SECOND;

/** An exchange that does what it is asked, and a trader whose letters to it are late, shuffled and lost. */
class World {
  readonly orders = new Orders();
  readonly exchange = new Map<string, Standing>();
  targets: readonly WantedOrder[] = [];
  at: Micros = NOON;
  requests = 0;
  losses = 0;
  fills = 0;
  readonly #letters: Letter[] = [];
  readonly #settings: ReconcileSettings;
  #random: number;
  #ids = 0;

  constructor(seed: number, settings: ReconcileSettings) {
    this.#random = seed >>> 0;
    this.#settings = settings;
  }

  get letters(): number {
    return this.#letters.length;
  }

  /** 0 up to but without `bound`. */
  pick(bound: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(this.#random / 2 ** 32 * bound);
  }

  /** Some time passes, and one thing happens. */
  step(careless: boolean): void {
    this.at = micros(this.at + (this.pick(5) + 1) * 50 * MICROS_PER_MILLISECOND);
    if (careless && this.pick(4) === 0) this.#fill();
    else if (this.#letters.length > 0) this.#deliver(careless);
    for (const order of this.orders.toAskFor(this.at)) this.#ask(order);
    this.act();
    this.#check();
  }

  act(): void {
    const { at, targets } = this;
    const open = this.orders.openIn(anIntent().ticker);
    for (const move of reconcile({ at, open, strategy: STRATEGY, targets, grid, settings: this.#settings })) {
      this.#perform(move);
    }
  }

  #perform(move: Move<WantedOrder>): void {
    if (move.kind === "place") {
      const { side, price: limit } = move.target;
      const clientOrderId = `bot-${++this.#ids}`;
      const order = this.orders.send(
        anIntent({ clientOrderId, side, price: limit, count: move.count }),
        EVIDENCE,
        this.at,
      );
      this.#grew(side);
      this.#request(order, () => {
        this.exchange.set(clientOrderId, { side, at: limit, left: move.count, filled: 0, over: false });
        return (order) => this.orders.accepted(order, `o-${clientOrderId}`, count(0), move.count, this.at);
      });
    } else if (move.kind === "amend") {
      const { order, price: limit, count: whole } = move;
      const before = remaining(order);
      if (!this.orders.askChange(order, "amend", { ...order.terms, price: limit, count: whole }, this.at)) return;
      if (remaining(order) > before) this.#grew(order.intent.side);
      this.#change(order, (standing) => whole - standing.filled, { ...order.terms, price: limit, count: whole });
    } else if (move.kind === "decrease") {
      const { order, reduceTo } = move;
      const whole = count(Math.max(order.filled, order.reported) + reduceTo);
      if (!this.orders.askChange(order, "decrease", { ...order.terms, count: whole }, this.at)) return;
      this.#change(order, (standing) => reduceTo <= standing.left ? reduceTo : 0, null);
    } else if (move.kind === "cancel") {
      const { order } = move;
      if (!this.orders.askCancel(order, this.at, move.reason)) return;
      this.#request(order, (standing) => {
        if (standing === undefined || standing.over) return () => this.orders.cancelFailed(order, true, "404", this.at);
        const reducedBy = count(standing.left);
        Object.assign(standing, { left: 0, over: true });
        return () => this.orders.cancelled(order, this.at, "", reducedBy);
      });
    }
  }

  /** @param leftOf what is to remain; nothing or less is refused */
  #change(order: OrderState, leftOf: (standing: Standing) => number, to: OrderTerms | null): void {
    this.#request(order, (standing) => {
      if (standing === undefined || standing.over) return () => this.orders.changeFailed(order, true, "404", this.at);
      const left = leftOf(standing);
      if (left <= 0) return () => this.orders.changeFailed(order, false, "invalid_order_size", this.at);
      standing.left = left;
      if (to !== null) standing.at = to.price;
      const filled = to === null ? null : count(standing.filled);
      return () => this.orders.changed(order, order.orderId ?? "", to, filled, count(left), this.at);
    });
  }

  /** Sends something; what the exchange makes of it is the answer, which comes later or never. */
  #request(order: OrderState, perform: (standing: Standing | undefined) => (order: OrderState) => void): void {
    this.requests++;
    const id = order.intent.clientOrderId;
    const unanswered = (): void => {
      this.losses++;
      this.orders.unknown(order, "Lost", this.at);
    };
    this.#write(() => {
      const answer = perform(this.exchange.get(id));
      this.#write(() => answer(order), unanswered);
    }, unanswered);
  }

  #ask(order: OrderState): void {
    const id = order.intent.clientOrderId;
    this.#write(() => {
      const standing = this.exchange.get(id);
      if (standing === undefined) return this.#write(() => this.orders.absent(order, this.at));
      const report = {
        orderId: `o-${id}`,
        clientOrderId: id,
        ticker: order.intent.ticker,
        side: standing.side,
        price: price(standing.at),
        status: !standing.over ? "resting" : standing.left === 0 && standing.filled > 0 ? "executed" : "canceled",
        initialCount: order.intent.count,
        fillCount: count(standing.filled),
        remainingCount: count(standing.left),
      } as const;
      this.#write(() => this.orders.listed(order, report, this.at));
    });
  }

  #write(arrive: () => void, lose: (() => void) | null = null): void {
    this.#letters.push({ arrive, lose, writtenAt: this.at });
  }

  /** Any letter, but none that is too old is left lying. */
  #deliver(careless: boolean): void {
    const late = this.#letters.findIndex(({ writtenAt }) => this.at - writtenAt > OLDEST_LETTER);
    const [letter] = this.#letters.splice(late >= 0 ? late : this.pick(this.#letters.length), 1);
    if (careless && letter.lose !== null && this.pick(8) === 0) letter.lose();
    else letter.arrive();
  }

  #fill(): void {
    const open = [...this.exchange].filter(([, { over }]) => !over);
    if (open.length === 0) return;
    const [id, standing] = open[this.pick(open.length)];
    const size = Math.min(standing.left, (this.pick(5) + 1) * 100);
    standing.left -= size;
    standing.filled += size;
    if (standing.left === 0) standing.over = true;
    this.fills++;
    const order = this.orders.get(id);
    if (order !== undefined) this.#write(() => this.orders.filled(order, count(size), this.at));
  }

  /** What may lie open of a side, whichever letters arrive. */
  #worst(side: Side): number {
    let sum = 0;
    for (const order of this.orders.open()) {
      if (order.intent.side !== side) continue;
      const standing = this.exchange.get(order.intent.clientOrderId);
      const filled = standing?.filled ?? 0;
      const asked = order.change === null ? 0 : order.change.terms.count - filled;
      const left = standing === undefined ? order.intent.count : standing.over ? 0 : standing.left;
      sum += Math.max(left, standing?.over ? 0 : asked);
    }
    return sum;
  }

  #grew(side: Side): void {
    const { sizeTolerance, canChange } = this.#settings;
    const open = [...this.orders.open()];
    let most = 0;
    for (const target of this.targets) {
      if (target.side !== side) continue;
      const there = open.filter(({ intent, terms }) => intent.side === side && terms.price === target.price);
      // Where nothing can be changed, what rests at its price is left as large as it is.
      const kept = canChange ? 0 : there.reduce((sum, order) => sum + remaining(order), 0);
      most += Math.max(kept, Math.floor(target.count * (1 + sizeTolerance / 100)));
    }
    const worst = this.#worst(side);
    assert.ok(worst <= most, `${worst} contracts of a ${side} may lie open, ${most} may at most`);
  }

  #check(): void {
    const open = [...this.exchange.values()].filter(({ over }) => !over);
    const bids = open.filter(({ side }) => side === "bid").map(({ at }) => at);
    const asks = open.filter(({ side }) => side === "ask").map(({ at }) => at);
    assert.ok(Math.max(0, ...bids) < Math.min(10_000, ...asks), "two own orders would trade with each other");
  }
}

/** Bids below 0.50 and asks above: targets that do not trade with each other, at prices that move between plans. */
const plan = fc.record({
  bids: fc.uniqueArray(fc.integer({ min: 40, max: 49 }), { maxLength: 4 }),
  asks: fc.uniqueArray(fc.integer({ min: 50, max: 59 }), { maxLength: 4 }),
  shift: fc.integer({ min: -20, max: 20 }),
  sizes: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 8, maxLength: 8 }),
  steps: fc.integer({ min: 0, max: 40 }),
}).map(({ bids, asks, shift, sizes, steps }) => ({
  steps,
  targets: [
    ...bids.map((cents, k) => wanted("bid", (cents + shift) * 100, sizes[k] * 100)),
    ...asks.map((cents, k) => wanted("ask", (cents + shift) * 100, sizes[4 + k] * 100)),
  ],
}));

const QUIET_STEPS = 2_000;

/** Lets the world go on until nothing more happens. The steps that it took. */
function settle(world: World): void {
  let idle = 0;
  for (let step = 0; step < QUIET_STEPS && idle < 100; step++) {
    const before = world.requests;
    world.step(false);
    const unsure = [...world.orders.open()].some((order) => order.phase !== "resting" || order.change !== null);
    idle = world.requests === before && world.letters === 0 && !unsure ? idle + 1 : 0;
  }
  assert.ok(idle >= 100, "it goes on and on");
}

/** What rests at the exchange is what is wanted, to the tolerance. */
function assertReached(world: World, { sizeTolerance }: ReconcileSettings): void {
  const rests = new Map<string, number>();
  for (const { side, at, left, over } of world.exchange.values()) {
    if (!over) rests.set(`${side} ${at}`, (rests.get(`${side} ${at}`) ?? 0) + left);
  }
  for (const target of world.targets) {
    const key = `${target.side} ${target.price}`;
    const off = Math.abs((rests.get(key) ?? 0) - target.count);
    assert.ok(
      off <= target.count * sizeTolerance / 100,
      `${key}: ${rests.get(key) ?? 0} rest, ${target.count} are wanted`,
    );
    rests.delete(key);
  }
  assert.deepEqual([...rests], [], "what nobody wants rests");
}

for (const canChange of [true, false]) {
  const how = canChange ? "by changes in place" : "by cancels and new orders";
  // Without changes the size of what rests stays, so only where nothing fills is the target reached to the contract.
  const settings = { ...SETTINGS, canChange };
  Deno.test(`from any order state, with answers in any order, the target is reached ${how}`, () => {
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 5 }), fc.integer(), (plans, seed) => {
        const world = new World(seed, settings);
        for (const { targets, steps } of plans) {
          world.targets = targets;
          for (let step = 0; step < steps; step++) world.step(canChange);
        }
        settle(world);
        if (canChange) assertReached(world, settings);
        else for (const order of world.orders.open()) assert.ok(isWanted(order, world.targets));
      }),
      { seed: 21, numRuns: 400 },
    );
  });
}

function isWanted({ intent, terms: { price: at } }: OrderState, targets: readonly WantedOrder[]): boolean {
  return targets.some((target) => target.side === intent.side && target.price === at);
}

Deno.test("where nothing is lost and nothing fills, one request for each order and each target is enough", () => {
  fc.assert(
    fc.property(plan, plan, fc.integer(), (first, second, seed) => {
      const world = new World(seed, SETTINGS);
      world.targets = first.targets;
      settle(world);
      const orders = world.orders.openCount;
      assert.equal(world.requests, first.targets.length);
      world.requests = 0;
      world.targets = second.targets;
      settle(world);
      assertReached(world, SETTINGS);
      const most = Math.max(orders, second.targets.length) + second.targets.length;
      assert.ok(
        world.requests <= most,
        `${world.requests} requests for ${orders} orders and ${second.targets.length} targets`,
      );
    }),
    { seed: 22, numRuns: 400 },
  );
});

Deno.test("however much is lost, the number of requests is bounded by what happened", () => {
  fc.assert(
    fc.property(fc.array(plan, { minLength: 1, maxLength: 4 }), fc.integer(), (plans, seed) => {
      const world = new World(seed, SETTINGS);
      let targets = 0;
      for (const each of plans) {
        world.targets = each.targets;
        targets += each.targets.length;
        for (let step = 0; step < each.steps; step++) world.step(true);
      }
      settle(world);
      // Each target costs a change of an order and perhaps one of its size; each loss and each fill one more of both.
      const most = 3 * targets + 3 * (world.losses + world.fills);
      assert.ok(world.requests <= most, `${world.requests} requests, ${most} expected at most`);
      assert.ok([...world.orders.open()].every(isOpen));
    }),
    { seed: 23, numRuns: 300 },
  );
});
