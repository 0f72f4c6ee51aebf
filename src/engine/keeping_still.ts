/**
 * Why nothing of a strategy goes out in a market, in a word for counting and in words for people.
 *
 * | found | word |
 * | --- | --- |
 * | the engine lets nothing out here (decisions.ts) | halted, account_unknown, order_unknown, fills_missing, not_active, book_not_in_sync, book_crossed |
 * | nothing trades there any more | over |
 * | its prices follow no grid that is known | no_grid |
 * | the strategy is stopped, off, or has failed | stopped, off, failed |
 * | only what closes may go, of the whole or of the strategy | reducing |
 * | risk refuses its order | as risk calls it: order_cap, cash, ... |
 * | its order would meet one of our own | own_order |
 * | it wants more orders on one side than are looked at | too_many |
 * | its basket waits or is refused | basket |
 * | the exchange takes nothing now, or refused something a moment ago | paused |
 * | it says nothing of this market | no_opinion |
 * | it wants nothing | as it calls it: no_edge, too_far_from_settlement, ... |
 * @module
 */

import type { Refusal } from "../risk/limits.ts";
import type { Desk } from "./desk.ts";
import type { MarketState, Standing } from "./market_state.ts";
import { strategyObstacle } from "./strategy_states.ts";

/** `null` where something of it may go out. */
export function keptBackBy(desk: Desk, state: MarketState, standing: Standing): Refusal | null {
  if (state.closed) return { code: "over", text: "The market is over" };
  if (state.grid === null) return { code: "no_grid", text: "Its prices follow no grid that is known here" };
  if (state.obstacle !== null) return { code: engineWord(desk, state), text: state.obstacle };
  const { obstacle, opinion } = standing;
  if (obstacle !== null) return { code: obstacleWord(standing, obstacle), text: obstacle };
  if (opinion === null) return { code: "no_opinion", text: "It says nothing about this market" };
  return opinion.refusal;
}

/** In the order in which the engine itself looks. */
function engineWord(desk: Desk, { market, book, index }: MarketState): string {
  if (desk.halts.first !== null || desk.halts.on(index) !== null) return "halted";
  if (!desk.ready) return "account_unknown";
  for (const order of desk.orders.openIn(market.ticker)) if (order.phase === "unknown") return "order_unknown";
  if (market.status !== "active") return "not_active";
  if (book.phase !== "synced") return "book_not_in_sync";
  return book.isCrossed ? "book_crossed" : "fills_missing";
}

/** What risk refused begins with its own word. */
const REFUSED = /^([a-z_]+): /;

function obstacleWord({ state }: Standing, obstacle: string): string {
  if (strategyObstacle(state) !== null) return state.phase;
  const refused = REFUSED.exec(obstacle);
  if (refused !== null) return refused[1];
  if (obstacle.startsWith("Reducing: ")) return "reducing";
  if (obstacle.startsWith("Waits: ")) return "own_order";
  if (obstacle.startsWith("Left out: ")) return "too_many";
  return obstacle.startsWith("Basket ") ? "basket" : "paused";
}
