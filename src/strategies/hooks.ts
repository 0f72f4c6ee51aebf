/**
 * What most strategies do when something ends their business.
 * @module
 */

import type { Evidence } from "../core/record.ts";
import { count, ONE_DOLLAR_PRICE } from "../core/units.ts";
import { bookObstacle, keepStill, marketObstacle, no } from "./obstacles.ts";
import type { Hooks, Opinion } from "./strategy.ts";
import type { StrategyView } from "./view.ts";

/** Takes everything back when it cannot see, and closes at the touch when it is wound up. */
export const STANDARD_HOOKS = {
  disconnected: "pull",
  windUp: closeAtTouch,
  settled: (): string | null => null,
} as const satisfies Hooks<unknown>;

/** Sells what the strategy holds to the best prices that are displayed, as much as they take at once. */
export function closeAtTouch(view: StrategyView): Opinion {
  const { book, ownPosition } = view;
  if (ownPosition === 0) return keepStill(no("wound_up", "Nothing is held here any more"));
  const obstacle = marketObstacle(view) ?? bookObstacle(view);
  if (obstacle !== null) return keepStill(obstacle);
  const side = ownPosition > 0 ? "ask" : "bid";
  const touch = side === "ask" ? book.bid : book.ask;
  if (touch === null) return keepStill(no("one_sided", "Nobody would take it"));
  const depth = book.sizeAgainst(side, touch);
  const size = count(Math.min(Math.abs(ownPosition), depth));
  return {
    targets: [{
      side,
      price: touch,
      count: size,
      timeInForce: "immediate_or_cancel",
      postOnly: false,
      signal: "wind_up",
      kelly: 0,
      depth,
      evidence: exitEvidence(view),
      reduceOnly: true,
    }],
    refusal: null,
    edge: null,
    edgeSide: null,
  };
}

/** Of an order that only closes: nothing is believed, and nothing is expected of it. */
const exitEvidence = (view: StrategyView): Evidence => ({
  spot: view.index?.value ?? null,
  strike: view.market.floorStrike,
  modelProbability: view.probability,
  marketProbability: view.book.bid === null || view.book.ask === null
    ? null
    : (view.book.bid + view.book.ask) / 2 / ONE_DOLLAR_PRICE,
  edge: null,
  kellyFraction: null,
  expectedValue: null,
  aroc: null,
});
