/**
 * The very orders that a live run sent, asked of the paper exchange, on the market data that a paper run of the same
 * recording heard: nothing of ours is in it, and no answer leads to another question. So a difference in one order's fills
 * is not the cause of the next one's.
 * @module
 */

import assert from "node:assert/strict";
import { Book } from "../../src/core/book.ts";
import type { BookDeltaInput, Input } from "../../src/core/input.ts";
import type { Side } from "../../src/core/order.ts";
import type { Market } from "../../src/core/market.ts";
import { type Micros, money, ONE_DOLLAR } from "../../src/core/units.ts";
import { type PaperSettings, PaperVenue } from "../../src/execution/paper.ts";
import type { PaperAnswer } from "../../src/execution/paper_answers.ts";
import type { OrderAction, TakenAction } from "./recorded_run.ts";

/** One execution, whoever says so. */
export interface Execution {
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly price: number;
  readonly count: number;
  readonly fee: number;
  readonly isTaker: boolean;
}

/** An order that the paper exchange did not take. */
export interface Refusal {
  readonly clientOrderId: string;
  readonly reason: string;
  /** Since when the level that stood against it has shown contracts. */
  readonly shownSince: Micros;
}

export interface OnPaper {
  readonly executions: readonly Execution[];
  readonly refusals: readonly Refusal[];
}

class Traded {
  readonly book = new Book();
  readonly mark = null;
  closed = false;
  /** When a level last showed nothing, by ladder and price. */
  readonly #emptyAt = new Map<string, Micros>();

  constructor(public market: Market) {}

  /** Takes a change; false where the book cannot be believed. */
  change({ side, price, delta, at }: BookDeltaInput): boolean {
    const applied = this.book.change(side, price, delta, at) === "applied";
    if (applied && (side === "yes" ? this.book.yes : this.book.no).sizeAt(price) === 0) {
      this.#emptyAt.set(`${side} ${price}`, at);
    }
    return applied;
  }

  /** Since when the best level against an order of this side has shown contracts; 0 where that was before everything. */
  opposedSince(side: Side): Micros {
    const ladder = side === "bid" ? "no" : "yes";
    return this.#emptyAt.get(`${ladder} ${this.book[ladder].best}`) ?? 0 as Micros;
  }
}

/** What the paper exchange makes of these orders, in order. */
export function executionsOnPaper(
  orders: readonly TakenAction[],
  inputs: readonly Input[],
  settings: PaperSettings,
): OnPaper {
  const markets = new Map<string, Traded>();
  const venue = new PaperVenue(settings, (ticker) => markets.get(ticker));
  const executions: Execution[] = [];
  const refusals: Refusal[] = [];
  const hear = (answers: readonly PaperAnswer[]) => {
    for (const answer of answers) {
      if (answer.type === "order_rejected") refusals.push(refusalOf(answer, orders, markets));
      if (answer.type !== "fill") continue;
      const { clientOrderId, ticker, price, count, fee, isTaker } = answer.fill;
      executions.push({ clientOrderId: clientOrderId ?? "", ticker, price, count, fee, isTaker });
    }
  };
  let next = 0;
  for (const input of inputs) {
    // What was decided at an earlier time is on its way.
    for (; next < orders.length && orders[next].at < input.at; next++) ask(venue, orders[next]);
    hear(venue.advance(input.at));
    for (const [ticker, traded] of markets) {
      if (traded.closed || input.at < traded.market.closeTime) continue;
      traded.closed = true;
      hear(venue.onClose(ticker, input.at));
    }
    hear(apply(venue, markets, input));
  }
  assert.equal(next, orders.length, "every order was asked for");
  return { executions, refusals };
}

function refusalOf(
  { clientOrderId, reason }: { readonly clientOrderId: string; readonly reason: string },
  orders: readonly TakenAction[],
  markets: ReadonlyMap<string, Traded>,
): Refusal {
  const sent = orders.find(({ action }) => action.type === "place" && action.intent.clientOrderId === clientOrderId);
  if (sent?.action.type !== "place") throw new Error(`${clientOrderId} was refused and never sent`);
  const { ticker, side } = sent.action.intent;
  return { clientOrderId, reason, shownSince: markets.get(ticker)?.opposedSince(side) ?? 0 as Micros };
}

function ask(venue: PaperVenue, { at, action }: { readonly at: Micros; readonly action: OrderAction }): void {
  switch (action.type) {
    case "place":
      return venue.place(action.intent, at);
    case "amend":
      return venue.amend(action.clientOrderId, action.terms, at);
    case "decrease":
      return venue.decrease(action.clientOrderId, action.reduceTo, at);
    case "cancel":
      return venue.cancel(action.clientOrderId, at);
  }
}

function apply(venue: PaperVenue, markets: Map<string, Traded>, input: Input): readonly PaperAnswer[] {
  if (input.type === "market") {
    const known = markets.get(input.market.ticker);
    if (known === undefined) markets.set(input.market.ticker, new Traded(input.market));
    else known.market = input.market;
    return [];
  }
  const traded = "ticker" in input ? markets.get(input.ticker) : undefined;
  if (traded === undefined) return [];
  switch (input.type) {
    case "book_snapshot":
      traded.book.replace(input.yes, input.no, input.at);
      return venue.onSnapshot(input.ticker, input.at);
    case "book_delta":
      if (traded.closed || !traded.change(input)) return [];
      return venue.onDelta(input);
    case "trade":
      return venue.onTrade(input);
    case "lifecycle":
      if (input.event === "settled") {
        venue.settle(input.ticker, input.result, input.result === "yes" ? ONE_DOLLAR : money(0));
      }
      return [];
    default:
      return [];
  }
}
