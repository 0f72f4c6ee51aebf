/**
 * What the exchange has an order at, while it is being changed. One change is under way at most; until its answer comes the
 * order may be as it was or as it is to be, and whatever counts risk takes the worse of both.
 *
 * Reads lag the matching engine (KALSHI.md 3.1), and the answers of two connections overtake each other. So terms that the
 * order had until a moment ago are an old read, and say nothing.
 * @module
 */

import type { OrderReport, OrderTerms } from "../core/order.ts";
import { type Count, count, type Micros, MICROS_PER_SECOND, type Price } from "../core/units.ts";

/** Reads that lag more than this behind what was heard are no lag any more (KALSHI.md 3.1 saw 0.4 s to 1 s). */
export const STALE_READ_MAX = 10 * MICROS_PER_SECOND;
/** More changes than fit in that time; the oldest is forgotten first. */
const PAST_MAX = 16;
/** The exchange drops an expired order by itself, and says so within this. */
export const EXPIRY_PATIENCE = 3 * MICROS_PER_SECOND;
/** A change that was refused is asked for again after this at the earliest, */
const CHANGE_RETRY_MIN = 1 * MICROS_PER_SECOND;
/** and later each time, up to this. */
const CHANGE_RETRY_MAX = 30 * MICROS_PER_SECOND;

export interface OrderChange {
  /** A decrease leaves so much, whatever filled meanwhile; an amend so much with what filled. */
  readonly kind: "amend" | "decrease";
  /** How the order is to be; of a decrease as far as its fills are known here. */
  readonly terms: OrderTerms;
  readonly askedAt: Micros;
}

/** How an order was until then. */
interface PastTerms {
  readonly terms: OrderTerms;
  readonly until: Micros;
}

/** The part of an order that changes in place. */
export interface ChangingTerms {
  /** As the exchange was last known to have it. */
  terms: OrderTerms;
  /** Under way without an answer; `null` for none. */
  change: OrderChange | null;
  past: readonly PastTerms[];
  /** The count rests on fills that may not all be known: a decrease was answered without them. */
  isVague: boolean;
  /** Changes in a row that the exchange refused. */
  changeFailures: number;
  changeAgainAt: Micros;
  /** When it was sent, or its price last moved. */
  pricedAt: Micros;
  /** Contracts ahead of it, as the exchange last counted; `null` where it has not since the order took its place. */
  queueAhead: Count | null;
}

export const fixedTerms = (terms: OrderTerms, at: Micros): ChangingTerms => ({
  terms,
  change: null,
  past: [],
  isVague: false,
  changeFailures: 0,
  changeAgainAt: 0 as Micros,
  pricedAt: at,
  queueAhead: null,
});

/** Terms as somebody told them, who may not know the expiry. */
export interface ToldTerms {
  readonly price: Price;
  readonly count: Count;
  readonly expiresAt: Micros | null | undefined;
}

/** Of a resting order: what filled and what remains is what it is for. */
export const termsOf = ({ price, fillCount, remainingCount, expiresAt }: OrderReport): ToldTerms => ({
  price,
  count: count(fillCount + remainingCount),
  expiresAt,
});

/** How the order may be at the exchange. */
export const possibleTerms = ({ terms, change }: ChangingTerms): readonly OrderTerms[] =>
  change === null ? [terms] : [terms, change.terms];

/** How it is, or is to be once the change under way is done. */
export const termsAhead = ({ terms, change }: ChangingTerms): OrderTerms => change?.terms ?? terms;

/** The most that it may be for. */
export const largestCount = ({ terms, change }: ChangingTerms): Count =>
  change !== null && change.terms.count > terms.count ? change.terms.count : terms.count;

/** The exchange refused a change, and the order is as it was. */
export function changeFailed(order: ChangingTerms, at: Micros): void {
  if (order.change === null) return;
  order.change = null;
  order.changeFailures++;
  const pause = Math.min(CHANGE_RETRY_MAX, CHANGE_RETRY_MIN * 2 ** Math.min(order.changeFailures - 1, 10));
  order.changeAgainAt = (at + pause) as Micros;
}

/** The answer to a change. False where it is the answer to another one than that under way: then it says nothing new. */
export function changeAnswered(order: ChangingTerms, told: OrderTerms, kind: OrderChange["kind"], at: Micros): boolean {
  const { change } = order;
  if (change === null) {
    // A decrease tells neither price nor expiry: it may be of before a change that was heard of since.
    if (kind === "decrease" || isPast(order, told, at)) return false;
  } else {
    if (change.kind !== kind) return false;
    if (kind === "amend" && !agrees(told, change.terms)) return false;
    order.change = null;
  }
  order.changeFailures = 0;
  adopt(order, told, at);
  return true;
}

/**
 * The exchange lists the order as resting with these terms.
 * @param inDoubt whether the answer to the change under way was lost
 */
export function termsListed(order: ChangingTerms, told: ToldTerms, inDoubt: boolean, at: Micros): void {
  const { change } = order;
  const lapsed = order.terms.expiresAt !== null && at > order.terms.expiresAt + EXPIRY_PATIENCE;
  const known = { ...told, expiresAt: told.expiresAt === undefined ? (lapsed ? null : undefined) : told.expiresAt };
  if (agrees(known, order.terms)) {
    order.isVague = false;
    // It may be listed from before the change; but not for ever.
    if (inDoubt && change !== null && at - change.askedAt > STALE_READ_MAX) order.change = null;
    return;
  }
  if (isPast(order, known, at)) return;
  if (change !== null && isDone(order, change, known)) {
    order.change = null;
    order.changeFailures = 0;
  }
  order.isVague = false;
  const { expiresAt = order.terms.expiresAt } = known;
  adopt(order, { price: told.price, count: told.count, expiresAt }, at);
}

/** A decrease leaves less than there was; how much depends on fills that may not be known here. */
function isDone(order: ChangingTerms, { kind, terms }: OrderChange, told: ToldTerms): boolean {
  return kind === "amend" ? agrees(told, terms) : told.price === order.terms.price && told.count < order.terms.count;
}

function adopt(order: ChangingTerms, terms: OrderTerms, at: Micros): void {
  const before = order.terms;
  order.terms = terms;
  if (agrees(terms, before)) return;
  order.past = [...order.past, { terms: before, until: at }]
    .filter(({ until }) => at - until <= STALE_READ_MAX).slice(-PAST_MAX);
  // Less size and another expiry keep the place, all else goes to the end of its queue (KALSHI.md 4.7).
  if (terms.price !== before.price || terms.count > before.count) order.queueAhead = null;
  if (terms.price !== before.price) order.pricedAt = at;
}

const isPast = ({ past }: ChangingTerms, told: ToldTerms, at: Micros): boolean =>
  past.some(({ terms, until }) => at - until <= STALE_READ_MAX && agrees(told, terms));

const agrees = (told: ToldTerms, terms: OrderTerms): boolean =>
  told.price === terms.price && told.count === terms.count &&
  (told.expiresAt === undefined || told.expiresAt === terms.expiresAt);
