/**
 * The very orders that a live run sent, asked of the paper exchange by several fill models at once, on market data in which
 * nothing of ours is. No answer leads to another question, so that a difference in one order's fills is not the cause of
 * the next one's.
 * @module
 */

import type { AmendAction, CancelAction, DecreaseAction, PlaceAction } from "../../core/action.ts";
import { Book } from "../../core/book.ts";
import type { BookDeltaInput, Input } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import type { Side } from "../../core/order.ts";
import { type Micros, money, ONE_DOLLAR } from "../../core/units.ts";
import { type PaperSettings, PaperVenue } from "../../execution/paper.ts";
import type { PaperAnswer } from "../../execution/paper_answers.ts";

export type OrderAction = PlaceAction | AmendAction | DecreaseAction | CancelAction;

/** What was asked of an order, and when it was decided. */
export interface TakenAction {
  readonly at: Micros;
  readonly action: OrderAction;
}

/** One execution, whoever says so. */
export interface Execution {
  readonly at: Micros;
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

/** A market as paper trades it. */
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

/** One fill model at work, and what came of it. */
class Model {
  readonly venue: PaperVenue;
  readonly executions: Execution[] = [];
  readonly refusals: Refusal[] = [];
  readonly #refused: (clientOrderId: string, reason: string) => Refusal;

  constructor(
    settings: PaperSettings,
    market: (ticker: string) => Traded | undefined,
    refused: (clientOrderId: string, reason: string) => Refusal,
  ) {
    this.venue = new PaperVenue(settings, market);
    this.#refused = refused;
  }

  hear(answers: readonly PaperAnswer[]): void {
    for (const answer of answers) {
      if (answer.type === "order_rejected") this.refusals.push(this.#refused(answer.clientOrderId, answer.reason));
      if (answer.type !== "fill") continue;
      const { clientOrderId, ticker, price, count, fee, isTaker } = answer.fill;
      const { at } = answer;
      this.executions.push({ at, clientOrderId: clientOrderId ?? "", ticker, price, count, fee, isTaker });
    }
  }
}

/** Takes inputs and what was asked, in order of time. All models share the books. */
export class OrdersOnPaper {
  readonly #markets = new Map<string, Traded>();
  readonly #models: readonly Model[];
  /** Sent, for what is told of refusals: as many as the run sent. */
  readonly #sent = new Map<string, { readonly ticker: string; readonly side: Side }>();
  #underWay: TakenAction[] = [];

  constructor(settings: readonly PaperSettings[]) {
    const market = (ticker: string): Traded | undefined => this.#markets.get(ticker);
    this.#models = settings.map((each) => new Model(each, market, (id, reason) => this.#refusal(id, reason)));
  }

  /** What came of the orders so far, by model. */
  get results(): readonly OnPaper[] {
    return this.#models;
  }

  /** Orders that no later input has sent on their way yet. */
  get waiting(): number {
    return this.#underWay.length;
  }

  /** What was decided at this time. */
  ask(taken: TakenAction): void {
    this.#underWay.push(taken);
  }

  take(input: Input): void {
    // What was decided at an earlier time is on its way.
    while (this.#underWay.length > 0 && this.#underWay[0].at < input.at) {
      const taken = this.#underWay.shift();
      if (taken !== undefined) this.#send(taken);
    }
    for (const model of this.#models) model.hear(model.venue.advance(input.at));
    for (const [ticker, traded] of this.#markets) {
      if (traded.closed || input.at < traded.market.closeTime) continue;
      traded.closed = true;
      for (const model of this.#models) model.hear(model.venue.onClose(ticker, input.at));
    }
    this.#apply(input);
  }

  #send({ at, action }: TakenAction): void {
    if (action.type === "place") {
      const { clientOrderId, ticker, side } = action.intent;
      this.#sent.set(clientOrderId, { ticker, side });
    }
    for (const { venue } of this.#models) ask(venue, at, action);
  }

  #refusal(clientOrderId: string, reason: string): Refusal {
    const sent = this.#sent.get(clientOrderId);
    const traded = sent === undefined ? undefined : this.#markets.get(sent.ticker);
    const shownSince = sent === undefined || traded === undefined ? 0 as Micros : traded.opposedSince(sent.side);
    return { clientOrderId, reason, shownSince };
  }

  #apply(input: Input): void {
    if (input.type === "market") {
      const known = this.#markets.get(input.market.ticker);
      if (known === undefined) this.#markets.set(input.market.ticker, new Traded(input.market));
      else known.market = input.market;
      return;
    }
    const traded = "ticker" in input ? this.#markets.get(input.ticker) : undefined;
    if (traded === undefined) return;
    switch (input.type) {
      case "book_snapshot":
        traded.book.replace(input.yes, input.no, input.at);
        return this.#each(({ venue }) => venue.onSnapshot(input.ticker, input.at));
      case "book_delta":
        if (traded.closed || !traded.change(input)) return;
        return this.#each(({ venue }) => venue.onDelta(input));
      case "trade":
        return this.#each(({ venue }) => venue.onTrade(input));
      case "lifecycle":
        if (input.event !== "settled") return;
        for (const { venue } of this.#models) {
          venue.settle(input.ticker, input.result, input.result === "yes" ? ONE_DOLLAR : money(0));
        }
        return;
      default:
        return;
    }
  }

  #each(answers: (model: Model) => readonly PaperAnswer[]): void {
    for (const model of this.#models) model.hear(answers(model));
  }
}

function ask(venue: PaperVenue, at: Micros, action: OrderAction): void {
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
