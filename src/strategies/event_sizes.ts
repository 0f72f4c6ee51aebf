/**
 * How much of each quote of an event is bought: together they are sized so that expected logarithmic wealth is greatest
 * (models/joint_kelly.ts), what is held in the event counted; then each shrinks to what its edge deserves, to what is
 * displayed, to the largest position, and to what risk leaves. Where all together bind more than the event may, those that
 * earn most for their time and can be had in some quantity come first (models/opportunity.ts).
 *
 * All together bind no more than the least of what risk leaves in any of their markets and of `event_budget`. What risk leaves
 * in a market lacks what the strategy's own orders in the others bind; they are decided about here as well, so that is added.
 * @module
 */

import { DIRECT_PRECISION, isFeeKnown } from "../core/fees.ts";
import type { Side } from "../core/order.ts";
import { type Count, count, money, ONE_CONTRACT } from "../core/units.ts";
import { type EventPosition, jointKelly } from "../models/joint_kelly.ts";
import { payoffsOf } from "../models/joint_kelly_states.ts";
import { fundOpportunities } from "../models/opportunity.ts";
import type { Refusal } from "../risk/limits.ts";
import { type Bet, costOf, edgeScale, feeOf, heldOn, outcomeOf, stakeOf, worthOf } from "./bet.ts";
import type { EventStates, MarketOutlook } from "./event_outlook.ts";
import type { EventQuote } from "./event_quotes.ts";
import type { EventValueParameters } from "./event_value_parameters.ts";
import { no } from "./obstacles.ts";
import type { GroupView, PastMarket, StrategyView } from "./view.ts";

/** Micro-dollars in a dollar. */
const MICRO = 1_000_000;

/** Edges are scaled here, each by what was asked of it. */
const UNSCALED = { leastEdge: -1, targetEdge: -1 } as const;

/** What dividing a stake by the cost may take from a whole number of contracts. */
const ROUNDING = 1e-6;

/** What becomes of a quote. */
export interface SizedQuote {
  readonly quote: EventQuote;
  readonly count: Count;
  /** What it puts at stake, of the wealth. */
  readonly kelly: number;
  /** Why nothing of it is bought; `null` where it is. */
  readonly refusal: Refusal | null;
}

/** What sizes rest on beside the quotes. */
export interface SizingGround {
  readonly view: GroupView;
  readonly states: EventStates;
  /** Micro-dollars that exits of the same decision bind while they are open. */
  readonly exits: number;
  readonly payoutSeconds: number;
  readonly parameters: EventValueParameters;
}

/** One of each quote, in their order. */
export function sizesOf(quotes: readonly EventQuote[], ground: SizingGround): readonly SizedQuote[] {
  const { view, states, payoutSeconds, parameters } = ground;
  const wealth = view.nav / MICRO;
  const position = positionOf(view, states);
  const sized = jointKelly({
    probabilities: states.probabilities,
    instruments: quotes.map((quote) => ({
      name: quote.view.market.ticker,
      cost: netCost(quote.bet),
      payoffs: payoffsIn(states, quote.outlook, quote.bet.side),
      depth: Math.max(0, limitOf(quote, parameters).contracts),
    })),
    wealth,
    position,
  }, { ...UNSCALED, fraction: parameters.kelly_fraction, mode: parameters.kelly_mode });
  if (!sized.ok) {
    const refusal = no("not_sized", sized.reason);
    return quotes.map((quote) => ({ quote, count: count(0), kelly: 0, refusal }));
  }
  const capital = capitalOf(quotes, ground);
  const wanted = quotes.map((quote, at) => wantedOf(quote, sized.stakes[at].stake, parameters));
  const given = fund(quotes, wanted, capital, payoutSeconds);
  return quotes.map((quote, at) => ({
    quote,
    count: count(given[at] * ONE_CONTRACT),
    kelly: stakeOf(given[at], quote.bet) / MICRO / wealth,
    refusal: sizeObstacle(wanted[at], given[at], capital),
  }));
}

function sizeObstacle(wanted: Limit, given: number, capital: number): Refusal | null {
  if (wanted.contracts < 1) {
    return no("size_too_small", `Less than one contract is allowed here by ${wanted.bound}`);
  }
  if (given >= 1) return null;
  return no("no_capital", `Other bets on the event earn more with the ${dollars(capital)} left for it`);
}

const dollars = (amount: number): string => `$${(Math.max(0, amount) / MICRO).toFixed(2)}`;

const netCost = ({ cost, fee }: Bet): number => cost + fee;

const payoffsIn = (states: EventStates, { yes }: MarketOutlook, side: Side): readonly number[] =>
  payoffsOf(states.probabilities.length, outcomeOf(side), (state) => yes[state]);

/** What the strategy holds in the event, as if it had been bought at the prices of now. */
function positionOf({ markets, over }: GroupView, states: EventStates): EventPosition {
  const payoffs = states.probabilities.map(() => 0);
  let cost = 0;
  const add = (ticker: string, ownPosition: Count, value: (outlook: MarketOutlook | undefined) => number): void => {
    if (ownPosition === 0) return;
    const outlook = states.markets.get(ticker);
    cost += value(outlook);
    // What nobody knows the rule of counts as lost.
    if (outlook === undefined) return;
    const side = ownPosition > 0 ? "bid" : "ask";
    for (const [state, payoff] of payoffsIn(states, outlook, side).entries()) {
      payoffs[state] += payoff * Math.abs(ownPosition) / ONE_CONTRACT;
    }
  };
  for (const view of markets) add(view.market.ticker, view.ownPosition, (outlook) => heldCost(view, outlook));
  for (const { market, ownPosition } of over) {
    add(market.ticker, ownPosition, (outlook) => worthOfHeld(ownPosition, outlook));
  }
  return { payoffs, cost };
}

/** Dollars that what is held in a market would cost now; what it is worth by the model where it cannot be bought. */
function heldCost({ market, book, ownPosition }: StrategyView, outlook: MarketOutlook | undefined): number {
  if (ownPosition === 0) return 0;
  const side = ownPosition > 0 ? "bid" : "ask";
  const touch = side === "bid" ? book.ask : book.bid;
  const isQuoted = book.isTradable && isFeeKnown(market.fees);
  if (outlook === undefined || touch === null || !isQuoted) return worthOfHeld(ownPosition, outlook);
  return Math.abs(ownPosition) / ONE_CONTRACT * (costOf(side, touch) + feeOf(market, touch, "taker"));
}

/** A dollar a contract where nobody knows the rule. */
const worthOfHeld = (ownPosition: Count, outlook: MarketOutlook | undefined): number =>
  Math.abs(ownPosition) / ONE_CONTRACT *
  (outlook === undefined ? 1 : worthOf(ownPosition > 0 ? "bid" : "ask", outlook.probability));

interface Limit {
  readonly contracts: number;
  readonly bound: string;
}

const least = (limits: readonly Limit[]): Limit =>
  limits.reduce((lowest, each) => each.contracts < lowest.contracts ? each : lowest);

/** The most contracts by all but Kelly. */
function limitOf({ view, bet, depth, most }: EventQuote, parameters: EventValueParameters): Limit {
  const displayed = parameters.execution === "sniper" ? depth / ONE_CONTRACT * parameters.depth_share : Infinity;
  return least([
    { contracts: displayed, bound: "depth_share" },
    { contracts: most, bound: "what rests here" },
    { contracts: parameters.max_contracts - heldOn(bet.side, view.ownPosition), bound: "max_contracts" },
    // The stake of so many contracts, solved for their number.
    { contracts: (view.headroom - DIRECT_PRECISION) / costOfOne(bet), bound: "what risk leaves" },
  ]);
}

/** Micro-dollars that risk reckons with for one more contract. */
const costOfOne = (bet: Bet): number => Math.ceil(stakeOf(1, bet) - DIRECT_PRECISION);

/** Whole contracts: what Kelly stakes, shrunk to what the edge deserves, within the limits. */
function wantedOf(quote: EventQuote, stake: number, parameters: EventValueParameters): Limit {
  const { view, bet, required } = quote;
  const held = Math.max(0, heldOn(bet.side, view.ownPosition));
  const full = stake / netCost(bet) + held;
  const reach = parameters.target_edge - parameters.min_edge;
  const scaled = edgeScale(bet.edge, required, required + reach) * full - held + ROUNDING;
  const { contracts, bound } = least([limitOf(quote, parameters), { contracts: scaled, bound: "Kelly" }]);
  return { contracts: Math.max(0, Math.floor(contracts)), bound };
}

/** Micro-dollars that all quotes together may bind, less the rounding of each order. */
function capitalOf(quotes: readonly EventQuote[], { view, states, exits, parameters }: SizingGround): number {
  const { markets, over } = view;
  const worthIn = ({ market: { ticker }, ownPosition }: PastMarket): number =>
    worthOfHeld(ownPosition, states.markets.get(ticker));
  // Nobody tells what was paid for it: no more than it was worth.
  const bound = markets.reduce(
    (sum, view) => sum + Math.max(heldCost(view, states.markets.get(view.market.ticker)), worthIn(view)),
    over.reduce((sum, past) => sum + worthIn(past), 0),
  );
  const resting = new Map(markets.map(({ market, orders }) => [
    market.ticker,
    orders.reduce(
      (sum, { side, price, left }) => sum + Math.floor(costOf(side, price) * MICRO * left / ONE_CONTRACT),
      0,
    ),
  ]));
  const all = [...resting.values()].reduce((sum, each) => sum + each, 0);
  // A market in which risk leaves nothing for a single contract has no part in it.
  const leaves = quotes.flatMap(({ view: { market, headroom }, bet }) =>
    headroom < stakeOf(1, bet) ? [] : [headroom + all - (resting.get(market.ticker) ?? 0)]
  );
  const left = Math.min(...leaves.map((each) => each - exits), (parameters.event_budget - bound) * MICRO);
  return Math.floor(left) - quotes.length * DIRECT_PRECISION;
}

/** Contracts of each: what it wants where that binds no more than the capital, else those first that earn most. */
function fund(
  quotes: readonly EventQuote[],
  wanted: readonly Limit[],
  capital: number,
  payoutSeconds: number,
): readonly number[] {
  const all = quotes.reduce((sum, { bet }, at) => sum + wanted[at].contracts * costOfOne(bet), 0);
  if (all <= capital) return wanted.map(({ contracts }) => contracts);
  const funding = fundOpportunities(
    quotes.map(({ view, bet, depth }, at) => ({
      ticker: view.market.ticker,
      capital: money(wanted[at].contracts * costOfOne(bet)),
      cost: money(costOfOne(bet)),
      edge: bet.edge,
      secondsToPayout: view.secondsToClose + payoutSeconds,
      depth,
    })),
    money(Math.max(0, capital)),
  );
  if (!funding.ok) return quotes.map(() => 0);
  const capitals = new Map(funding.funded.map((each) => [each.ticker, each.capital]));
  return quotes.map(({ view, bet }) => Math.floor((capitals.get(view.market.ticker) ?? 0) / costOfOne(bet)));
}
