/**
 * Why the paper exchange does not do what it is asked to: as the real one would refuse it (KALSHI.md 3.2, 3.13, 4.5), and where
 * the model cannot know what would have happened.
 * @module
 */

import type { OrderTerms } from "../core/order.ts";
import type { Count, Micros } from "../core/units.ts";
import type { PaperAccount } from "./paper_account.ts";
import type { PaperMarket } from "./paper_book.ts";
import type { PaperOrder } from "./paper_order.ts";

export interface PaperRefusal {
  readonly code: string;
  readonly reason: string;
}

/** The order of that name is over, or never was. */
export const NOT_RESTING: PaperRefusal = { code: "not_found", reason: "It does not rest any more" };
export const CHANGE_UNDER_WAY: PaperRefusal = {
  code: "change_under_way",
  reason: "Another change of it is not answered yet",
};
const NOTHING_TO_REDUCE: PaperRefusal = {
  code: "invalid_order",
  reason: "reduce only order would not reduce the position",
};

export const notOpen = (ticker: string): PaperRefusal => ({ code: "MARKET_INACTIVE", reason: `${ticker} is not open` });

export class PaperRules {
  readonly #account: PaperAccount;
  readonly #market: (ticker: string) => PaperMarket | undefined;

  constructor(account: PaperAccount, market: (ticker: string) => PaperMarket | undefined) {
    this.#account = account;
    this.#market = market;
  }

  refuseOrder(order: PaperOrder, at: Micros): PaperRefusal | null {
    const { intent } = order;
    const refusal = this.#refuse(order, at, true) ?? expired(intent.expiresAt, at);
    if (refusal !== null) return refusal;
    if (order.left === 0) return NOTHING_TO_REDUCE;
    if (intent.postOnly && this.#account.crosses(order, intent)) {
      return { code: "invalid_order", reason: "post only cross" };
    }
    if (intent.timeInForce === "fill_or_kill" && this.#account.available(order) < order.left) {
      return {
        code: "fill_or_kill_insufficient_resting_volume",
        reason: "Not enough rests at the limit or better",
      };
    }
    return null;
  }

  refuseAmend(order: PaperOrder, terms: OrderTerms, at: Micros): PaperRefusal | null {
    const refusal = this.#refuse(order, at, !order.keepsPlace(terms)) ?? expired(terms.expiresAt, at);
    if (refusal !== null) return refusal;
    const remaining = terms.count - order.filled;
    if (remaining <= 0) return { code: "invalid_order_size", reason: "No more is wanted than has filled" };
    const outgrows = order.intent.reduceOnly && remaining > Math.max(order.left, this.#account.reducible(order));
    return outgrows ? NOTHING_TO_REDUCE : null;
  }

  refuseDecrease(order: PaperOrder, reduceTo: Count, at: Micros): PaperRefusal | null {
    const refusal = this.#refuse(order, at, false);
    if (refusal !== null) return refusal;
    return reduceTo < 0 || reduceTo > order.left
      ? { code: "invalid_order_size", reason: "A decrease leaves no more than there was" }
      : null;
  }

  /** @param matches what is asked may take, and so needs a book that can be believed */
  #refuse({ intent: { ticker } }: PaperOrder, at: Micros, matches: boolean): PaperRefusal | null {
    const found = this.#market(ticker);
    if (found === undefined) return { code: "not_found", reason: `No market ${ticker}` };
    const { market, book } = found;
    if (market.status !== "active" || at < market.openTime || at >= market.closeTime) return notOpen(ticker);
    if (!matches || book.isTradable) return null;
    return {
      code: "book_not_in_sync",
      reason: `The book of ${ticker} is ${book.phase}; no paper fill can be known`,
    };
  }
}

function expired(expiresAt: Micros | null, at: Micros): PaperRefusal | null {
  return expiresAt !== null && expiresAt <= at
    ? { code: "invalid_order", reason: "Expiration timestamp must be in the future" }
    : null;
}
