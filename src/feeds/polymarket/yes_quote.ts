/**
 * From a token's best levels to the Kalshi market's YES side.
 * @module
 */

import { complement, type Count } from "../../core/units.ts";
import type { BestLevels } from "./token_book.ts";

const NOTHING = 0 as Count;

/** What is told of a book that is not believed, or that is crossed: there is nothing to compare with. */
export const NO_QUOTE: BestLevels = { bid: null, bidSize: NOTHING, ask: null, askSize: NOTHING };

/**
 * YES as it is quoted elsewhere. Where the token is the other outcome's, whoever bids p for it offers YES at 1 - p: the
 * sides change places.
 *
 * @example
 * ```ts
 * import { yesQuote } from "./yes_quote.ts";
 * import { count, price } from "../../core/units.ts";
 * import assert from "node:assert/strict";
 * const down = { bid: price(3000), bidSize: count(500), ask: price(3200), askSize: count(700) };
 * assert.deepEqual(yesQuote(down, true), { bid: 6800, bidSize: 700, ask: 7000, askSize: 500 });
 * ```
 */
export function yesQuote(best: BestLevels, inverted: boolean): BestLevels {
  if (best.bid !== null && best.ask !== null && best.bid >= best.ask) return NO_QUOTE;
  if (!inverted) return best;
  return {
    bid: best.ask === null ? null : complement(best.ask),
    bidSize: best.askSize,
    ask: best.bid === null ? null : complement(best.bid),
    askSize: best.bidSize,
  };
}

/** Whether two quotes say the same. */
export const sameQuote = (a: BestLevels, b: BestLevels): boolean =>
  a.bid === b.bid && a.bidSize === b.bidSize && a.ask === b.ask && a.askSize === b.askSize;
