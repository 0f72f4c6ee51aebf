/**
 * At which price a side of one market of an event can be had, and what that earns.
 *
 * | execution | price | size that can be had |
 * | --- | --- | --- |
 * | sniper | as far behind the best price of the other side as `slippage` allows and the edge is enough | what is displayed up to there |
 * | twap, vwap | the same | any: what goes out at a time is the slice's business (execution/slicing.ts) |
 * | maker | one tick better than the best price of others on its own side; while it has to wait, where it rests | any |
 *
 *     edge = worth - cost - fee - buffer
 * @module
 */

import type { Role } from "../core/fees.ts";
import type { Side } from "../core/order.ts";
import { type Count, count, ONE_CONTRACT, ONE_DOLLAR_PRICE, type Price, price } from "../core/units.ts";
import type { Refusal } from "../risk/limits.ts";
import { type Bet, costOf, feeOf, outcomeOf, worthOf } from "./bet.ts";
import type { MarketOutlook } from "./event_outlook.ts";
import type { EventValueParameters } from "./event_value_parameters.ts";
import { keepStill, no, NoEdge, ROUNDING } from "./obstacles.ts";
import type { Opinion } from "./strategy.ts";
import type { StrategyView } from "./view.ts";

/** One side of a market, at a price at which it pays. */
export interface EventQuote {
  readonly view: StrategyView;
  readonly outlook: MarketOutlook;
  /** At the price below, which is the worst that it can fill at. */
  readonly bet: Bet;
  readonly price: Price;
  /** The least edge that was asked for. */
  readonly required: number;
  /** Contracts that may be wanted there: while no new order may go out, those that rest. */
  readonly most: number;
  /** Displayed contracts that it could take; for one that rests, those at the best price of the other side. */
  readonly depth: Count;
}

/** A side that is not to be had: why, and the edge that it would have. */
export interface Unquoted {
  readonly refusal: Refusal;
  readonly edge: number | null;
  readonly side: Side;
}

export const isQuote = (found: EventQuote | Unquoted): found is EventQuote => "bet" in found;

/** A market without an order, with its reason and the edge that was found. */
export const stillAt = ({ refusal, edge, side }: Unquoted): Opinion =>
  keepStill(refusal, edge, edge === null ? null : outcomeOf(side));

const roleOf = ({ execution }: EventValueParameters): Role => execution === "maker" ? "maker" : "taker";

/** What a contract of a side earns at a price. */
export function betAt(
  side: Side,
  at: Price,
  { market }: StrategyView,
  { probability }: MarketOutlook,
  parameters: EventValueParameters,
): Bet {
  const cost = costOf(side, at);
  const fee = feeOf(market, at, roleOf(parameters));
  return { side, cost, fee, edge: worthOf(side, probability) - cost - fee - parameters.buffer };
}

/**
 * The quote of a side for which at least `required` is earned.
 * @param busy why no new order may go out now; one that rests may stay where it is
 */
export function quoteOn(
  side: Side,
  view: StrategyView,
  outlook: MarketOutlook,
  required: number,
  busy: Refusal | null,
  parameters: EventValueParameters,
): EventQuote | Unquoted {
  const edgeAt = (at: Price): Bet => betAt(side, at, view, outlook, parameters);
  const isEnough = (at: Price): boolean => edgeAt(at).edge >= required - ROUNDING;
  const takes = parameters.execution !== "maker";
  const found = takes ? priceToTake(side, view, isEnough, parameters) : priceToMake(side, view, busy !== null);
  if (!("price" in found)) return { refusal: found, edge: null, side };
  const bet = edgeAt(found.price);
  const { edge } = bet;
  if (!isEnough(found.price)) return { refusal: new NoEdge(edge, required), edge, side };
  const waits = busy !== null && (takes || found.price !== restingPrice(side, view));
  if (waits && busy !== null) return { refusal: busy, edge, side };
  const most = busy === null ? Infinity : restingOn(side, view) / ONE_CONTRACT;
  return { view, outlook, bet, required, most, ...found };
}

interface Found {
  readonly price: Price;
  readonly depth: Count;
}

/** The best price of the other side, or one behind it that is still worth it. */
function priceToTake(
  side: Side,
  { book, grid }: StrategyView,
  isEnough: (at: Price) => boolean,
  { slippage }: EventValueParameters,
): Found | Refusal {
  const touch = side === "bid" ? book.ask : book.bid;
  if (touch === null) return no("one_sided", side === "bid" ? "Nobody asks" : "Nobody bids");
  const reach = Math.round(slippage * ONE_DOLLAR_PRICE);
  const isBehind = (at: Price): boolean => side === "bid" ? at > touch : at < touch;
  const far = price(Math.min(ONE_DOLLAR_PRICE, Math.max(0, touch + (side === "bid" ? reach : -reach))));
  // The slippage holds at most 500 prices of the finest grid.
  let at = side === "bid" ? grid.floor(far) : grid.ceil(far);
  while (at !== null && isBehind(at) && !isEnough(at)) at = side === "bid" ? grid.previous(at) : grid.next(at);
  const limit = at !== null && isBehind(at) ? at : touch;
  return { price: limit, depth: displayed(side, touch, limit, { book, grid }) };
}

/** Contracts from the best price up to the limit, both included. */
function displayed(side: Side, touch: Price, limit: Price, { book, grid }: Pick<StrategyView, "book" | "grid">): Count {
  let sum = 0;
  let at: Price | null = touch;
  while (at !== null && (side === "bid" ? at <= limit : at >= limit)) {
    sum += book.sizeAgainst(side, at);
    at = side === "bid" ? grid.next(at) : grid.previous(at);
  }
  return count(sum);
}

/** One tick better than others, never reaching the other side of the book. */
function priceToMake(side: Side, view: StrategyView, isBusy: boolean): Found | Refusal {
  const { book, grid } = view;
  const rival = side === "bid" ? view.rivalBid : view.rivalAsk;
  const opposite = side === "bid" ? book.ask : book.bid;
  const depth = opposite === null ? count(0) : book.sizeAgainst(side, opposite);
  if (rival === null) return no("one_sided", side === "bid" ? "Nobody else bids" : "Nobody else asks");
  const better = side === "bid" ? grid.next(rival) : grid.previous(rival);
  const resting = restingPrice(side, view);
  if (isBusy && resting !== null && resting !== better) return { price: resting, depth };
  const crosses = better !== null && opposite !== null && (side === "bid" ? better >= opposite : better <= opposite);
  if (better === null || crosses) return no("no_room", "No price lies between others' prices");
  return { price: better, depth };
}

/** Contracts of its own that rest on this side, in one order or more. */
const restingOn = (side: Side, { orders }: StrategyView): number =>
  orders.reduce((sum, order) => order.side === side && order.phase === "resting" ? sum + order.left : sum, 0);

/** Where an order of its own rests on this side. */
const restingPrice = (side: Side, view: StrategyView): Price | null =>
  side === "bid" ? view.restingBid : view.restingAsk;
