/**
 * One arbitrage as orders: how many contracts of each leg, whether that is worth it, and what goes wrong at worst.
 *
 *     net = what the set pays at least - what its legs cost - the most that their fees can be
 *     AROC = net / capital / years to the close
 *
 * What an order believes of its market is the one set of probabilities near the quotes that leaves no arbitrage: asks
 * and bids of outcomes in proportion, so that they sum to 1, and for two strikes out of order the middle of both.
 * @module
 */

import { DIRECT_PRECISION, worstCaseFee } from "../core/fees.ts";
import type { Side } from "../core/order.ts";
import type { Evidence } from "../core/record.ts";
import { type Count, count, ONE_CONTRACT, ONE_DOLLAR_PRICE, type Price, price } from "../core/units.ts";
import type { Arbitrage } from "../models/arbitrage.ts";
import { type SetLeg, worstPartialLoss } from "../models/arbitrage_worst_case.ts";
import { annualisedReturn } from "../models/opportunity.ts";
import type { Refusal } from "../risk/limits.ts";
import type { ArbitrageParameters } from "./arbitrage_parameters.ts";
import { costOf, feeOf, heldOn, outcomeOf, stakeOf } from "./bet.ts";
import { no } from "./obstacles.ts";
import type { Opinion, Target } from "./strategy.ts";
import type { GroupView, StrategyView } from "./view.ts";

/** Micro-dollars in a dollar. */
const MICRO = 1_000_000;

/** A leg with what is seen of its market. */
interface Leg {
  readonly view: StrategyView;
  readonly side: Side;
  readonly price: Price;
}

/** A set that is to be bought, or why not. */
export type SetDecision =
  | { readonly ok: true; readonly opinions: ReadonlyMap<string, Opinion> }
  | { readonly ok: false; readonly refusal: Refusal; readonly edge: number };

/** What becomes of an arbitrage that was found among the markets of a view. */
export function decideSet(
  { kind, legs: bought, gross, count: displayed }: Arbitrage,
  { markets, nav }: GroupView,
  parameters: ArbitrageParameters,
): SetDecision {
  const byTicker = new Map(markets.map((view) => [view.market.ticker, view]));
  const legs = bought.flatMap(({ ticker, buys, price }): Leg[] => {
    const view = byTicker.get(ticker);
    return view === undefined ? [] : [{ view, side: buys === "yes" ? "bid" : "ask", price }];
  });
  const grossPerContract = gross / displayed;
  const { contracts, bound } = sizeOf(legs, displayed, nav, parameters);
  const weighed = weigh(legs, grossPerContract, Math.max(contracts, 1), parameters);
  const { edge, aroc, capital, worst } = weighed;
  const refuse = (code: string, text: string): SetDecision => ({ ok: false, refusal: no(code, text), edge });
  const set = `${kind} of ${legs.length} legs`;
  if (edge < parameters.min_edge) {
    return refuse("set_edge_small", `${set} earns ${edge.toFixed(4)} a contract, wanted ${parameters.min_edge}`);
  }
  if (aroc < parameters.min_aroc) {
    return refuse(
      "set_aroc_small",
      `${set} earns ${aroc.toFixed(3)} of its capital a year, wanted ${parameters.min_aroc}`,
    );
  }
  if (contracts < 1) {
    const loss = (worst / MICRO).toFixed(4);
    return refuse("set_too_small", `${set}: less than one contract by ${bound}; one may lose ${loss} if legs fail`);
  }
  // What the last order took may still be displayed.
  const stale = legs.find(({ view: { book, lastOrderAt } }) => lastOrderAt > 0 && book.updatedAt <= lastOrderAt);
  if (stale !== undefined) {
    const { ticker } = stale.view.market;
    return refuse("book_of_before", `${set}: the book of ${ticker} has not changed since the last order there`);
  }
  const size = count(contracts * ONE_CONTRACT);
  const kelly = capital / nav;
  const fair = fairOf(kind, legs);
  return {
    ok: true,
    opinions: new Map(legs.map((leg, at): [string, Opinion] => {
      const target: Target = {
        side: leg.side,
        price: leg.price,
        count: size,
        timeInForce: parameters.leg_order,
        postOnly: false,
        signal: kind,
        kelly,
        depth: leg.view.book.sizeAgainst(leg.side, leg.price),
        basket: kind,
        evidence: {
          ...evidenceAt(leg.view, fair[at]),
          edge: edge / legs.length,
          kellyFraction: kelly,
          expectedValue: edge * contracts / legs.length,
          aroc,
          worstLoss: worst / MICRO,
        },
      };
      return [leg.view.market.ticker, { targets: [target], refusal: null, edge, edgeSide: outcomeOf(leg.side) }];
    })),
  };
}

/** What is known of a market when an order goes out that believes this of it. */
export const evidenceAt = (
  { index, market, book }: StrategyView,
  probability: number | null,
): Pick<Evidence, "spot" | "strike" | "modelProbability" | "marketProbability"> => ({
  spot: index?.value ?? null,
  strike: market.floorStrike,
  modelProbability: probability,
  marketProbability: book.bid === null || book.ask === null ? null : (book.bid + book.ask) / 2 / ONE_DOLLAR_PRICE,
});

/** Of each leg's YES. */
function fairOf(kind: Arbitrage["kind"], legs: readonly Leg[]): readonly number[] {
  const sum = legs.reduce((total, leg) => total + leg.price, 0);
  return legs.map((leg) => kind === "strikes" ? sum / legs.length / ONE_DOLLAR_PRICE : leg.price / sum);
}

interface Weighed {
  /** Net of a set of one contract a leg, dollars. */
  readonly edge: number;
  readonly aroc: number;
  /** Micro-dollars, as is the next. */
  readonly capital: number;
  readonly worst: number;
}

function weigh(
  legs: readonly Leg[],
  grossPerContract: number,
  contracts: number,
  parameters: ArbitrageParameters,
): Weighed {
  const size = count(contracts * ONE_CONTRACT);
  let cost = 0;
  let fees = 0;
  for (const { view, side, price } of legs) {
    cost += (side === "bid" ? price : ONE_DOLLAR_PRICE - price) * size;
    fees += worstCaseFee(view.market.fees, price, size, "taker", parameters.fills_per_leg);
  }
  const net = Math.round(grossPerContract * size) - fees;
  const capital = cost + fees;
  const seconds = Math.max(...legs.map(({ view }) => view.secondsToClose));
  return {
    edge: net / contracts / MICRO,
    aroc: annualisedReturn(net, capital, seconds),
    capital,
    worst: worstPartialLoss(legs.map(closable), size, stressOf(parameters)),
  };
}

const stressOf = ({ stress_slippage, fills_per_leg }: ArbitrageParameters) => ({
  slippage: price(Math.round(stress_slippage * ONE_DOLLAR_PRICE)),
  fillsPerLeg: fills_per_leg,
});

const closable = ({ view: { book, market }, side, price }: Leg): SetLeg => ({
  side,
  price,
  fees: market.fees,
  closing: side === "bid" ? book.bid : book.ask,
});

/** Whole contracts of each leg, and what bounds them. */
function sizeOf(
  legs: readonly Leg[],
  displayed: Count,
  nav: number,
  parameters: ArbitrageParameters,
): { readonly contracts: number; readonly bound: string } {
  const one = weigh(legs, 0, 1, parameters);
  const bets = legs.map(({ view, side, price }) => ({
    side,
    cost: costOf(side, price),
    fee: feeOf(view.market, price, "taker"),
    edge: 0,
  }));
  // Risk adds the legs up: what is left for the one that has least is left for all together.
  const headroom = Math.min(...legs.map(({ view }) => view.headroom)) - legs.length * DIRECT_PRECISION;
  const stake = bets.reduce((sum, bet) => sum + stakeOf(1, bet), 0);
  const held = Math.max(0, ...legs.map(({ view, side }) => heldOn(side, view.ownPosition)));
  const loss = parameters.max_leg_loss * MICRO;
  const bounds: readonly (readonly [string, number])[] = [
    ["the depth displayed", displayed / ONE_CONTRACT * parameters.depth_share],
    ["max_contracts", parameters.max_contracts - held],
    ["nav_share", nav * parameters.nav_share / one.capital],
    ["what risk leaves", headroom / stake],
    // A contract alone rounds up most: so many together lose less than so many times one.
    ["max_leg_loss", one.worst <= 0 ? Infinity : loss / one.worst],
  ];
  const [bound, most] = bounds.reduce((least, each) => each[1] < least[1] ? each : least);
  return { contracts: Math.max(0, Math.floor(most)), bound };
}
