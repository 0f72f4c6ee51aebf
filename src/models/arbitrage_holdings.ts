/**
 * What of the positions in one group is no complete set, and which orders would make it one or close it.
 *
 * | group | complete where | because |
 * | --- | --- | --- |
 * | outcomes of an event | every one is held alike, as many YES or as many NO | then what is paid does not depend on the outcome |
 * | strikes of a ladder | every NO has a YES of an easier strike | whoever reaches the harder one reached the other |
 *
 * What a set cost does not matter any more once it is held. Of the ways to end the exposure the best is the one that leaves
 * most for certain: cash of the orders, less their fees, and what the complete sets pay at least. YES counts as
 * bought for cash and NO as YES sold for cash, so that both are one sum:
 *
 *     certain = cash + c x $1    where each outcome of an event is brought to c contracts, NO below zero
 *
 * A NO that is not held and that nobody offers for a price worth paying is no missing leg: an outcome less makes NO of the
 * others pay $1 less for $1 less.
 * @module
 */

import { worstCaseFee } from "../core/fees.ts";
import type { FeeSchedule } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import { type Count, count, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";

/** A market of a group: what is held in it and at what prices it can be traded. */
export interface HeldLeg {
  /** Positive YES, negative NO. */
  readonly held: Count;
  /** `null` where nobody quotes, and where nothing can be sent. */
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly fees: FeeSchedule;
  /** Whether an order that opens something on this side may be sent; asked only where one is wanted. */
  mayOpen(side: Side): boolean;
  /** Whether NO of it, where none is held, is no missing leg. */
  readonly leftOut: boolean;
}

/** One order that ends an exposure, or a part of it. */
export interface RepairOrder {
  /** Its market's place among the legs. */
  readonly at: number;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  /** Whether it opens something: completes a set. */
  readonly opens: boolean;
}

export interface Repairs {
  /** What leaves most for certain; empty where nobody quotes what is needed. */
  readonly best: readonly RepairOrder[];
  /**
   * What the best costs: what is exposed is worth at the middle of its quotes, less what is certain afterwards. Below zero
   * where completing a set earns something even now.
   */
  readonly loss: Money;
  /** What only closes, as far as somebody quotes it. */
  readonly closing: readonly RepairOrder[];
}

/** What a group says of its outcomes. */
export interface OutcomeRule {
  readonly exclusive: boolean;
  readonly exhaustive: boolean;
}

/** Levels to which the legs of an event may be brought that are compared: where legs fill whole or not there are two. */
const LEVELS_MAX = 32;

/** Of a market's quotes; nobody's bid is $0, nobody's ask $1. */
const middleOf = ({ bid, ask }: HeldLeg): number => ((bid ?? 0) + (ask ?? ONE_DOLLAR_PRICE)) / 2;

/** The most that an order costs beside its price. */
const feeOf = ({ fees }: HeldLeg, at: Price, contracts: number, fillsPerLeg: number): number =>
  worstCaseFee(fees, at, count(contracts), "taker", fillsPerLeg);

/** What it takes to bring a leg to a level. `null` where that needs no order, or none can be sent. */
function orderTo(legs: readonly HeldLeg[], at: number, level: number): RepairOrder | null {
  const { held, bid, ask } = legs[at];
  const side: Side = level > held ? "bid" : "ask";
  const price = side === "bid" ? ask : bid;
  if (level === held || price === null) return null;
  const opens = level * held < 0 || Math.abs(level) > Math.abs(held);
  if (opens && !legs[at].mayOpen(side)) return null;
  return { at, side, price, count: count(Math.abs(level - held)), opens };
}

/** Cash that an order brings, fee paid. */
function cashOf(legs: readonly HeldLeg[], order: RepairOrder, fillsPerLeg: number): number {
  const paid = order.price * order.count * (order.side === "bid" ? -1 : 1);
  return paid - feeOf(legs[order.at], order.price, order.count, fillsPerLeg);
}

/**
 * What the positions in the outcomes of an event need; `null` where they are complete sets, or nothing at all.
 * @param fillsPerLeg how many fills an order may come in, for its fee
 */
export function eventRepairs(legs: readonly HeldLeg[], rule: OutcomeRule, fillsPerLeg: number): Repairs | null {
  const holdsYes = legs.some(({ held }) => held > 0);
  const counted = legs.flatMap(({ held, leftOut }, at) => held !== 0 || holdsYes || !leftOut ? [at] : []);
  const levels = counted.map((at) => legs[at].held);
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  const holding = levels.filter((held) => held !== 0).length;
  if (holding === 0 || (low === high && holding > 1)) return null;
  // A single leg is no set, however alike.
  const matched = low === high ? 0 : low > 0 ? low : high < 0 ? high : 0;
  const closing = counted.flatMap((at) => orderTo(legs, at, matched) ?? []);
  const worth = counted.reduce(
    (sum, at) => sum + (legs[at].held - matched) * middleOf(legs[at]),
    matched * ONE_DOLLAR_PRICE,
  );
  let best: readonly RepairOrder[] = [];
  let most = -Infinity;
  for (const level of levelsToTry(matched, levels, rule)) {
    const orders = counted.map((at) => legs[at].held === level ? undefined : orderTo(legs, at, level));
    if (orders.includes(null)) continue;
    const sent = orders.filter((order) => order !== null && order !== undefined);
    const certain = sent.reduce(
      (sum, order) => sum + cashOf(legs, order, fillsPerLeg),
      level * ONE_DOLLAR_PRICE,
    );
    if (certain <= most) continue;
    most = certain;
    best = sent;
  }
  return { best, loss: money(best.length === 0 ? 0 : Math.ceil(worth - most)), closing };
}

/** What is held alike already first; more of a set only where the outcomes make it one. */
function levelsToTry(matched: number, held: readonly number[], rule: OutcomeRule): readonly number[] {
  const others = [...new Set([0, ...held])].filter((level) =>
    level !== matched && (level === 0 || (level > 0 ? rule.exhaustive : rule.exclusive))
  );
  return [matched, ...others].slice(0, LEVELS_MAX);
}

/**
 * What the positions in the strikes of a ladder need, from the likeliest YES to the least likely; `null` where every NO is
 * covered and no YES is left over. A YES covers the nearest harder NO that is free.
 */
export function ladderRepairs(legs: readonly HeldLeg[], fillsPerLeg: number): Repairs | null {
  const free: { readonly at: number; left: number }[] = [];
  const naked: { readonly at: number; readonly side: Side; readonly left: number }[] = [];
  for (const [at, { held }] of legs.entries()) {
    if (held > 0) free.push({ at, left: held });
    let uncovered = Math.max(0, -held);
    for (let cover = free.at(-1); cover !== undefined && uncovered > 0; cover = free.at(-1)) {
      const covered = Math.min(cover.left, uncovered);
      uncovered -= covered;
      cover.left -= covered;
      if (cover.left === 0) free.pop();
    }
    // NO is closed by buying YES, or covered by YES of an easier strike.
    if (uncovered > 0) naked.push({ at, side: "bid", left: uncovered });
  }
  for (const { at, left } of free) naked.push({ at, side: "ask", left });
  if (naked.length === 0) return null;
  const best: RepairOrder[] = [];
  const closing: RepairOrder[] = [];
  let loss = 0;
  for (const { at, side, left } of naked) {
    const close = orderFor(legs, at, side, left);
    if (close !== null) closing.push(close);
    let chosen = close;
    const others = side === "ask" ? range(at + 1, legs.length) : range(0, at);
    for (const other of others) {
      const order = orderFor(legs, other, side, left);
      if (order === null) continue;
      if (chosen === null || cashOf(legs, order, fillsPerLeg) > cashOf(legs, chosen, fillsPerLeg)) chosen = order;
    }
    if (chosen === null) continue;
    best.push(chosen);
    loss += middleOf(legs[at]) * (side === "ask" ? left : -left) - cashOf(legs, chosen, fillsPerLeg);
  }
  return { best: merged(best), loss: money(Math.ceil(loss)), closing };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);

function orderFor(legs: readonly HeldLeg[], at: number, side: Side, contracts: number): RepairOrder | null {
  return orderTo(legs, at, legs[at].held + (side === "bid" ? contracts : -contracts));
}

/** A market has one order on a side: several strikes may be covered in the same one. */
function merged(orders: readonly RepairOrder[]): readonly RepairOrder[] {
  const byPlace = new Map<number, RepairOrder>();
  for (const order of orders) {
    const before = byPlace.get(order.at);
    byPlace.set(
      order.at,
      before === undefined
        ? order
        : { ...order, count: count(before.count + order.count), opens: before.opens || order.opens },
    );
  }
  return [...byPlace.values()];
}

/** What an order costs against the middle of its market's quotes, fee included. */
export function crossingCost(legs: readonly HeldLeg[], order: RepairOrder, fillsPerLeg: number): Money {
  const leg = legs[order.at];
  const away = Math.abs(order.price - middleOf(leg));
  return money(Math.ceil(away * order.count) + feeOf(leg, order.price, order.count, fillsPerLeg));
}
