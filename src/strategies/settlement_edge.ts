/**
 * S1, settlement edge: buys whichever side of a 15-minute crypto market costs less than the model says it is worth,
 * after fee, slippage and latency.
 *
 *     edge_net = p_model - price - (fee + slippage + latency buffer)
 *
 * Three kinds of signal:
 *
 * | signal | when |
 * | --- | --- |
 * | delay_capture | the index moved our way within the last seconds and the quote has not changed since |
 * | momentum_confirmation | the index has been drifting our way |
 * | baseline_gap | neither; more edge is asked for |
 *
 * Bets shrink with the confidence in the data: by whose word the index is, how old it is, and how far the spot exchanges are
 * from it (confidence.ts). Where taking does not pay but a resting order one tick better than the queue would, it rests one there.
 * @module
 */

import { z } from "zod";
import { isFeeKnown } from "../core/fees.ts";
import type { Side } from "../core/order.ts";
import { MICROS_PER_SECOND, ONE_CONTRACT, type Price } from "../core/units.ts";
import { feeAdjustedKelly } from "../models/kelly.ts";
import type { Refusal } from "../risk/limits.ts";
import { type Bet, contractsFor, costOf, edgeScale, evidenceOf, feeOf, outcomeOf, worthOf } from "./bet.ts";
import { confidenceObstacle, indexConfidence } from "./confidence.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import {
  bookObstacle,
  cooldownObstacle,
  indexObstacle,
  keepStill,
  marketObstacle,
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
import type { IndexReading, MarketStrategy, Opinion, StrategyView, Target } from "./strategy.ts";

export const settlementEdgeParameters = z.strictObject({
  min_edge: dollars(0.02, "Least net edge per contract", byRatio(0.005, 0.08)),
  target_edge: dollars(
    0.06,
    "Net edge at which the full Kelly fraction is used; below it the size shrinks in proportion",
    evenly(0.02, 0.15),
  ),
  baseline_extra_edge: dollars(0.01, "Asked for on top where only the baseline gap speaks", evenly(0, 0.04)),
  kelly_fraction: fraction(0.25, "Part of full Kelly to use", byRatio(0.05, 0.5)),
  slippage: dollars(0.002, "Buffer for the price moving before a taking order arrives"),
  latency_buffer: dollars(0.002, "Buffer for being late, whatever the latency"),
  latency_buffer_per_second: dollars(0.01, "Added for each second that the index arrives late"),
  max_spread: dollars(0.1, "Widest spread to trade on", evenly(0.02, 0.2)),
  min_depth: contracts(5, "Least size at the touch"),
  depth_share: shareOfSome(0.5, "Part of the touch to take at most"),
  max_contracts: contracts(300, "Largest position in a market"),
  min_seconds: seconds(3, 900, "Nearer to settlement nothing is sent", byRatio(1, 120)),
  max_seconds: seconds(870, 86_400, "Farther from settlement nothing is sent", evenly(120, 870)),
  max_index_age: seconds(3, 60, "An older index value is stale"),
  max_spot_gap: basisPoints(15, "Farther between the index and the spot exchanges nothing is believed"),
  min_confidence: fraction(0.3, "Least confidence in the data; bets shrink with it"),
  trade_on_one_exchange: flag(false, "Whether to trade while a single exchange is all that stands for the index"),
  min_volatility: volatility(2e-6, "Calmer than this is not believed"),
  max_volatility: volatility(2e-3, "Wilder than this is left alone"),
  min_price: dollars(0.04, "Cheaper contracts are left alone"),
  max_price: dollars(0.96, "Dearer contracts are left alone"),
  cooldown: seconds(0.5, 3_600, "Between two orders in one market"),
  delay_seconds: seconds(3, 60, "How far back a move of the index counts as fresh"),
  delay_move: basisPoints(1, "Least fresh move"),
  momentum_seconds: seconds(30, 300, "How far back the drift is measured"),
  momentum_move: basisPoints(2, "Least drift"),
  rest: flag(true, "Rest an order one tick better than the best where taking does not pay"),
  rest_edge: dollars(0.03, "Least net edge of a resting order", byRatio(0.01, 0.1)),
  order_flow: orderFlowParameter(),
});

export type SettlementEdgeParameters = z.infer<typeof settlementEdgeParameters>;

const FIFTEEN_MINUTE_CRYPTO = /^KX(BTC|ETH|SOL|XRP|DOGE|BNB|HYPE|NEAR|ZEC)15M$/;

/** A quote that stood this long has not answered a move of the index yet. */
const QUOTE_UNMOVED_SECONDS = 0.5;

/** One way to buy: the YES side at the ask or on a bid, the NO side at the bid or on an ask. */
interface Candidate extends Bet {
  /** On the YES book. */
  readonly price: Price;
  readonly takes: boolean;
  /** By the model. */
  readonly worth: number;
  readonly signal: string;
  readonly wanted: number;
}

export const settlementEdge: MarketStrategy<SettlementEdgeParameters> = {
  name: "settlement_edge",
  title: "Settlement edge (15-minute crypto)",
  parameters: settlementEdgeParameters,
  hooks: STANDARD_HOOKS,
  trades: (series) => FIFTEEN_MINUTE_CRYPTO.test(series),
  usesFlow,
  decide(view, parameters) {
    const { index } = view;
    const obstacle = noTradeReason(view, parameters);
    if (index === null || view.probability === null || !isFeeKnown(view.market.fees)) {
      return idle(obstacle ?? { code: "no_model", text: "No probability" }, null);
    }
    const probability = withFlow(view, view.probability, parameters.order_flow);
    const confidence = indexConfidence(index, view.spot, parameters);
    const outlook = outlookOf(view, index, probability, confidence, parameters);
    const best = bestTaking(view, outlook, parameters);
    const reason = obstacle ?? confidenceObstacle(confidence, parameters.min_confidence);
    if (reason !== null) return idle(reason, best);
    if (best !== null && best.edge >= best.wanted) return act(view, best, outlook, parameters);
    const resting = parameters.rest ? bestResting(view, outlook, parameters) : null;
    if (resting !== null) return act(view, resting, outlook, parameters);
    return idle(new NoEdge(best?.edge ?? null, Math.max(best?.wanted ?? 0, parameters.min_edge)), best);
  },
};

const idle = (refusal: Refusal, best: Candidate | null): Opinion =>
  keepStill(refusal, best?.edge ?? null, best === null ? null : outcomeOf(best.side));

/** Every condition under which S1 keeps still, the plainest first. */
const noTradeReason = (view: StrategyView, parameters: SettlementEdgeParameters): Refusal | null =>
  marketObstacle(view) ?? strikeObstacle(view) ?? bookObstacle(view) ?? indexObstacle(view.index, parameters) ??
    timeObstacle(view, parameters) ?? quoteObstacle(view, parameters);

/** Whether acting means sending an order, and not just leaving the one that rests where it is. */
function isNewOrder(view: StrategyView, { side, price, takes }: Candidate): boolean {
  return takes || price !== (side === "bid" ? view.restingBid : view.restingAsk);
}

/** What all candidates of one decision share. */
interface Outlook {
  readonly probability: number;
  /** In the data, 0 to 1. */
  readonly confidence: number;
  /** What being late may cost, dollars per contract; not negative. */
  readonly late: number;
  /** The signal that speaks for buying YES, and for buying NO. */
  readonly bidSignal: string;
  readonly askSignal: string;
}

function outlookOf(
  view: StrategyView,
  index: IndexReading,
  probability: number,
  confidence: number,
  parameters: SettlementEdgeParameters,
): Outlook {
  const fresh = index.move(parameters.delay_seconds);
  const drift = index.move(parameters.momentum_seconds);
  const quoteAge = view.at - view.quotedAt;
  const unmoved = quoteAge >= Math.min(parameters.delay_seconds / 2, QUOTE_UNMOVED_SECONDS) * MICROS_PER_SECOND;
  return {
    probability,
    confidence,
    late: parameters.latency_buffer + parameters.latency_buffer_per_second * (index.lag / MICROS_PER_SECOND),
    bidSignal: signalOf(unmoved ? fresh : null, drift, 1, parameters),
    askSignal: signalOf(unmoved ? fresh : null, drift, -1, parameters),
  };
}

/** @param fresh the index's newest move, `null` where the quote has moved since or nothing is known */
function signalOf(
  fresh: number | null,
  drift: number | null,
  direction: 1 | -1,
  parameters: SettlementEdgeParameters,
): string {
  if (fresh !== null && fresh * direction >= parameters.delay_move) return "delay_capture";
  if (drift !== null && drift * direction >= parameters.momentum_move) return "momentum_confirmation";
  return "baseline_gap";
}

function bestTaking(view: StrategyView, outlook: Outlook, parameters: SettlementEdgeParameters): Candidate | null {
  const { bid, ask } = view.book;
  const buysYes = ask === null ? null : candidate(view, outlook, parameters, "bid", ask, true);
  const buysNo = bid === null ? null : candidate(view, outlook, parameters, "ask", bid, true);
  return strongerOf(buysYes, buysNo);
}

/**
 * One tick better than the best on our side, never reaching the other side; an order that is the best already stays, and so
 * does one that may not be moved yet. `null` where neither side has the edge that it has to have.
 */
function bestResting(view: StrategyView, outlook: Outlook, parameters: SettlementEdgeParameters): Candidate | null {
  const { book, grid, restingBid, restingAsk } = view;
  const { bid, ask } = book;
  if (bid === null || ask === null) return null;
  const waits = cooldownObstacle(view, parameters.cooldown) !== null;
  const above = restingBid !== null && (waits || restingBid >= bid) ? restingBid : grid.next(bid);
  const below = restingAsk !== null && (waits || restingAsk <= ask) ? restingAsk : grid.previous(ask);
  return strongerOf(
    above === null || above >= ask ? null : worthwhile(view, outlook, parameters, "bid", above),
    below === null || below <= bid ? null : worthwhile(view, outlook, parameters, "ask", below),
  );
}

/** A resting candidate; `null`, without working out its fee, where no fee could leave it edge enough. */
function worthwhile(
  view: StrategyView,
  outlook: Outlook,
  parameters: SettlementEdgeParameters,
  side: Side,
  price: Price,
): Candidate | null {
  if (worthOf(side, outlook.probability) - costOf(side, price) < parameters.rest_edge) return null;
  const found = candidate(view, outlook, parameters, side, price, false);
  return found.edge >= found.wanted ? found : null;
}

function candidate(
  view: StrategyView,
  outlook: Outlook,
  parameters: SettlementEdgeParameters,
  side: Side,
  price: Price,
  takes: boolean,
): Candidate {
  const cost = costOf(side, price);
  const worth = worthOf(side, outlook.probability);
  const fee = feeOf(view.market, price, takes ? "taker" : "maker");
  const signal = side === "bid" ? outlook.bidSignal : outlook.askSignal;
  const least = takes ? parameters.min_edge : parameters.rest_edge;
  return {
    side,
    price,
    takes,
    cost,
    worth,
    fee,
    edge: worth - cost - (fee + (takes ? parameters.slippage : 0) + outlook.late),
    signal,
    wanted: least + (takes && signal === "baseline_gap" ? parameters.baseline_extra_edge : 0),
  };
}

/** The one whose edge is farther above what it has to be; the first where both are. */
function strongerOf(one: Candidate | null, other: Candidate | null): Candidate | null {
  if (one === null || other === null) return one ?? other;
  return other.edge - other.wanted > one.edge - one.wanted ? other : one;
}

function act(
  view: StrategyView,
  chosen: Candidate,
  { probability, confidence }: Outlook,
  parameters: SettlementEdgeParameters,
): Opinion {
  const unwanted = priceObstacle(chosen.cost, parameters) ??
    (isNewOrder(view, chosen) ? cooldownObstacle(view, parameters.cooldown) : null);
  if (unwanted !== null) return idle(unwanted, chosen);
  const full = feeAdjustedKelly({ probability: chosen.worth, price: chosen.cost, fee: chosen.fee, settlementFee: 0 });
  const scale = edgeScale(chosen.edge, parameters.min_edge, parameters.target_edge);
  const kelly = full * parameters.kelly_fraction * scale * confidence;
  // Contracts at the touch that a taking order meets.
  const depth = view.book.sizeAgainst(chosen.side, chosen.price);
  const size = contractsFor(view, chosen, kelly, {
    position: parameters.max_contracts,
    depth: chosen.takes ? depth / ONE_CONTRACT * parameters.depth_share : Infinity,
  });
  const tooSmall = sizeObstacle(size);
  if (tooSmall !== null) return idle(tooSmall, chosen);
  const target: Target = {
    side: chosen.side,
    price: chosen.price,
    count: size,
    timeInForce: chosen.takes ? "immediate_or_cancel" : "good_till_canceled",
    postOnly: !chosen.takes,
    signal: chosen.signal,
    kelly,
    depth,
    evidence: evidenceOf(view, chosen, size, { spot: view.index?.value ?? null, probability, kelly }),
  };
  return { targets: [target], refusal: null, edge: chosen.edge, edgeSide: outcomeOf(chosen.side), confidence };
}
