/**
 * S3, latency: takes a quote of a 15-minute crypto market that lies off what the coin trades at on the spot exchanges.
 *
 *     edge_net = p_spot - price - (fee + slippage + late)
 *
 * `p_spot` is the closed form of the settlement average (M4) from the exchanges' volume-weighted price, the market's
 * volatility, and the doubt that spot and index are the same. `late` is a buffer, more the older and later the spot prices
 * are. The confidence scales the Kelly fraction; it is the product of
 *
 * | part | 1 where | 0 where |
 * | --- | --- | --- |
 * | enough | `full_exchanges` speak | none does |
 * | fresh | the newest word came this moment | it is `max_spot_age` old |
 * | agreed | weighted price and newest trades are the same | they are `max_gap` apart |
 *
 * Nothing is done in the last minute: there the seconds already seen decide, which settlement edge knows and this does not.
 * @module
 */

import { z } from "zod";
import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import type { Side } from "../core/order.ts";
import { MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../core/units.ts";
import { withBasisDoubt } from "../models/basis_doubt.ts";
import { feeAdjustedKelly } from "../models/kelly.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import type { Refusal } from "../risk/limits.ts";
import { type Bet, contractsFor, costOf, edgeScale, evidenceOf, feeOf, outcomeOf, worthOf } from "./bet.ts";
import { apart, confidenceObstacle, leftOf } from "./confidence.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import {
  bookObstacle,
  cooldownObstacle,
  indexObstacle,
  keepStill,
  marketObstacle,
  no,
  NoEdge,
  priceObstacle,
  quoteObstacle,
  sizeObstacle,
  strikeObstacle,
  timeObstacle,
} from "./obstacles.ts";
import { orderFlowParameter, usesFlow, withFlow } from "./order_flow.ts";
import {
  basisPoints,
  byRatio,
  contracts,
  dollars,
  evenly,
  flag,
  fraction,
  seconds,
  shareOfSome,
  volatility,
} from "./parameters.ts";
import type { IndexReading, MarketStrategy, Opinion, SpotReading, StrategyView, Target } from "./strategy.ts";

const exchanges = (value: number, text: string) =>
  z.int().min(1).max(16).default(value).meta({ unit: "exchanges", text });

export const latencyParameters = z.strictObject({
  min_edge: dollars(0.03, "Least net edge per contract", byRatio(0.01, 0.1)),
  target_edge: dollars(
    0.06,
    "Net edge at which the full Kelly fraction is used; below it the size shrinks",
    evenly(0.03, 0.15),
  ),
  kelly_fraction: fraction(0.25, "Part of full Kelly to use, at full confidence", byRatio(0.05, 0.5)),
  min_confidence: fraction(0.3, "Less confidence in the spot prices than this is not acted on", evenly(0.1, 0.8)),
  price: z.enum(["vwap", "last"]).default("vwap").meta({
    unit: "",
    text: "What stands for the spot: the price weighted by volume, slower and steadier, or the middle newest trade",
  }),
  min_exchanges: exchanges(3, "Fewer spot exchanges are not believed"),
  full_exchanges: exchanges(5, "So many of them are believed fully"),
  max_spot_age: seconds(2, 60, "An older word of the spot exchanges is stale"),
  max_gap: basisPoints(5, "Farther apart, weighted price and newest trades do not tell one price", byRatio(1, 20)),
  max_basis: basisPoints(10, "Farther off the settlement index, the spot prices tell something else", byRatio(2, 40)),
  spot_doubt: basisPoints(1, "How far spot and index may differ where they seem the same: one standard deviation"),
  slippage: dollars(0.002, "Buffer for the price moving before an order arrives"),
  latency_buffer: dollars(0.002, "Buffer for being late, whatever the latency"),
  latency_buffer_per_second: dollars(0.01, "Added for each second that the spot prices are old and arrived late"),
  assumed_latency: seconds(0.5, 10, "Taken for the latency of exchanges that stamp nothing"),
  max_spread: dollars(0.06, "Widest spread to trade on", evenly(0.02, 0.15)),
  min_depth: contracts(5, "Least size at the touch"),
  depth_share: shareOfSome(0.5, "Part of the touch to take at most"),
  max_contracts: contracts(100, "Largest position in a market"),
  min_seconds: z.number().min(SETTLEMENT_SECONDS).max(900).default(75).meta({
    unit: "seconds",
    text: "Nearer to settlement nothing is sent; not below the minute that is averaged",
  }),
  max_seconds: seconds(840, 900, "Farther from settlement nothing is sent"),
  max_index_age: seconds(3, 60, "An older index value is stale"),
  trade_on_one_exchange: flag(false, "Whether to trade while a single exchange is all that stands for the index"),
  min_volatility: volatility(2e-6, "Calmer than this is not believed"),
  max_volatility: volatility(2e-3, "Wilder than this is left alone"),
  min_price: dollars(0.05, "Cheaper contracts are left alone"),
  max_price: dollars(0.95, "Dearer contracts are left alone"),
  cooldown: seconds(1, 3_600, "Between two orders in one market"),
  order_flow: orderFlowParameter(),
});

export type LatencyParameters = z.infer<typeof latencyParameters>;

const FIFTEEN_MINUTE_CRYPTO = /^KX(BTC|ETH|SOL|XRP|DOGE|BNB|HYPE|NEAR|ZEC)15M$/;

/** Prepared anew for every question: what it held before never matters. */
const average = new SettlementAverage();

export const latency: MarketStrategy<LatencyParameters> = {
  name: "latency",
  title: "Latency (15-minute crypto, spot against quote; off by default)",
  startsOff: true,
  parameters: latencyParameters,
  hooks: STANDARD_HOOKS,
  trades: (series) => FIFTEEN_MINUTE_CRYPTO.test(series),
  usesFlow,
  decide(view, parameters) {
    const { index } = view;
    const obstacle = marketObstacle(view) ?? strikeObstacle(view) ?? bookObstacle(view) ??
      indexObstacle(index, parameters) ?? timeObstacle(view, parameters);
    if (obstacle !== null || index === null) return keepStill(obstacle ?? no("no_index", "No index"));
    const found = lookAtSpot(view.spot, index, parameters);
    if ("code" in found) return keepStill(found);
    const wide = quoteObstacle(view, parameters);
    if (wide !== null) return keepStill(wide);
    const probability = fairValue(view, index, found.price, parameters);
    if (probability === null) return keepStill(no("no_model", "No probability follows from this market's strike"));
    return decideAt(view, found, withFlow(view, probability, parameters.order_flow), parameters);
  },
};

/** What the spot exchanges say, and how far it is believed. */
interface Spot {
  readonly price: number;
  readonly confidence: number;
  /** Since what was traded, seconds. */
  readonly late: number;
}

/** The spot price, or why it is not acted on. */
function lookAtSpot(spot: SpotReading | null, index: IndexReading, parameters: LatencyParameters): Spot | Refusal {
  const { price, min_exchanges, full_exchanges, max_spot_age, max_gap, max_basis, min_confidence } = parameters;
  if (spot === null) return no("no_spot", "No spot exchange can be believed");
  if (spot.exchanges < min_exchanges) {
    return no("few_exchanges", () => `${spot.exchanges} spot exchanges can be believed, wanted ${min_exchanges}`);
  }
  const age = spot.age / MICROS_PER_SECOND;
  if (age > max_spot_age) return no("spot_stale", () => `The spot prices are ${age.toFixed(1)} s old`);
  if (spot.vwap === null || spot.last === null) return no("no_spot_trades", "Nobody traded on the spot exchanges");
  const gap = apart(spot.last, spot.vwap);
  if (gap > max_gap) return no("spot_disagrees", () => `Newest trades lie ${gap.toFixed(1)} bp off the weighted price`);
  const value = price === "vwap" ? spot.vwap : spot.last;
  const basis = apart(value, index.value);
  if (basis > max_basis) return no("spot_off_index", () => `The spot lies ${basis.toFixed(1)} bp off the index`);
  const confidence = Math.min(1, spot.exchanges / full_exchanges) * leftOf(age, max_spot_age) * leftOf(gap, max_gap);
  const doubtful = confidenceObstacle(confidence, min_confidence);
  if (doubtful !== null) return doubtful;
  const latency = spot.latency === null ? parameters.assumed_latency : Math.max(0, spot.latency) / MICROS_PER_SECOND;
  return { price: value, confidence, late: age + latency };
}

/** P(YES) by the closed form (M4) if the index were where the spot is. */
function fairValue(
  { market, secondsToClose }: StrategyView,
  { volatility }: IndexReading,
  spot: number,
  { spot_doubt }: LatencyParameters,
): number | null {
  if (volatility === null) return null;
  const sigma = withBasisDoubt(volatility, spot_doubt / 10_000, secondsToClose);
  return average.prepare(spot, sigma, secondsToClose).probabilityOfYes(market);
}

interface Candidate extends Bet {
  readonly price: Price;
  readonly worth: number;
}

function decideAt(view: StrategyView, spot: Spot, probability: number, parameters: LatencyParameters): Opinion {
  const { bid, ask } = view.book;
  const buysYes = ask === null ? null : candidate(view, "bid", ask, spot, probability, parameters);
  const buysNo = bid === null ? null : candidate(view, "ask", bid, spot, probability, parameters);
  const best = buysYes === null || (buysNo !== null && buysNo.edge > buysYes.edge) ? buysNo : buysYes;
  if (best === null) return keepStill(new NoEdge(null, parameters.min_edge));
  const still = (refusal: Refusal) => keepStill(refusal, best.edge, outcomeOf(best.side));
  if (best.edge < parameters.min_edge) return still(new NoEdge(best.edge, parameters.min_edge));
  const obstacle = priceObstacle(best.cost, parameters) ?? cooldownObstacle(view, parameters.cooldown);
  if (obstacle !== null) return still(obstacle);
  const full = feeAdjustedKelly({ probability: best.worth, price: best.cost, fee: best.fee, settlementFee: 0 });
  const scale = edgeScale(best.edge, parameters.min_edge, parameters.target_edge);
  const kelly = full * parameters.kelly_fraction * scale * spot.confidence;
  const depth = view.book.sizeAgainst(best.side, best.price);
  const size = contractsFor(view, best, kelly, {
    position: parameters.max_contracts,
    depth: depth / ONE_CONTRACT * parameters.depth_share,
  });
  const tooSmall = sizeObstacle(size);
  if (tooSmall !== null) return still(tooSmall);
  const target: Target = {
    side: best.side,
    price: best.price,
    count: size,
    timeInForce: "immediate_or_cancel",
    postOnly: false,
    signal: `spot_${parameters.price}`,
    kelly,
    depth,
    evidence: evidenceOf(view, best, size, { spot: spot.price, probability, kelly }),
  };
  return {
    targets: [target],
    refusal: null,
    edge: best.edge,
    edgeSide: outcomeOf(best.side),
    confidence: spot.confidence,
  };
}

function candidate(
  { market }: StrategyView,
  side: Side,
  price: Price,
  { late }: Spot,
  probability: number,
  parameters: LatencyParameters,
): Candidate {
  const cost = costOf(side, price);
  const worth = worthOf(side, probability);
  const fee = feeOf(market, price, "taker");
  const buffer = parameters.slippage + parameters.latency_buffer + parameters.latency_buffer_per_second * late;
  return { side, price, cost, worth, fee, edge: worth - cost - (fee + buffer) };
}
