/**
 * What has to be done so that the open orders of one strategy in one market become what it wants: as little as possible,
 * because every request costs tokens and most changes cost the place in the queue (KALSHI.md 3.3, 4.7). Pure: what is
 * under way is seen in the orders, so that asking again and again leads to nothing more.
 *
 * A wanted order that rests (a level: side, price, kind) is served by up to {@link ORDERS_PER_LEVEL} orders.
 *
 * | the level | the open orders | what is done | tokens |
 * | --- | --- | --- | --- |
 * | wanted | rest there, within the size tolerance | nothing | 0 |
 * | wanted smaller | rest there | the youngest is decreased: it keeps its place; one too many is cancelled | 10, or 2 |
 * | wanted larger | one rests there | one more is placed behind it, which keeps its place | 10 |
 * | wanted larger | two rest there | the younger is amended: it stood last anyway | 10 |
 * | wanted elsewhere | one of its kind rests that nobody wants where it is | the nearest is amended, where a cancel and a new order would cost 12 and two answers | 10 |
 * | wanted elsewhere, nearer the market | it was priced a moment ago | stays until then; a retreat never waits | 0 |
 * | wanted elsewhere | the exchange refused to change it | is cancelled; the level waits | 2 |
 * | wanted there as another kind | rests | is cancelled, for no change makes it that; the level waits | 2 |
 * | wanted | none | is placed | 10 |
 * | not wanted | rests | is cancelled | 2 |
 * | any | sent, unknown, being changed or cancelled | waits where it may double what is wanted | 0 |
 *
 * Never do more contracts of a side lie open, in the worst case, than are wanted there: an order without an answer counts
 * as the larger of what it may be, and one whose cancel is under way counts whole. And nothing is priced so that it
 * could trade with an open order of our own.
 * @module
 */

import type { Side, TimeInForce } from "../core/order.ts";
import type { PriceGrid } from "../core/price_grid.ts";
import { type Count, count, type Micros, type Price } from "../core/units.ts";
import { possibleTerms, termsAhead } from "./order_change.ts";
import { isCancelling, isSettled, type OrderState, remaining } from "./order_state.ts";

/** Wanted orders of one side; what goes beyond is left out, and waits. */
export const TARGETS_PER_SIDE = 8;
/** The first of them keeps its place when more is wanted at its price. */
export const ORDERS_PER_LEVEL = 2;

export interface WantedOrder {
  readonly side: Side;
  readonly price: Price;
  /** To remain open, besides what has filled. */
  readonly count: Count;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly?: boolean;
}

export interface ReconcileSettings {
  /** A difference in size up to so many per cent of what is wanted is not worth a request. */
  readonly sizeTolerance: number;
  /** Between two moves of one order toward the market, microseconds. */
  readonly repriceEvery: number;
  /** Orders can be changed in place; else they are cancelled and placed anew, and their size stays. */
  readonly canChange: boolean;
}

export interface Situation<Wanted extends WantedOrder> {
  readonly at: Micros;
  /** Open orders in the market, of all strategies. */
  readonly open: Iterable<OrderState>;
  /** Whose orders are to match. */
  readonly strategy: string;
  readonly targets: readonly Wanted[];
  readonly grid: PriceGrid;
  readonly settings: ReconcileSettings;
}

/** One thing to do; `wait` says why a target has to. */
export type Move<Wanted> =
  | { readonly kind: "cancel"; readonly order: OrderState; readonly reason: string }
  | { readonly kind: "decrease"; readonly order: OrderState; readonly reduceTo: Count; readonly target: Wanted }
  | {
    readonly kind: "amend";
    readonly order: OrderState;
    readonly price: Price;
    /** What filled and what is to remain. */
    readonly count: Count;
    readonly target: Wanted;
  }
  | { readonly kind: "place"; readonly target: Wanted; readonly count: Count }
  | {
    readonly kind: "wait";
    readonly target: Wanted;
    /** Of another side, which it would trade with; of its own, which may still fill; `null` where it is no order. */
    readonly order: OrderState | null;
    readonly because: "would_meet_own" | "may_double" | "off_grid" | "too_many";
  };

/** All targets of one price and kind that are to rest. */
interface Level<Wanted> {
  readonly target: Wanted;
  wanted: number;
  readonly serving: OrderState[];
}

const filledOf = (order: OrderState): number => Math.max(order.filled, order.reported);

/** What has to be done now, cancels first. */
export function reconcile<Wanted extends WantedOrder>(situation: Situation<Wanted>): readonly Move<Wanted>[] {
  const moves: Move<Wanted>[] = [];
  const open = [...situation.open];
  for (const side of ["bid", "ask"] as const) new SideMatch(situation, side, open, moves).match();
  return moves.sort((a, b) => RANK[a.kind] - RANK[b.kind]);
}

const RANK = { cancel: 0, decrease: 1, amend: 2, place: 3, wait: 4 } as const;

/** One side of the market. */
class SideMatch<Wanted extends WantedOrder> {
  readonly #situation: Situation<Wanted>;
  readonly #side: Side;
  readonly #moves: Move<Wanted>[];
  readonly #own: readonly OrderState[];
  /** Of all strategies, on the other side. */
  readonly #opposite: readonly OrderState[];
  readonly #levels: Level<Wanted>[] = [];
  readonly #takers: Wanted[] = [];
  /** Contracts that may be added without passing what is wanted, in the worst case. */
  #room = 0;

  constructor(situation: Situation<Wanted>, side: Side, open: readonly OrderState[], moves: Move<Wanted>[]) {
    this.#situation = situation;
    this.#side = side;
    this.#moves = moves;
    this.#own = open.filter(({ intent }) => intent.side === side && intent.strategy === situation.strategy);
    this.#opposite = open.filter(({ intent }) => intent.side !== side);
  }

  match(): void {
    this.#sortTargets();
    const loose = this.#assign();
    this.#room = this.#wanted() - this.#own.reduce((sum, order) => sum + remaining(order), 0);
    const free = this.#levels.filter(({ serving }) => serving.length === 0);
    const served = this.#levels.filter(({ serving }) => serving.length > 0);
    for (const level of this.#reprice(free, loose)) this.#place(level.target, level.wanted);
    for (const level of served) this.#resize(level);
    for (const target of this.#takers) this.#place(target, target.count);
  }

  #sortTargets(): void {
    let taken = 0;
    for (const target of this.#situation.targets) {
      if (target.side !== this.#side || target.count <= 0) continue;
      if (!this.#situation.grid.has(target.price)) this.#wait(target, null, "off_grid");
      else if (taken++ >= TARGETS_PER_SIDE) this.#wait(target, null, "too_many");
      else if (target.timeInForce !== "good_till_canceled") this.#takers.push(target);
      else {
        const level = this.#levels.find((each) => each.target.price === target.price && isAlike(each.target, target));
        if (level === undefined) this.#levels.push({ target, wanted: target.count, serving: [] });
        else level.wanted += target.count;
      }
    }
  }

  /** Gives each level the orders that stand there or will; those that nobody wants where they are. */
  #assign(): OrderState[] {
    const loose: OrderState[] = [];
    for (const order of this.#own) {
      const { at } = this.#situation;
      // What has filled by the exchange's count is over as soon as its fills are heard of.
      if (isCancelling(order, at) || remaining(order) === 0) continue;
      const { price } = termsAhead(order);
      if (order.intent.timeInForce !== "good_till_canceled") {
        // It ends with its answer; one that is said to rest all the same is taken back once it is not wanted.
        if (order.phase === "resting" && !this.#takers.some((taker) => taker.price === price)) loose.push(order);
        continue;
      }
      const level = this.#levels.find(({ target }) => target.price === price && isAlike(target, order.intent));
      if (level === undefined) loose.push(order);
      else level.serving.push(order);
    }
    return loose;
  }

  /** What may lie open: what is wanted, and what is kept because the difference is not worth a request. */
  #wanted(): number {
    let sum = this.#takers.reduce((total, target) => total + target.count, 0);
    for (const level of this.#levels) {
      const excess = openIn(level) - level.wanted;
      const stays = !this.#situation.settings.canChange || excess <= this.#tolerance(level);
      sum += level.wanted + (stays ? Math.max(0, excess) : 0);
    }
    return sum;
  }

  #tolerance({ wanted }: Level<Wanted>): number {
    return Math.floor(wanted * this.#situation.settings.sizeTolerance / 100);
  }

  /** Moves orders that nobody wants where they are to where none is. The levels that have to be served otherwise. */
  #reprice(free: readonly Level<Wanted>[], loose: readonly OrderState[]): readonly Level<Wanted>[] {
    const left = new Set(loose);
    const unserved: Level<Wanted>[] = [];
    for (const level of free) {
      const order = this.#nearest(level, left);
      if (order === null) {
        unserved.push(level);
        continue;
      }
      left.delete(order);
      if (isSettled(order, this.#situation.at)) this.#move(order, level);
      else this.#wait(level.target, order, "may_double");
    }
    for (const order of left) this.#cancel(order, this.#unwantedReason(order, free));
    return unserved;
  }

  #unwantedReason(order: OrderState, free: readonly Level<Wanted>[]): string {
    const { price } = termsAhead(order);
    const there = free.find(({ target }) => target.price === price);
    if (there !== undefined) return kindReason(there.target, order.intent);
    return free.length > 0 || this.#takers.length > 0 ? "Wanted at another price" : "No longer wanted";
  }

  #nearest({ target }: Level<Wanted>, orders: ReadonlySet<OrderState>): OrderState | null {
    let best: OrderState | null = null;
    let distance = Infinity;
    for (const order of orders) {
      const { intent, terms, changeFailures } = order;
      if (!this.#situation.settings.canChange || changeFailures > 0 || !isAlike(target, intent)) continue;
      const away = Math.abs(terms.price - target.price);
      if (away >= distance) continue;
      best = order;
      distance = away;
    }
    return best;
  }

  #move(order: OrderState, { target, wanted }: Level<Wanted>): void {
    const { at, settings } = this.#situation;
    const inward = this.#side === "bid" ? target.price > order.terms.price : target.price < order.terms.price;
    if (inward && at - order.pricedAt < settings.repriceEvery) return;
    if (this.#waitsForOwn(target)) return;
    const before = remaining(order);
    const size = wanted - before <= Math.max(0, this.#room) && !order.intent.reduceOnly
      ? wanted
      : Math.min(wanted, before);
    this.#room -= Math.max(0, size - before);
    this.#moves.push({ kind: "amend", order, price: target.price, count: count(filledOf(order) + size), target });
  }

  #resize(level: Level<Wanted>): void {
    const { at, settings } = this.#situation;
    if (level.serving.some((order) => !isSettled(order, at))) return;
    const difference = openIn(level) - level.wanted;
    if (Math.abs(difference) <= this.#tolerance(level)) return;
    if (difference > 0 && settings.canChange) this.#shrink(level, difference);
    if (difference < 0 && level.target.reduceOnly !== true) this.#grow(level, -difference);
  }

  /** The youngest first: the older ones stand before them. */
  #shrink({ serving, target }: Level<Wanted>, excess: number): void {
    for (const order of serving.toReversed()) {
      const left = remaining(order);
      const by = Math.min(left, excess);
      if (by <= 0) return;
      excess -= by;
      if (by === left || order.changeFailures > 0) this.#cancel(order, "Less is wanted");
      else this.#moves.push({ kind: "decrease", order, reduceTo: count(left - by), target });
    }
  }

  #grow({ serving, target }: Level<Wanted>, shortage: number): void {
    const youngest = serving[serving.length - 1];
    if (serving.length < ORDERS_PER_LEVEL) return this.#place(target, shortage);
    if (!this.#situation.settings.canChange || shortage > this.#room) return;
    this.#room -= shortage;
    const whole = count(filledOf(youngest) + remaining(youngest) + shortage);
    this.#moves.push({ kind: "amend", order: youngest, price: target.price, count: whole, target });
  }

  #place(target: Wanted, size: number): void {
    if (this.#waitsForOwn(target)) return;
    if (size > this.#room) return this.#wait(target, this.#own[0] ?? null, "may_double");
    this.#room -= size;
    this.#moves.push({ kind: "place", target, count: count(size) });
  }

  #cancel(order: OrderState, reason: string): void {
    if (order.phase === "resting") this.#moves.push({ kind: "cancel", order, reason });
  }

  #wait(target: Wanted, order: OrderState | null, because: Extract<Move<Wanted>, { kind: "wait" }>["because"]): void {
    this.#moves.push({ kind: "wait", target, order, because });
  }

  /** Whether an order at the target's price could trade with one of our own, open or about to leave. */
  #waitsForOwn(target: Wanted): boolean {
    const crosses = ({ price }: Pick<WantedOrder, "price">): boolean =>
      this.#side === "bid" ? target.price >= price : target.price <= price;
    const met = this.#opposite.find((order) => possibleTerms(order).some(crosses)) ?? null;
    const leaves = this.#moves.some((move) =>
      (move.kind === "place" || move.kind === "amend") && move.target.side !== this.#side && crosses(move.target)
    );
    if (met === null && !leaves) return false;
    this.#wait(target, met, "would_meet_own");
    return true;
  }
}

/** Neither can become the other by a change. */
const isAlike = (
  one: Pick<WantedOrder, "postOnly" | "reduceOnly">,
  other: Pick<WantedOrder, "postOnly" | "reduceOnly">,
): boolean => one.postOnly === other.postOnly && (one.reduceOnly ?? false) === (other.reduceOnly ?? false);

/** In what the wanted one differs from the order at its price, in words; one that is alike was refused a change. */
function kindReason(
  wanted: WantedOrder,
  { postOnly, reduceOnly }: Pick<WantedOrder, "postOnly" | "reduceOnly">,
): string {
  if (wanted.postOnly !== postOnly) return wanted.postOnly ? "Wanted as post-only" : "Wanted without post-only";
  if ((wanted.reduceOnly ?? false) === (reduceOnly ?? false)) return "Wanted anew";
  return wanted.reduceOnly === true ? "Wanted as reduce-only" : "Wanted without reduce-only";
}

const openIn = ({ serving }: Level<unknown>): number => serving.reduce((sum, order) => sum + remaining(order), 0);
