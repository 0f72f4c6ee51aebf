/**
 * S2, hourly NO at minute 45: of the thresholds on bitcoin or ether that settle at the coming hour, the first one that lies
 * far enough above the index is bet against, once, a quarter of an hour before it settles.
 *
 *     P(NO) = Phi(z), z = distance / (sigma_15m x sqrt(minutes / 15))        (M5)
 *     edge_net = P(NO) - (1 - bid) - (fee + slippage + late)
 *
 * A run is one event at one minute 45. In the seconds of its window it sends one order at most: after that, and after a
 * restart that finds the order or what it bought, the event is left alone.
 * @module
 */

import { z } from "zod";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../core/units.ts";
import { feeAdjustedKelly } from "../models/kelly.ts";
import { fifteenMinuteDeviation, randomWalkNo } from "../models/random_walk.ts";
import type { Refusal } from "../risk/limits.ts";
import { type Bet, contractsFor, costOf, evidenceOf, feeOf, stakeOf } from "./bet.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import {
  bookObstacle,
  indexObstacle,
  keepStill,
  marketObstacle,
  no,
  NoEdge,
  priceObstacle,
  sizeObstacle,
  strikeObstacle,
} from "./obstacles.ts";
import {
  basisPoints,
  byRatio,
  contracts,
  dollars,
  flag,
  fraction,
  seconds,
  shareOfSome,
  volatility,
} from "./parameters.ts";
import type { IndexReading, MarketStrategy, Opinion, StrategyView, Target } from "./strategy.ts";

export const hourlyNoParameters = z.strictObject({
  min_edge: dollars(0.03, "Least net edge per contract", byRatio(0.01, 0.1)),
  min_distance: basisPoints(
    20,
    "How far above the index a strike must lie; the first one that does is taken",
    byRatio(5, 80),
  ),
  kelly_fraction: fraction(0.25, "Part of full Kelly to use", byRatio(0.05, 0.5)),
  max_contracts: contracts(5, "Largest position in a market"),
  run_budget: z.number().min(0).max(100_000).default(10).meta({
    unit: "dollars",
    text: "Most that one run may put at stake, one event at one minute 45, fees included",
  }),
  window_seconds: seconds(20, 600, "After minute 45, how long the order may still be sent", byRatio(5, 120)),
  slippage: dollars(0.002, "Buffer for the price moving before the order arrives"),
  latency_buffer: dollars(0.002, "Buffer for being late, whatever the latency"),
  latency_buffer_per_second: dollars(0.01, "Added for each second that the index arrives late"),
  min_depth: contracts(1, "Least size of the best YES bid"),
  depth_share: shareOfSome(1, "Part of it to take at most"),
  max_index_age: seconds(3, 60, "An older index value is stale"),
  trade_on_one_exchange: flag(false, "Whether to trade while a single exchange is all that stands for the index"),
  min_volatility: volatility(2e-6, "Calmer than this is not believed"),
  max_volatility: volatility(2e-3, "Wilder than this is left alone"),
  min_price: dollars(0.05, "Cheaper NO contracts are left alone"),
  max_price: dollars(0.97, "Dearer NO contracts are left alone"),
});

export type HourlyNoParameters = z.infer<typeof hourlyNoParameters>;

const HOURLY_THRESHOLD = /^KX(BTC|ETH)D$/;
const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;
/** From minute 45 to the hour. */
const RUN_SECONDS = 900;
/** Micro-dollars in a dollar. */
const MICRO = 1_000_000;

export const hourlyNo: MarketStrategy<HourlyNoParameters> = {
  name: "hourly_no",
  title: "Hourly NO at minute 45 (BTC and ETH thresholds; off by default)",
  startsOff: true,
  parameters: hourlyNoParameters,
  hooks: STANDARD_HOOKS,
  trades: (series) => HOURLY_THRESHOLD.test(series),
  decide(view, parameters) {
    const { index } = view;
    const strike = view.market.floorStrike;
    const obstacle = marketObstacle(view) ?? strikeObstacle(view) ?? runObstacle(view, parameters) ??
      bookObstacle(view) ?? indexObstacle(index, parameters);
    if (obstacle !== null || index === null || strike === null) {
      return keepStill(obstacle ?? no("no_index", "No index"));
    }
    const { bid } = view.book;
    const unfit = strikeChoice(view, index.value, strike, parameters) ?? eventObstacle(view) ??
      bidObstacle(view, parameters);
    if (unfit !== null || bid === null) return keepStill(unfit ?? no("one_sided", "Nobody bids"));
    return decideAt(view, index, strike, bid, parameters);
  },
};

/** A threshold that settles on the hour, in the window that begins at minute 45. */
function runObstacle({ market, secondsToClose }: StrategyView, { window_seconds }: HourlyNoParameters): Refusal | null {
  if (market.strikeType !== "greater" && market.strikeType !== "greater_or_equal") {
    return no("not_a_threshold", () => `A strike of type ${market.strikeType} is no threshold from below`);
  }
  if (market.closeTime % MICROS_PER_HOUR !== 0) return no("not_on_the_hour", "The market does not close on the hour");
  const since = RUN_SECONDS - secondsToClose;
  if (since < 0) return no("before_minute_45", () => `${(-since).toFixed(0)} s until minute 45 before the close`);
  if (since > window_seconds) return no("after_minute_45", () => `Minute 45 was ${since.toFixed(0)} s ago`);
  return null;
}

/** The first strike far enough above the index, and no other. */
function strikeChoice(
  { event }: StrategyView,
  value: number,
  strike: number,
  { min_distance }: HourlyNoParameters,
): Refusal | null {
  const least = value * (1 + min_distance / 10_000);
  const distance = (strike / value - 1) * 10_000;
  if (strike < least) return no("strike_too_near", () => `The strike is ${distance.toFixed(1)} bp above the index`);
  const below = event.strikeBelow;
  if (below !== null && below >= least) {
    return no("not_first_strike", () => `The strike ${below} lies nearer, and far enough`);
  }
  return null;
}

/** One order for each run. */
function eventObstacle({ event }: StrategyView): Refusal | null {
  if (event.lastOrderAt > 0) return no("decided_already", "An order of this event's run was sent already");
  if (event.held) return no("held_already", "Something of this event is held or open already");
  return null;
}

/** Somebody who buys YES, which is selling NO. */
function bidObstacle({ book }: StrategyView, { min_depth }: HourlyNoParameters): Refusal | null {
  if (book.bid === null) return no("one_sided", "Nobody bids for YES, so nobody sells NO");
  const depth = book.bidSize / ONE_CONTRACT;
  return depth < min_depth ? no("thin_book", () => `${depth} contracts at the best bid`) : null;
}

function decideAt(
  view: StrategyView,
  index: IndexReading,
  strike: number,
  bid: Price,
  parameters: HourlyNoParameters,
): Opinion {
  const deviation = fifteenMinuteDeviation(index.volatility ?? NaN);
  const model = randomWalkNo(index.value, strike, deviation, view.secondsToClose / 60);
  if (!model.ok) return keepStill(no("no_model", model.reason));
  const worth = model.probabilityOfNo;
  const cost = costOf("ask", bid);
  const fee = feeOf(view.market, bid, "taker");
  const late = parameters.latency_buffer_per_second * (Math.max(0, index.lag) / MICROS_PER_SECOND);
  const edge = worth - cost - (fee + parameters.slippage + parameters.latency_buffer + late);
  const bet: Bet = { side: "ask", cost, fee, edge };
  const still = (refusal: Refusal) => keepStill(refusal, edge, "no");
  if (edge < parameters.min_edge) return still(new NoEdge(edge, parameters.min_edge));
  const dear = priceObstacle(cost, parameters);
  if (dear !== null) return still(dear);
  if (stakeOf(1, bet) > parameters.run_budget * MICRO) {
    return still(
      no("over_budget", () => `One contract costs ${(cost + fee).toFixed(4)}, a run ${parameters.run_budget}`),
    );
  }
  const kelly = feeAdjustedKelly({ probability: worth, price: cost, fee, settlementFee: 0 }) *
    parameters.kelly_fraction;
  const depth = view.book.sizeAgainst("ask", bid);
  const size = contractsFor(view, bet, kelly, {
    position: parameters.max_contracts,
    depth: depth / ONE_CONTRACT * parameters.depth_share,
    headroom: Math.min(view.headroom, parameters.run_budget * MICRO),
  });
  const tooSmall = sizeObstacle(size);
  if (tooSmall !== null) return still(tooSmall);
  const target: Target = {
    side: "ask",
    price: bid,
    count: size,
    timeInForce: "immediate_or_cancel",
    postOnly: false,
    signal: "first_strike",
    kelly,
    depth,
    evidence: evidenceOf(view, bet, size, { spot: index.value, probability: 1 - worth, kelly }),
  };
  return { targets: [target], refusal: null, edge, edgeSide: "no" };
}
