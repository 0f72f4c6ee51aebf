/**
 * What one fill model makes of our paper orders in all markets: their fills, and what those come to.
 * @module
 */

import type { FeeSchedule, MarketResult } from "../core/market.ts";
import type { BookDeltaInput, TradeInput } from "../core/input.ts";
import type { OrderIntent, OrderTerms } from "../core/order.ts";
import type { AccountRecord, PositionRecord } from "../core/record.ts";
import { type Count, count, type Micros, type Money, money } from "../core/units.ts";
import { Ledger } from "./ledger.ts";
import type { TakenContracts } from "./paper_taken.ts";
import { PaperBook, type PaperExecution, type PaperMarket } from "./paper_book.ts";
import { PaperOrder } from "./paper_order.ts";
import type { FillModel } from "./queue_models.ts";

/** What a paper run begins with. */
export interface PaperStart {
  readonly capital: Money;
  /** Where an earlier run ended; `null` for a fresh start. */
  readonly account: AccountRecord | null;
  readonly positions: readonly PositionRecord[];
}

/** Of this run alone. */
export interface PaperFigures {
  readonly fills: number;
  readonly contracts: Count;
  readonly fees: Money;
  /** Realised and marked; what was held at the start counts from its cost. */
  readonly pnl: Money;
}

/** What an order of an unknown market is charged: it is refused before it fills. */
const ANY_SCHEDULE: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };

export class PaperAccount {
  readonly #model: FillModel;
  readonly #market: (ticker: string) => PaperMarket | undefined;
  readonly #listener: ((execution: PaperExecution) => void) | null;
  readonly #ledger: Ledger;
  readonly #worthAtStart: number;
  readonly #feesAtStart: number;
  /** Markets where an order was entered, until they close. */
  readonly #books = new Map<string, PaperBook>();
  #fills = 0;
  #contracts = 0;

  /** @param listener hears of each fill; `null` where only the sums are wanted */
  constructor(
    model: FillModel,
    market: (ticker: string) => PaperMarket | undefined,
    { capital, account, positions }: PaperStart,
    listener: ((execution: PaperExecution) => void) | null,
  ) {
    this.#model = model;
    this.#market = market;
    this.#listener = listener;
    this.#ledger = account === null ? new Ledger(capital) : Ledger.resume(account, positions);
    this.#worthAtStart = this.#ledger.cash + this.#ledger.exposure();
    this.#feesAtStart = this.#ledger.fees;
  }

  get figures(): PaperFigures {
    const worth = this.#ledger.cash + this.#ledger.marketValue((ticker) => this.#market(ticker)?.mark ?? null);
    return {
      fills: this.#fills,
      contracts: count(this.#contracts),
      fees: money(this.#ledger.fees - this.#feesAtStart),
      pnl: money(worth - this.#worthAtStart),
    };
  }

  /** An order is on its way to this market: from now on it is known how far its feed has come. */
  watch(ticker: string): void {
    this.#book(ticker);
  }

  /** An order as it would be taken now: reduce-only ones are capped by what there is to reduce (KALSHI.md 4.5). */
  prepare(intent: OrderIntent, at: Micros): PaperOrder {
    const order = new PaperOrder(intent, this.#market(intent.ticker)?.market.fees ?? ANY_SCHEDULE, at);
    if (intent.reduceOnly) order.left = count(Math.min(order.left, this.reducible(order)));
    return order;
  }

  /** Contracts that an order of this side would close. */
  reducible({ intent: { ticker, side } }: PaperOrder): Count {
    const held = this.#ledger.position(ticker)?.position ?? 0;
    return count(Math.max(0, side === "bid" ? -held : held));
  }

  /** What an order could take now, at its limit or better. */
  available(order: PaperOrder): number {
    return this.#book(order.intent.ticker)?.available(order) ?? 0;
  }

  /** Whether an order would take at once at this price. */
  crosses(order: PaperOrder, { price }: Pick<OrderTerms, "price">): boolean {
    return this.#book(order.intent.ticker)?.crosses(order.side, price) ?? false;
  }

  /** The order takes what crosses, and rests where it may. */
  enter(order: PaperOrder, at: Micros): void {
    this.#book(order.intent.ticker)?.enter(order, at);
  }

  /** Gives an order other terms. Its place is kept or lost as the exchange has it. */
  change(order: PaperOrder, terms: OrderTerms, at: Micros): void {
    const keepsPlace = order.keepsPlace(terms);
    const remaining = Math.max(0, terms.count - order.filled);
    const most = order.intent.reduceOnly ? Math.max(order.left, this.reducible(order)) : remaining;
    order.price = terms.price;
    order.expiresAt = terms.expiresAt;
    order.wanted = terms.count;
    order.left = count(Math.min(remaining, most));
    if (!keepsPlace) this.#book(order.intent.ticker)?.reenter(order, at);
    else if (order.left === 0) this.end(order);
  }

  /** The order does not rest any more. */
  end(order: PaperOrder): void {
    this.#books.get(order.intent.ticker)?.remove(order);
  }

  onDelta(delta: BookDeltaInput): void {
    this.#books.get(delta.ticker)?.onDelta(delta);
  }

  onTrade(trade: TradeInput): void {
    this.#books.get(trade.ticker)?.onTrade(trade);
  }

  onSnapshot(ticker: string, at: Micros): void {
    this.#books.get(ticker)?.onSnapshot(at);
  }

  /** The market closed or is not followed any more: nothing rests there, and nothing can be taken. */
  close(ticker: string): void {
    this.#books.delete(ticker);
  }

  settle(ticker: string, result: MarketResult, yesValue: Money): void {
    this.#ledger.settle(ticker, result, yesValue);
    // Nothing fills after the close, so that nothing is heard of late.
    this.#ledger.forget(ticker);
    this.#books.delete(ticker);
  }

  /** What our orders took of a market's book and it shows still; `null` where nothing was. */
  takenIn(ticker: string): TakenContracts | null {
    const taken = this.#books.get(ticker)?.taken ?? null;
    return taken === null || taken.isEmpty ? null : taken;
  }

  #book(ticker: string): PaperBook | undefined {
    const known = this.#books.get(ticker);
    if (known !== undefined) return known;
    const market = this.#market(ticker);
    if (market === undefined) return undefined;
    const book = new PaperBook(this.#model, market.book, (execution) => this.#execute(execution, book));
    this.#books.set(ticker, book);
    return book;
  }

  #execute(execution: PaperExecution, book: PaperBook): void {
    const { order, price, count: contracts, fee, at } = execution;
    const { ticker, side, strategy } = order.intent;
    this.#ledger.apply({ ticker, side, price, count: contracts, fee, strategy, at });
    this.#fills++;
    this.#contracts += contracts;
    // Reduce-only orders never outgrow what there is to reduce (KALSHI.md 4.5).
    for (const other of book.resting) {
      if (other.intent.reduceOnly) other.left = count(Math.min(other.left, this.reducible(other)));
    }
    // The one that takes rests nowhere yet.
    if (order.intent.reduceOnly) order.left = count(Math.min(order.left, this.reducible(order)));
    this.#listener?.(execution);
  }
}
