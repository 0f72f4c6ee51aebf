/**
 * What a model says of an event: its outcomes, of which exactly one comes true, how likely each is, and what each of the
 * event's markets is in it. Which markets the event has does not matter to the model: a bucket that is missing leaves an
 * outcome in which none of the others is YES.
 * @module
 */

import type { Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";

/** An event by a model. */
export interface EventOutlook {
  /** Of the outcomes; they sum to 1. */
  readonly probabilities: readonly number[];
  /** The same under other suppositions that are as good: how far they differ is the model's doubt. */
  readonly alternatives: readonly (readonly number[])[];
  /** Of a market, whether it is YES in the outcome at a place; `null` where its rule is not known, or decided otherwise. */
  ruleOf(market: Market): ((place: number) => boolean) | null;
  /** The model's mean of the number that settles the event, for the evidence. */
  readonly expected: number | null;
  /** From the close to the payout, about. */
  readonly payoutSeconds: number;
}

/** One market by the model. */
export interface MarketOutlook {
  /** Of YES. */
  readonly probability: number;
  /** What a contract of this side is worth less by the alternative that likes it least; 0 where none does. */
  readonly doubt: Readonly<Record<Side, number>>;
  /** Of each state, whether it is YES. */
  readonly yes: readonly boolean[];
}

/** An event as far as its markets tell its outcomes apart: those in which all of them agree are one state. */
export interface EventStates {
  readonly probabilities: readonly number[];
  /** By ticker; without those whose rule is not known. */
  readonly markets: ReadonlyMap<string, MarketOutlook>;
}

/**
 * The states that these markets make of an outlook.
 *
 * @example
 * ```ts
 * import { aMarket } from "../core/market_fixture.ts";
 * import { statesOf } from "./event_outlook.ts";
 * import assert from "node:assert/strict";
 * const states = statesOf({
 *   probabilities: [0.2, 0.3, 0.5],
 *   alternatives: [[0.25, 0.3, 0.45]],
 *   ruleOf: ({ floorStrike }) => floorStrike === null ? null : (place) => place >= floorStrike,
 *   expected: null,
 *   payoutSeconds: 0,
 * }, [aMarket({ ticker: "TOP", floorStrike: 2 })]);
 * assert.deepEqual(states.probabilities, [0.5, 0.5]);
 * const top = states.markets.get("TOP");
 * assert.deepEqual([top?.probability, top?.doubt.bid.toFixed(2), top?.doubt.ask], [0.5, "0.05", 0]);
 * ```
 */
export function statesOf(outlook: EventOutlook, markets: readonly Market[]): EventStates {
  const known = kept.get(outlook);
  if (known !== undefined && isSame(known.markets, markets)) return known.states;
  const states = makeStates(outlook, markets);
  kept.set(outlook, { markets, states });
  return states;
}

/** What was made of an outlook last, by outlook: it is asked again at every change of a book. */
const kept = new WeakMap<EventOutlook, { readonly markets: readonly Market[]; readonly states: EventStates }>();

const isSame = (some: readonly Market[], others: readonly Market[]): boolean =>
  some.length === others.length && some.every((market, at) => market === others[at]);

function makeStates(outlook: EventOutlook, markets: readonly Market[]): EventStates {
  const { probabilities } = outlook;
  const rules = markets.flatMap((market): { readonly ticker: string; readonly yes: readonly boolean[] }[] => {
    const isYes = outlook.ruleOf(market);
    return isYes === null ? [] : [{ ticker: market.ticker, yes: probabilities.map((_, at) => isYes(at)) }];
  });
  const places = new Map<string, number>();
  /** Of each state, an outcome that is in it. */
  const first: number[] = [];
  const sums: number[] = [];
  for (const [at, probability] of probabilities.entries()) {
    const key = rules.map(({ yes }) => yes[at] ? "y" : "n").join("");
    let place = places.get(key);
    if (place === undefined) {
      places.set(key, place = sums.length);
      first.push(at);
      sums.push(0);
    }
    sums[place] += probability;
  }
  return {
    probabilities: sums,
    markets: new Map(rules.map(({ ticker, yes }) => [ticker, marketOutlook(outlook, yes, first)])),
  };
}

function marketOutlook(
  { probabilities, alternatives }: EventOutlook,
  yes: readonly boolean[],
  first: readonly number[],
): MarketOutlook {
  const probability = probabilityOf(yes, probabilities);
  let bid = 0;
  let ask = 0;
  for (const each of alternatives) {
    const other = probabilityOf(yes, each);
    bid = Math.max(bid, probability - other);
    ask = Math.max(ask, other - probability);
  }
  return { probability, doubt: { bid, ask }, yes: first.map((at) => yes[at]) };
}

/** Sums of rounded probabilities may pass 1 by a hair. */
const probabilityOf = (yes: readonly boolean[], probabilities: readonly number[]): number =>
  Math.min(1, probabilities.reduce((sum, probability, at) => yes[at] ? sum + probability : sum, 0));
