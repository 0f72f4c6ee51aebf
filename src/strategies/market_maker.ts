/**
 * S4, market maker: where others leave a wide spread, it rests an order on each side, one tick of the market's own grid
 * better than theirs, as long as that order would earn something after its fee.
 *
 *     worth = fair value - skew x position / max_position
 *     edge of a bid = worth - price - (maker fee + buffer); of an ask = price - worth - (maker fee + buffer)
 *
 * `position` is what its own orders brought: what another strategy bought with an opinion is not its to take back. It moves
 * what a contract is held to be worth, so that the side that would add to it asks for more edge, and is made smaller; the
 * side that takes it back asks for less, and may be larger than risk leaves, by what it closes.
 *
 * | when | what becomes of a quote |
 * | --- | --- |
 * | others' best price changed | it moves there, but no two orders within `cooldown` |
 * | it would not earn any more, or exceed the position | it is taken back at once |
 * | nothing of that, but it is larger than wanted, or less than half of it is left | it is renewed after `refresh` |
 * | stale data, too near the close, any other obstacle | all quotes are taken back at once |
 *
 * Others' prices are the book's without our own orders: it betters neither itself nor another strategy. All orders are
 * post-only, and its two quotes never meet.
 * @module
 */

import { z } from "zod";
import type { Side } from "../core/order.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import { type Count, MICROS_PER_SECOND, ONE_CONTRACT, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import { feeAdjustedKelly } from "../models/kelly.ts";
import type { Refusal } from "../risk/limits.ts";
import { type Bet, contractsFor, costOf, evidenceOf, feeOf, heldOn, outcomeOf, stakeOf, worthOf } from "./bet.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import {
  bookObstacle,
  indexObstacle,
  keepStill,
  marketObstacle,
  no,
  NoEdge,
  priceObstacle,
  ROUNDING,
  sizeObstacle,
  spreadOf,
  timeObstacle,
} from "./obstacles.ts";
import { orderFlowParameter, usesFlow, withFlow } from "./order_flow.ts";
import { byRatio, contracts, dollars, evenly, flag, fraction, seconds, volatility } from "./parameters.ts";
import type { MarketStrategy, Opinion, StrategyView, Target } from "./strategy.ts";

export const marketMakerParameters = z.strictObject({
  min_spread: dollars(0.05, "Narrower spreads of others are left alone", evenly(0.02, 0.12)),
  min_edge: dollars(0.01, "Least net edge of a quote per contract, after the maker's fee", byRatio(0.002, 0.05)),
  buffer: dollars(0.002, "Taken off every quote for those who know more than it does", evenly(0, 0.02)),
  skew: dollars(0.03, "By how much a full position moves what a contract is held to be worth", byRatio(0.005, 0.1)),
  quote_contracts: contracts(10, "Size of a quote where nothing is held", byRatio(2, 50)),
  max_position: contracts(50, "Largest position in a market; its quotes count as filled", byRatio(10, 200)),
  kelly_fraction: fraction(0.25, "Part of full Kelly that a quote may use"),
  refresh: seconds(5, 3_600, "After which a quote whose size is not the wanted one is renewed"),
  cooldown: seconds(0.5, 3_600, "Least time between two moves of its quotes in one market"),
  quote_unmodelled: flag(false, "Whether to quote around the middle of others' prices where no model prices a market"),
  min_seconds: seconds(60, 86_400, "Nearer to the close no quote rests", byRatio(20, 600)),
  max_seconds: seconds(31_536_000, 31_536_000, "Farther from the close no quote rests"),
  max_index_age: seconds(3, 60, "An older index value is stale"),
  trade_on_one_exchange: flag(false, "Whether to quote while a single exchange is all that stands for the index"),
  min_volatility: volatility(2e-6, "Calmer than this is not believed"),
  max_volatility: volatility(2e-3, "Wilder than this is left alone"),
  min_price: dollars(0.05, "Cheaper contracts are not bought"),
  max_price: dollars(0.95, "Dearer contracts are not bought"),
  order_flow: orderFlowParameter(),
});

export type MarketMakerParameters = z.infer<typeof marketMakerParameters>;

export const marketMaker: MarketStrategy<MarketMakerParameters> = {
  name: "market_maker",
  title: "Market maker (any series; off by default)",
  startsOff: true,
  parameters: marketMakerParameters,
  hooks: STANDARD_HOOKS,
  trades: () => true,
  usesFlow,
  decide(view, parameters) {
    const obstacle = marketObstacle(view) ?? bookObstacle(view) ?? timeObstacle(view, parameters) ??
      (isIndexed(view) ? indexObstacle(view.index, parameters) : null);
    if (obstacle !== null) return keepStill(obstacle);
    const { rivalBid, rivalAsk } = view;
    if (rivalBid === null || rivalAsk === null) {
      return keepStill(no("one_sided", "Others quote one side only, or none"));
    }
    const spread = spreadOf(rivalBid, rivalAsk);
    if (spread < parameters.min_spread - ROUNDING) {
      return keepStill(no("spread_narrow", () => `The spread of others is ${spread.toFixed(4)}`));
    }
    const fair = fairValue(view, rivalBid, rivalAsk, parameters);
    if (fair === null) return keepStill(no("no_model", "No model prices this market"));
    const bid = quoteOn("bid", rivalBid, view, fair, parameters);
    const ask = quoteOn("ask", rivalAsk, view, fair, parameters);
    return together(view, bid, ask, fair);
  },
};

/** Whether the market settles on an index: then that must be known, and no guess stands in for it. */
const isIndexed = ({ market }: StrategyView): boolean => settlementIndexOf(market.series) !== null;

/** Of YES: by the model, or between others' prices where that is allowed and there is none; with order flow if that is used. */
function fairValue(view: StrategyView, bid: Price, ask: Price, parameters: MarketMakerParameters): number | null {
  const middle = parameters.quote_unmodelled && !isIndexed(view) ? (bid + ask) / 2 / ONE_DOLLAR_PRICE : null;
  const fair = view.probability ?? middle;
  return fair === null ? null : withFlow(view, fair, parameters.order_flow);
}

/** One side's quote: `bet.edge` is net of all by the fair value itself, without the skew. */
interface Quote {
  readonly bet: Bet;
  readonly price: Price;
  readonly count: Count;
  readonly kelly: number;
  readonly closes: boolean;
}

/** A side without a quote: why, and the edge that it would have had. */
interface Unquoted {
  readonly refusal: Refusal;
  readonly edge: number | null;
}

function quoteOn(
  side: Side,
  rival: Price,
  view: StrategyView,
  fair: number,
  parameters: MarketMakerParameters,
): Quote | Unquoted {
  const price = placeFor(side, rival, view, fair, parameters);
  if (price === null) return { refusal: no("no_room", "No price lies between others' prices"), edge: null };
  const { bet, worth, edge } = weigh(side, price, view, fair, parameters);
  const unquoted = (refusal: Refusal): Unquoted => ({ refusal, edge });
  if (edge < parameters.min_edge - ROUNDING) return unquoted(new NoEdge(edge, parameters.min_edge));
  const dear = priceObstacle(bet.cost, parameters);
  if (dear !== null) return unquoted(dear);
  if (price !== restingOn(side, view) && isWithin(parameters.cooldown, view)) {
    return unquoted(no("cooldown", "A quote was moved a moment ago"));
  }
  const kelly = feeAdjustedKelly({ probability: worth, price: bet.cost, fee: bet.fee, settlementFee: 0 }) *
    parameters.kelly_fraction;
  const count = sizeOf(side, view, bet, kelly, parameters);
  const small = sizeObstacle(count) ?? leftObstacle(side, view, count, parameters);
  if (small !== null) return unquoted(small);
  return { bet, price, count, kelly, closes: heldOn(side, view.ownPosition) < 0 };
}

/**
 * One tick better than others, never reaching the other side of the book. Within the cooldown an order that rests and still
 * earns stays where it is. `null` where the grid has no such price.
 */
function placeFor(
  side: Side,
  rival: Price,
  view: StrategyView,
  fair: number,
  parameters: MarketMakerParameters,
): Price | null {
  const { grid, book } = view;
  const better = side === "bid" ? grid.next(rival) : grid.previous(rival);
  const resting = restingOn(side, view);
  if (resting !== null && resting !== better && isWithin(parameters.cooldown, view)) {
    if (weigh(side, resting, view, fair, parameters).edge >= parameters.min_edge - ROUNDING) return resting;
  }
  if (better === null) return null;
  const opposite = side === "bid" ? book.ask : book.bid;
  if (opposite !== null && (side === "bid" ? better >= opposite : better <= opposite)) return null;
  return better;
}

/** What a quote costs and earns: `worth` and `edge` with the skew, the bet's own edge without. */
function weigh(side: Side, price: Price, view: StrategyView, fair: number, parameters: MarketMakerParameters) {
  const cost = costOf(side, price);
  const fee = feeOf(view.market, price, "maker");
  const share = Math.min(1, Math.max(-1, view.ownPosition / ONE_CONTRACT / parameters.max_position));
  const worth = Math.min(1, Math.max(0, worthOf(side, fair - parameters.skew * share)));
  const net = cost + fee + parameters.buffer;
  return { bet: { side, cost, fee, edge: worthOf(side, fair) - net }, worth, edge: worth - net };
}

/**
 * The quote's size shrinks as what is held on its side grows. Each side may stake half of what risk leaves, so that both fit;
 * what only closes stakes nothing.
 */
function sizeOf(side: Side, view: StrategyView, bet: Bet, kelly: number, parameters: MarketMakerParameters): Count {
  const held = heldOn(side, view.ownPosition);
  const free = Math.min(1, Math.max(0, 1 - held / parameters.max_position));
  const closes = Math.min(-held, -heldOn(side, view.position));
  return contractsFor(view, bet, kelly, {
    held,
    position: parameters.max_position,
    depth: parameters.quote_contracts * free,
    headroom: Math.max(0, view.headroom) / 2 + stakeOf(closes, bet),
  });
}

/** Whether what rests must go because of its size: at once where it could exceed the position, else after a while. */
function leftObstacle(
  side: Side,
  view: StrategyView,
  wanted: Count,
  parameters: MarketMakerParameters,
): Refusal | null {
  const left = (side === "bid" ? view.restingBidLeft : view.restingAskLeft) / ONE_CONTRACT;
  if (left === 0) return null;
  if (heldOn(side, view.ownPosition) + left > parameters.max_position) {
    return no("position_full", () => `${left} contracts more would exceed the largest position`);
  }
  const fits = left <= wanted / ONE_CONTRACT && left >= wanted / ONE_CONTRACT / 2;
  if (fits || isWithin(parameters.refresh, view)) return null;
  return no("renewing", () => `${left} contracts rest, ${wanted / ONE_CONTRACT} are wanted`);
}

const restingOn = (side: Side, view: StrategyView): Price | null => side === "bid" ? view.restingBid : view.restingAsk;

/** Whether its last order here was sent within so many seconds. */
const isWithin = (seconds: number, { at, lastOrderAt }: StrategyView): boolean =>
  lastOrderAt > 0 && at - lastOrderAt < seconds * MICROS_PER_SECOND;

/** Both sides' quotes as one opinion. Two that would meet each other are one too many: the better one stays. */
function together(view: StrategyView, bid: Quote | Unquoted, ask: Quote | Unquoted, fair: number): Opinion {
  const quotes = [bid, ask].filter((each): each is Quote => "bet" in each);
  if ("bet" in bid && "bet" in ask && bid.price >= ask.price) {
    quotes.splice(bid.bet.edge >= ask.bet.edge ? 1 : 0, 1);
  }
  const edges = [edgeOf(bid), edgeOf(ask)] as const;
  const edge = edges[0] === null || (edges[1] !== null && edges[1] > edges[0]) ? edges[1] : edges[0];
  const side: Side = edge === edges[0] ? "bid" : "ask";
  const shown = { edge, edgeSide: edge === null ? null : outcomeOf(side) };
  if (quotes.length === 0) return { targets: [], refusal: refusalOf(bid, ask), ...shown };
  return { targets: quotes.map((quote) => targetOf(view, quote, fair)), refusal: null, ...shown };
}

const edgeOf = (side: Quote | Unquoted): number | null => "bet" in side ? side.bet.edge : side.edge;

/** Of two sides without a quote the reason of the one that came nearer, in words both. */
function refusalOf(bid: Quote | Unquoted, ask: Quote | Unquoted): Refusal {
  if ("bet" in bid || "bet" in ask) return no("no_room", "No price lies between others' prices");
  const nearer = (ask.edge ?? -Infinity) > (bid.edge ?? -Infinity) ? ask : bid;
  return new BothSides(nearer.refusal.code, bid.refusal, ask.refusal);
}

/** Put into words only when someone reads them. */
class BothSides implements Refusal {
  readonly #bid: Refusal;
  readonly #ask: Refusal;

  constructor(readonly code: string, bid: Refusal, ask: Refusal) {
    this.#bid = bid;
    this.#ask = ask;
  }

  get text(): string {
    return `Bid: ${this.#bid.text}; ask: ${this.#ask.text}`;
  }
}

function targetOf(view: StrategyView, { bet, price, count, kelly, closes }: Quote, fair: number): Target {
  return {
    side: bet.side,
    price,
    count,
    timeInForce: "good_till_canceled",
    postOnly: true,
    signal: closes ? "unwind" : "quote",
    kelly,
    depth: view.book.sizeAgainst(bet.side, price),
    evidence: evidenceOf(view, bet, count, { spot: view.index?.value ?? null, probability: fair, kelly }),
  };
}
