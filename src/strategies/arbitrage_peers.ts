/**
 * Gaps to another venue, where the same market is quoted and no order of ours can be sent. Only our leg can be bought, and
 * then nothing is hedged: it is a bet that the other venue's price is the better one, sized as such.
 *
 *     edge = |their price - ours| - fee - peer_buffer,  their bid against our ask, or our bid against their ask
 *
 * @module
 */

import { ONE_CONTRACT, ONE_DOLLAR_PRICE } from "../core/units.ts";
import type { Arbitrage } from "../models/arbitrage.ts";
import { feeAdjustedKelly } from "../models/kelly.ts";
import type { ArbitrageParameters } from "./arbitrage_parameters.ts";
import { type Bet, contractsFor, costOf, evidenceOf, feeOf, heldOn, outcomeOf, worthOf } from "./bet.ts";
import { cooldownObstacle, keepStill, no, sizeObstacle } from "./obstacles.ts";
import type { Opinion } from "./strategy.ts";
import type { StrategyView } from "./view.ts";

/** What is made of a gap that was found in a market. */
export function decideGap(found: Arbitrage, view: StrategyView, parameters: ArbitrageParameters): Opinion {
  const own = found.legs.find(({ venue }) => venue === "own");
  const theirs = found.legs.find(({ venue }) => venue === "peer");
  if (own === undefined || theirs === undefined) return keepStill(no("no_gap", "The gap has one leg only"));
  const side = own.buys === "yes" ? "bid" : "ask";
  const fair = theirs.price / ONE_DOLLAR_PRICE;
  const cost = costOf(side, own.price);
  const fee = feeOf(view.market, own.price, "taker");
  const edge = worthOf(side, fair) - cost - fee - parameters.peer_buffer;
  const bet: Bet = { side, cost, fee, edge };
  const outcome = outcomeOf(side);
  const contracts = found.count / ONE_CONTRACT;
  const gap = `${outcome.toUpperCase()} costs ${cost.toFixed(4)} here and pays ${worthOf(side, fair).toFixed(4)} there`;
  if (edge < parameters.min_edge) {
    const text = `${gap}: ${edge.toFixed(4)} net, wanted ${parameters.min_edge}`;
    return keepStill(no("gap_small", text), edge, outcome);
  }
  if (parameters.peers !== "own_leg") {
    const text = `${gap}: ${edge.toFixed(4)} net on ${contracts} contracts, score ${found.score.toFixed(4)}; ` +
      "the other leg cannot be sent from here";
    return keepStill(no("peer_leg", text), edge, outcome);
  }
  const waits = cooldownObstacle(view, parameters.cooldown);
  if (waits !== null) return keepStill(waits, edge, outcome);
  const full = feeAdjustedKelly({ probability: worthOf(side, fair), price: cost, fee, settlementFee: 0 });
  const kelly = full * parameters.bet_kelly_fraction;
  const depth = view.book.sizeAgainst(side, own.price);
  const size = contractsFor(view, bet, kelly, {
    position: parameters.bet_contracts,
    depth: Math.min(depth, found.count) / ONE_CONTRACT * parameters.depth_share,
    held: heldOn(side, view.ownPosition),
  });
  const small = sizeObstacle(size);
  if (small !== null) return keepStill(small, edge, outcome);
  return {
    targets: [{
      side,
      price: own.price,
      count: size,
      timeInForce: "immediate_or_cancel",
      postOnly: false,
      signal: "peer_gap",
      kelly,
      depth,
      evidence: evidenceOf(view, bet, size, { spot: view.index?.value ?? null, probability: fair, kelly }),
    }],
    refusal: null,
    edge,
    edgeSide: outcome,
  };
}
