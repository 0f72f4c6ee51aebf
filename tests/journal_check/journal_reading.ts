/**
 * What a person would be told at each moment of a run, worked out from its journal alone, without a line of the code that
 * made either: cash, what is held and what it is worth, open orders, executions, fees, halts, and the best prices. A moment is
 * a number of inputs, as the answers of a running bot name it.
 *
 * Money is micro-dollars, prices $0.0001, counts hundredths of a contract, as in the journal. Read for a live run that begins
 * with nothing: without positions, orders or halts of an earlier one, and within one day.
 * @module
 */

import { CheckedLedger, type Held, worthOf } from "./ledger.ts";

interface Order {
  readonly id: string;
  readonly ticker: string;
  readonly side: "bid" | "ask";
  readonly rests: boolean;
  price: number;
  count: number;
  /** A change that was asked for and not answered. */
  asked: { readonly price: number; readonly count: number } | null;
  filled: number;
  /** By the exchange's own count. */
  reported: number;
  over: boolean;
}

interface Book {
  readonly yes: Map<number, number>;
  readonly no: Map<number, number>;
  /** The middle of what others quoted last on both sides, before the close. */
  mark: number | null;
}

const ONE_DOLLAR = 10_000;

// deno-lint-ignore no-explicit-any -- the journal is read as it is, without the types of those who wrote it
type Json = any;

export class JournalReading {
  inputs = 0;
  fees = 0;
  fills = 0;
  orders = 0;
  /** The halts that stand, by name; those of a strategy or an index are not of the whole. */
  readonly halts = new Map<string, { readonly level: "reducing" | "halted"; readonly whole: boolean }>();
  readonly #ledger = new CheckedLedger();
  readonly #books = new Map<string, Book>();
  readonly #markets = new Map<string, Json>();
  readonly #results = new Map<string, number>();
  readonly #paid = new Set<string>();
  readonly #orders = new Map<string, Order>();
  readonly #trades = new Set<string>();
  #now = 0;
  #dayStart: number | null = null;

  /** One line, in order. */
  line(text: string): void {
    const { i: input, a: action }: Json = JSON.parse(text);
    if (input !== undefined) this.#input(input);
    else if (action !== undefined) this.#action(action);
  }

  get cash(): number {
    return this.#ledger.cash;
  }

  get held(): ReadonlyMap<string, Held> {
    return new Map([...this.#ledger.held].filter(([, { position }]) => position !== 0));
  }

  /** Cash, and what is held at its marks; what was never quoted on both sides at its cost. */
  get nav(): number {
    return this.#ledger.nav((ticker) => this.#mark(ticker));
  }

  get dayPnl(): number {
    return this.nav - (this.#dayStart ?? this.nav);
  }

  value(ticker: string, held: Held): number {
    return worthOf(held, this.#mark(ticker));
  }

  /** Best YES prices of the whole book, ours in it; `null` where a side is empty. */
  quote(ticker: string): { bid: number | null; ask: number | null } {
    const book = this.#books.get(ticker);
    return book === undefined ? { bid: null, ask: null } : bestOf(book, () => 0);
  }

  /** What may be sent at all. */
  get state(): "active" | "reducing" | "halted" {
    const levels = [...this.halts.values()].filter(({ whole }) => whole).map(({ level }) => level);
    return levels.includes("halted") ? "halted" : levels.includes("reducing") ? "reducing" : "active";
  }

  openOrders(): readonly Order[] {
    return [...this.#orders.values()].filter(({ over }) => !over);
  }

  #input(input: Json): void {
    this.inputs++;
    this.#now = Math.max(this.#now, input.at);
    switch (input.type) {
      case "account":
        if (this.#dayStart !== null) return;
        this.#ledger.cash = this.#dayStart = input.balance;
        return;
      case "market":
        this.#markets.set(input.market.ticker, input.market);
        this.#determined(input.market);
        if (input.market.status === "finalized") this.#settle(input.market.ticker);
        return;
      case "lifecycle":
        this.#determined(input);
        if (input.event === "settled") this.#settle(input.ticker);
        return;
      case "book_snapshot":
        return this.#snapshot(input);
      case "book_delta":
        return this.#delta(input);
      case "fill":
        return this.#fill(input.fill);
      default:
        return this.#answer(input);
    }
  }

  #determined({ ticker, result, settlementValue }: Json): void {
    const value = settlementValue ?? (result === "yes" ? 1_000_000 : result === "no" ? 0 : null);
    if (value !== null && result !== "") this.#results.set(ticker, value);
  }

  #settle(ticker: string): void {
    const value = this.#results.get(ticker);
    if (value === undefined || this.#paid.has(ticker)) return;
    this.#paid.add(ticker);
    for (const order of this.openOrders()) if (order.ticker === ticker) order.over = true;
    this.#ledger.settle(ticker, value);
  }

  #mark(ticker: string): number | null {
    const paid = this.#results.get(ticker);
    return paid === undefined ? this.#books.get(ticker)?.mark ?? null : Math.round(paid / 100);
  }

  #snapshot({ ticker, yes, no }: Json): void {
    const mark = this.#books.get(ticker)?.mark ?? null;
    const book: Book = { yes: new Map(yes), no: new Map(no), mark };
    this.#books.set(ticker, book);
    this.#remark(ticker, book);
  }

  #delta({ ticker, side, price, delta }: Json): void {
    const book = this.#books.get(ticker);
    if (book === undefined) return;
    const ladder = side === "yes" ? book.yes : book.no;
    const size = (ladder.get(price) ?? 0) + delta;
    if (size > 0) ladder.set(price, size);
    else ladder.delete(price);
    this.#remark(ticker, book);
  }

  /** After the close, what is taken off the book is no price. */
  #remark(ticker: string, book: Book): void {
    const market = this.#markets.get(ticker);
    if (market === undefined || this.#now >= market.closeTime || this.#results.has(ticker)) return;
    const mine = this.openOrders().filter((order) => order.ticker === ticker && order.rests);
    const { bid, ask } = bestOf(book, (side, level) => {
      const own = mine.filter((order) =>
        side === "yes"
          ? order.side === "bid" && order.price === level
          : order.side === "ask" && ONE_DOLLAR - order.price === level
      );
      return own.reduce((sum, order) => sum + leftOf(order), 0);
    });
    if (bid !== null && ask !== null && bid < ask) book.mark = Math.floor((bid + ask) / 2);
  }

  #fill(fill: Json): void {
    if (this.#trades.has(fill.tradeId)) return;
    this.#trades.add(fill.tradeId);
    this.fills++;
    this.fees += fill.fee;
    this.#ledger.execute(fill.ticker, fill.side, fill.price, fill.count, fill.fee, "");
    const order = this.#orders.get(fill.clientOrderId);
    if (order === undefined) return;
    order.filled += fill.count;
    this.#reported(order, order.filled, false);
  }

  #answer(input: Json): void {
    const order = this.#orders.get(input.clientOrderId ?? input.order?.clientOrderId);
    if (order === undefined) return;
    switch (input.type) {
      case "order_accepted":
        return this.#reported(order, input.fillCount, input.remainingCount === 0);
      case "order_rejected":
        return this.#reported(order, order.reported, true);
      case "order_cancelled":
        return this.#reported(order, order.reported, true);
      case "order_changed":
        order.price = input.terms?.price ?? order.price;
        order.count = Math.max(order.reported, input.fillCount ?? 0) + input.remainingCount;
        order.asked = null;
        return this.#reported(order, input.fillCount ?? order.reported, input.remainingCount === 0);
      case "change_failed":
        order.asked = null;
        return;
      case "order_update":
        return this.#reported(order, input.order.fillCount, input.order.status !== "resting");
    }
  }

  #reported(order: Order, filled: number, over: boolean): void {
    order.reported = Math.max(order.reported, filled);
    order.over ||= over || order.reported >= Math.max(order.count, order.asked?.count ?? 0);
  }

  #action(action: Json): void {
    if (action.type === "record" && action.record.kind === "halt") {
      const { name, active, level = "halted", strategy, index } = action.record;
      const whole = strategy === undefined && index === undefined && !name.startsWith("order_group ");
      if (active) this.halts.set(name, { level, whole });
      else this.halts.delete(name);
    } else if (action.type === "place") {
      const { clientOrderId: id, ticker, side, price, count, timeInForce } = action.intent;
      const rests = timeInForce === "good_till_canceled";
      this.orders++;
      this.#orders.set(id, { id, ticker, side, rests, price, count, asked: null, filled: 0, reported: 0, over: false });
    } else if (action.type === "amend") {
      const order = this.#orders.get(action.clientOrderId);
      if (order !== undefined) order.asked = { price: action.terms.price, count: action.terms.count };
    }
  }
}

const leftOf = ({ over, count, asked, filled, reported }: Order): number =>
  over ? 0 : Math.max(0, Math.max(count, asked?.count ?? 0) - Math.max(filled, reported));

/** @param own contracts of a level that are ours */
function bestOf(
  book: Book,
  own: (side: "yes" | "no", level: number) => number,
): { bid: number | null; ask: number | null } {
  const best = (side: "yes" | "no"): number => {
    let highest = 0;
    for (const [level, size] of book[side]) if (level > highest && size > own(side, level)) highest = level;
    return highest;
  };
  const [bid, no] = [best("yes"), best("no")];
  return { bid: bid === 0 ? null : bid, ask: no === 0 ? null : ONE_DOLLAR - no };
}
