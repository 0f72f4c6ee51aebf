/**
 * How much of a paper result rests on the fill model: the same orders, filled by the most pessimistic and the most optimistic
 * of the queue models beside the chosen one, while only the chosen one trades.
 *
 * An order lives in them as long as it lives in trading: what ends there, ends here, and be it because it filled whole there,
 * since nobody would take it back here any more. Filled here, it may still be amended there to want more, and then rests on.
 * So at every moment and for each order
 *
 *     filled by the pessimistic model <= by any queue model <= by the optimistic one
 *
 * which holds for each single order of a market, and for the sum where several of ours stand at one price. It is no promise
 * for reduce-only orders, which each model caps by its own position, nor for `simple`, which knows no queue.
 * Profits follow fills, not bounds: to be filled more often may well lose more.
 * @module
 */

import type { MarketResult } from "../core/market.ts";
import type { BookDeltaInput, TradeInput } from "../core/input.ts";
import type { OrderIntent, OrderTerms } from "../core/order.ts";
import type { Count, Micros, Money, Price } from "../core/units.ts";
import { PaperAccount, type PaperFigures, type PaperStart } from "./paper_account.ts";
import type { PaperMarket } from "./paper_book.ts";
import type { PaperOrder } from "./paper_order.ts";
import { optimisticModel, pessimisticModel } from "./queue_models.ts";

/** One model's own copy of the orders that are open. */
class Shadow {
  readonly #account: PaperAccount;
  /** By client order id: those that are open in trading, and no more. */
  readonly #orders = new Map<string, PaperOrder>();

  constructor(account: PaperAccount) {
    this.#account = account;
  }

  get account(): PaperAccount {
    return this.#account;
  }

  filled(clientOrderId: string): Count | null {
    return this.#orders.get(clientOrderId)?.filled ?? null;
  }

  enter(intent: OrderIntent, at: Micros): void {
    const order = this.#account.prepare(intent, at);
    this.#orders.set(intent.clientOrderId, order);
    this.#account.enter(order, at);
  }

  change(clientOrderId: string, terms: OrderTerms, at: Micros): void {
    const order = this.#orders.get(clientOrderId);
    if (order !== undefined) this.#account.change(order, terms, at);
  }

  end(clientOrderId: string): void {
    const order = this.#orders.get(clientOrderId);
    if (order === undefined) return;
    this.#orders.delete(clientOrderId);
    this.#account.end(order);
  }
}

export class PaperBounds {
  readonly #shadows: readonly [pessimistic: Shadow, optimistic: Shadow];

  constructor(slippage: Price, market: (ticker: string) => PaperMarket | undefined, start: PaperStart) {
    this.#shadows = [
      new Shadow(new PaperAccount(pessimisticModel(slippage), market, start, null)),
      new Shadow(new PaperAccount(optimisticModel(slippage), market, start, null)),
    ];
  }

  get pessimistic(): PaperFigures {
    return this.#shadows[0].account.figures;
  }
  get optimistic(): PaperFigures {
    return this.#shadows[1].account.figures;
  }

  /** What an open order got of the two models; `null` where it is not open. */
  filled(clientOrderId: string): readonly [pessimistic: Count, optimistic: Count] | null {
    const [pessimistic, optimistic] = this.#shadows.map((shadow) => shadow.filled(clientOrderId));
    return pessimistic === null || optimistic === null ? null : [pessimistic, optimistic];
  }

  /** An order is on its way to this market. */
  watch(ticker: string): void {
    for (const { account } of this.#shadows) account.watch(ticker);
  }

  /** The chosen model's exchange took an order. */
  entered(intent: OrderIntent, at: Micros): void {
    for (const shadow of this.#shadows) shadow.enter(intent, at);
  }

  /** It gave an order these terms; a decrease as the count in all that it comes to there. */
  changed(clientOrderId: string, terms: OrderTerms, at: Micros): void {
    for (const shadow of this.#shadows) shadow.change(clientOrderId, terms, at);
  }

  /** The order is over in trading. */
  ended(clientOrderId: string): void {
    for (const shadow of this.#shadows) shadow.end(clientOrderId);
  }

  onDelta(delta: BookDeltaInput): void {
    for (const { account } of this.#shadows) account.onDelta(delta);
  }

  onTrade(trade: TradeInput): void {
    for (const { account } of this.#shadows) account.onTrade(trade);
  }

  onSnapshot(ticker: string, at: Micros): void {
    for (const { account } of this.#shadows) account.onSnapshot(ticker, at);
  }

  close(ticker: string): void {
    for (const { account } of this.#shadows) account.close(ticker);
  }

  settle(ticker: string, result: MarketResult, yesValue: Money): void {
    for (const { account } of this.#shadows) account.settle(ticker, result, yesValue);
  }
}
