/**
 * Whether two runs of one recording ask the same of orders: live on the exchange that plays it, and on paper.
 *
 * Each market is gone through by itself, order by order, with what became of each, until the first difference. From there on
 * the two hold different positions, and what they do cannot be compared any more. A difference has to have one of these
 * reasons, and anything else is a defect:
 *
 * | reason | what differs | why |
 * | --- | --- | --- |
 * | told_later | live asks for an end of an order that is over | the exchange tells a fill after the change of the book that it made, paper with it (KALSHI.md 4.9) |
 * | shown_after_taking | an order where we took, and whose level did not change since | the cautious fill model has what we took gone for longer than the exchange has |
 * | shown_after_meeting | anything, while a quote that came and met an order of ours is still recorded at our price or through it | it is gone from the exchange's book, and the recorded book goes on showing it |
 * | own_rests | anything, while an order of ours rests in that market, or its end is told this moment | the exchange tells of it, of its place in the book and of its fills at other moments than paper does, and strategies are asked in between |
 * | other_capital | anything, after a difference in another market | another profit there leaves another capital to bet here |
 * @module
 */

import { Book } from "../../src/core/book.ts";
import type { Input } from "../../src/core/input.ts";
import type { TradeRecord } from "../../src/core/record.ts";
import { complement } from "../../src/core/units.ts";
import type { Micros, Price } from "../../src/core/units.ts";
import type { OrderAction, RecordedRun, TakenAction } from "./recorded_run.ts";

export type Reason = "shown_after_taking" | "shown_after_meeting" | "own_rests" | "other_capital" | "unexplained";

export interface Difference {
  readonly at: Micros;
  readonly reason: Reason;
  readonly words: string;
}

export interface MarketParity {
  readonly ticker: string;
  /** Questions about orders that both runs asked alike. */
  readonly alike: number;
  /** Those of both runs together, alike or not. */
  readonly asked: number;
  /** What live alone asked, because it was told later. */
  readonly toldLater: number;
  /** The first other difference; `null` where there is none. */
  readonly difference: Difference | null;
}

const tickerOf = (action: OrderAction): string => action.type === "place" ? action.intent.ticker : action.ticker;
const idOf = (action: OrderAction): string =>
  action.type === "place" ? action.intent.clientOrderId : action.clientOrderId;

/** Which orders the orders of a market are, whatever they are called: the first, the second, ... */
function numbered(actions: readonly TakenAction[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { action } of actions) if (action.type === "place") numbers.set(idOf(action), numbers.size + 1);
  return numbers;
}

/** What is asked, and when, without names. */
function wordsOf({ at, action }: TakenAction, numbers: ReadonlyMap<string, number>): string {
  const order = `${at} ${action.type} ${numbers.get(idOf(action))}`;
  switch (action.type) {
    case "place": {
      const { side, price, count, timeInForce, postOnly, reduceOnly, expiresAt, signal } = action.intent;
      return [order, side, price, count, timeInForce, postOnly, reduceOnly, expiresAt, signal].join(" ");
    }
    case "amend": {
      const { price, count, expiresAt } = action.terms;
      return [order, price, count, expiresAt].join(" ");
    }
    case "decrease":
      return `${order} ${action.reduceTo}`;
    case "cancel":
      return order;
  }
}

/** What the comparison needs to know of a run besides what it asked. */
class Witness {
  /** When each level was heard of last: by market, ladder and price. */
  readonly #changes = new Map<string, Micros[]>();
  readonly #takes: { readonly key: string; readonly at: Micros }[] = [];
  /** Quotes that met our resting orders: from then until the recorded book shows none at that price or through it. */
  readonly #met: { readonly fill: TradeRecord; until: number }[];
  readonly #run: RecordedRun;

  constructor(run: RecordedRun, paperInputs: readonly Input[]) {
    this.#run = run;
    this.#met = run.fills.filter(({ isTaker }) => !isTaker).map((fill) => ({ fill, until: Infinity }));
    const books = new Map<string, Book>();
    for (const input of paperInputs) {
      if (input.type !== "book_delta" && input.type !== "book_snapshot") continue;
      const book = books.get(input.ticker) ?? new Book();
      books.set(input.ticker, book);
      if (input.type === "book_snapshot") book.replace(input.yes, input.no, input.at);
      else book.change(input.side, input.price, input.delta, input.at);
      for (const met of this.#met) {
        const { ticker, at, side, price } = met.fill;
        if (ticker !== input.ticker || input.at <= at || met.until !== Infinity) continue;
        const opposed = side === "bid"
          ? book.ask !== null && book.ask <= price
          : book.bid !== null && book.bid >= price;
        if (!opposed) met.until = input.at;
      }
      if (input.type !== "book_delta") continue;
      const key = `${input.ticker} ${input.side} ${input.price}`;
      const times = this.#changes.get(key);
      if (times === undefined) this.#changes.set(key, [input.at]);
      else times.push(input.at);
    }
    for (const { ticker, side, price, at, isTaker } of run.fills) {
      if (isTaker) this.#takes.push({ key: levelTaken(ticker, side, price), at });
    }
  }

  /** Whether a level of this market was taken from, and has not changed until this time. */
  tookFromUnchanged(ticker: string, until: Micros): boolean {
    return this.#takes.some(({ key, at }) =>
      key.startsWith(`${ticker} `) && at <= until &&
      !(this.#changes.get(key) ?? []).some((changed) => changed >= at && changed < until)
    );
  }

  /** Whether a quote that met an order of ours in this market was still recorded at this time. */
  metAndShown(ticker: string, time: Micros): boolean {
    return this.#met.some(({ fill, until }) => fill.ticker === ticker && fill.at <= time && time <= until);
  }

  /** Whether an order of ours may rest in this market at this time: from its sending until its end was told, that moment included. */
  rests(ticker: string, until: Micros): boolean {
    const ended = new Set<string>();
    const filled = new Map<string, number>();
    for (const input of this.#run.inputs) {
      if (input.at >= until) break;
      if (input.type === "order_cancelled" || input.type === "order_rejected") ended.add(input.clientOrderId);
      if (input.type === "fill" && input.fill.clientOrderId !== null) {
        const { clientOrderId, count } = input.fill;
        filled.set(clientOrderId, (filled.get(clientOrderId) ?? 0) + count);
      }
    }
    return this.#run.actions.some(({ at, action }) =>
      action.type === "place" && at < until && action.intent.ticker === ticker &&
      action.intent.timeInForce === "good_till_canceled" && !ended.has(idOf(action)) &&
      (filled.get(idOf(action)) ?? 0) < action.intent.count
    );
  }

  /** Whether this is a question about an order that had filled whole by the time that it was asked. */
  isAboutFilled({ at, action }: TakenAction): boolean {
    if (action.type === "place") return false;
    const sum = this.#run.fills.filter((fill) => fill.clientOrderId === idOf(action) && fill.at <= at)
      .reduce((total, { count }) => total + count, 0);
    const sent = this.#run.actions.find((other) =>
      other.action.type === "place" && idOf(other.action) === idOf(action)
    );
    return sum > 0 && sent?.action.type === "place" && sum >= wantedAt(this.#run.actions, sent.action.intent, at);
  }
}

/** What an order wants in all, after the changes that were asked for until then. */
function wantedAt(
  actions: readonly TakenAction[],
  { clientOrderId, count }: { readonly clientOrderId: string; readonly count: number },
  until: Micros,
): number {
  let wanted: number = count;
  for (const { at, action } of actions) {
    if (at > until || idOf(action) !== clientOrderId) continue;
    if (action.type === "amend") wanted = action.terms.count;
    if (action.type === "decrease") wanted = action.reduceTo;
  }
  return wanted;
}

const levelTaken = (ticker: string, side: "bid" | "ask", price: Price): string =>
  side === "bid" ? `${ticker} no ${complement(price)}` : `${ticker} yes ${price}`;

/** Compares what two runs asked, market by market. */
export function compareOrders(paper: RecordedRun, live: RecordedRun): readonly MarketParity[] {
  const witness = new Witness(live, paper.inputs);
  const tickers = new Set([...paper.actions, ...live.actions].map(({ action }) => tickerOf(action)));
  const found = [...tickers].map((ticker) => compareMarket(ticker, paper, live, witness));
  const first = Math.min(...found.map(({ difference }) => difference?.at ?? Infinity));
  return found.map((each) => {
    const { difference } = each;
    if (difference === null || difference.reason !== "unexplained" || difference.at <= first) return each;
    return { ...each, difference: { ...difference, reason: "other_capital" } };
  });
}

function compareMarket(ticker: string, paper: RecordedRun, live: RecordedRun, witness: Witness): MarketParity {
  const [onPaper, there] = [paper, live].map(({ actions }) =>
    actions.filter(({ action }) => tickerOf(action) === ticker)
  );
  const [paperNumbers, liveNumbers] = [numbered(onPaper), numbered(there)];
  const asked = onPaper.length + there.length;
  let [alike, toldLater] = [0, 0];
  const differing = (own: TakenAction | undefined, other: TakenAction | undefined): MarketParity => {
    const at = Math.min(own?.at ?? Infinity, other?.at ?? Infinity) as Micros;
    const words = `paper ${own === undefined ? "nothing" : wordsOf(own, paperNumbers)}; live ${
      other === undefined ? "nothing" : wordsOf(other, liveNumbers)
    }`;
    return { ticker, alike, asked, toldLater, difference: { at, reason: reasonOf(ticker, at, witness), words } };
  };
  for (const other of there) {
    const own = onPaper.at(alike);
    if (own !== undefined && wordsOf(own, paperNumbers) === wordsOf(other, liveNumbers)) alike++;
    else if (witness.isAboutFilled(other)) toldLater++;
    else return differing(own, other);
  }
  const left = onPaper.at(alike);
  return left === undefined ? { ticker, alike, asked, toldLater, difference: null } : differing(left, undefined);
}

function reasonOf(ticker: string, at: Micros, witness: Witness): Reason {
  if (witness.tookFromUnchanged(ticker, at)) return "shown_after_taking";
  if (witness.metAndShown(ticker, at)) return "shown_after_meeting";
  return witness.rests(ticker, at) ? "own_rests" : "unexplained";
}
