/**
 * S5, arbitrage: sets of contracts that pay more for certain than they cost, among the markets of one event.
 *
 * | set | bought | pays at least |
 * | --- | --- | --- |
 * | `all_yes` | YES of every outcome, where they leave none out | $1 |
 * | `all_no` | NO of n outcomes that exclude each other | $(n - 1) |
 * | `strikes` | YES of a strike, NO of one that is harder to reach | $1 |
 * | a gap to another venue | cannot be bought whole: it is shown, or our leg of it is bought as a bet | |
 *
 *     net = what it pays at least - what the legs cost - the most that their fees can be      (models/arbitrage.ts)
 *     score = net / capital x confidence x ln(1 + contracts)
 *
 * Which outcomes exclude each other and leave none out follows from the strikes of all markets of the event, those that are
 * over included; one whose strike is not known yet or on another number, or that closes at another time, makes all of them
 * doubtful. The set with the best score that is worth it goes out as one basket: risk checks every leg before the first
 * leaves. What is whole is held until it settles.
 *
 * The exchange takes the legs one by one, so some may fill and others not. What that may cost is worked out before
 * (`max_leg_loss`, models/arbitrage_worst_case.ts), and what is left over is completed or closed (arbitrage_repair.ts).
 * Nothing is kept between two decisions: what is not whole shows in the positions.
 *
 * What is not covered:
 *
 * - An event that the exchange settles by hand (all outcomes NO, or at a price of its own) pays what it pays.
 * - A leg that was left out of `all_no` because nobody offered it, and is offered later, counts as missing then: what it
 *   takes is judged anew, at the prices of that time.
 * - A market that was paid out early is not counted any more ten minutes later; what it covered is then closed at the touch.
 * - Where strategies hold opposite sides of a market, what would only close for this one may open something for the account,
 *   and is refused.
 * - A bet on our own leg that is held when `peers` is set to something else counts as a set that is not whole.
 * - Wound up, it closes market by market at the touch, whole sets too.
 * @module
 */

import { MICROS_PER_SECOND } from "../core/units.ts";
import type { Arbitrage } from "../models/arbitrage.ts";
import type { Refusal } from "../risk/limits.ts";
import { type ArbitrageBoard, boardOf } from "./arbitrage_board.ts";
import { type ArbitrageParameters, arbitrageParameters } from "./arbitrage_parameters.ts";
import { decideGap } from "./arbitrage_peers.ts";
import { everywhere, repair } from "./arbitrage_repair.ts";
import { decideSet } from "./arbitrage_set.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import { bookObstacle, keepStill, marketObstacle, no, timeObstacle } from "./obstacles.ts";
import type { GroupOpinion, GroupStrategy, Opinion } from "./strategy.ts";
import type { GroupView, StrategyView } from "./view.ts";

const ALONE = no("alone", "It is the only open market of its event, and no other venue quotes it");
const NOTHING = keepStill(no("no_arbitrage", "No set of its event's markets pays more for certain than it costs"));

export const arbitrage: GroupStrategy<ArbitrageParameters> = {
  name: "arbitrage",
  title: "Arbitrage within an event (any series; off by default)",
  startsOff: true,
  parameters: arbitrageParameters,
  hooks: STANDARD_HOOKS,
  trades: () => true,
  groupOf: (market) => market.event,
  decideGroup(view, parameters) {
    const { markets, over } = view;
    const [first] = markets;
    const bets = parameters.peers === "own_leg";
    if (markets.length + over.length === 1 && (bets || first.ownPosition === 0) && first.peer === null) {
      return everywhere(view, ALONE);
    }
    const board = boardOf(view, parameters);
    const unwhole = bets ? null : repair(view, board.groups, parameters);
    return unwhole ?? seek(view, board, parameters);
  },
};

function seek(view: GroupView, board: ArbitrageBoard, parameters: ArbitrageParameters): GroupOpinion {
  if (board.reason !== null) return everywhere(view, no("not_scanned", board.reason));
  const found = board.scan(view.markets);
  if (found.length === 0) return board.seesAll ? board.everywhere(NOTHING) : stills(view);
  const opinions = stills(view);
  const obstacle = setObstacle(view, parameters);
  let isSent = false;
  for (const each of found) {
    if (each.kind === "sell_to_peer" || each.kind === "buy_from_peer") {
      const market = view.markets.find(({ market: { ticker } }) => ticker === each.name);
      if (market === undefined || opinions.get(each.name)?.targets.length !== 0) continue;
      opinions.set(each.name, decideGap(each, market, parameters));
    } else if (!isSent) {
      isSent = takeSet(each, view, obstacle, parameters, opinions);
    }
  }
  return opinions;
}

/** Whether a set is bought; where it is not, its markets say why. */
function takeSet(
  found: Arbitrage,
  view: GroupView,
  obstacle: Refusal | null,
  parameters: ArbitrageParameters,
  opinions: Map<string, Opinion>,
): boolean {
  const decision = decideSet(found, view, parameters);
  if (decision.ok && obstacle === null) {
    for (const [ticker, opinion] of decision.opinions) opinions.set(ticker, opinion);
    return true;
  }
  const refusal = decision.ok ? obstacle : decision.refusal;
  for (const { ticker, buys } of found.legs) {
    const before = opinions.get(ticker);
    if (refusal === null || before === undefined || before.edge !== null) continue;
    const edge = decision.ok ? decision.opinions.get(ticker)?.edge ?? null : decision.edge;
    opinions.set(ticker, keepStill(refusal, edge, buys));
  }
  return false;
}

/** Why no set may be bought in this event now, whatever is found. */
function setObstacle({ at, markets, unseen, lastOrderAt }: GroupView, parameters: ArbitrageParameters): Refusal | null {
  if (unseen.length > 0) return no("not_whole", `${unseen[0]} cannot be seen, so its event is not known whole`);
  const [{ market: { closeTime } }] = markets;
  const other = markets.find(({ market }) => market.closeTime !== closeTime);
  if (other !== undefined) {
    return no("closes_differ", `${other.market.ticker} closes at another time than the first market of its event`);
  }
  if (lastOrderAt !== 0 && at - lastOrderAt < parameters.cooldown * MICROS_PER_SECOND) {
    return no("cooldown", "An order of this event was sent a moment ago");
  }
  return timeObstacle(markets[0], parameters);
}

/** Every market with its own reason to keep still. */
const stills = ({ markets }: GroupView): Map<string, Opinion> =>
  new Map(markets.map((view) => [view.market.ticker, stillOf(view)]));

function stillOf(view: StrategyView): Opinion {
  const obstacle = marketObstacle(view) ?? bookObstacle(view);
  return obstacle === null ? NOTHING : keepStill(obstacle);
}
