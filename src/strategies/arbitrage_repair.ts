/**
 * What becomes of sets that are not whole, because a leg was rejected, filled in part, or came and went.
 *
 * | since the last set was sent | what is sent |
 * | --- | --- |
 * | an order is open, or a fill on its way | nothing: what is held is not known yet |
 * | less than `repair_seconds` | what leaves most for certain, if it costs no more than `repair_max_loss` a contract |
 * | less than twice that | the same up to `worst_loss` |
 * | longer, or in an earlier run | what only closes, up to `worst_loss` |
 *
 * Costs are what the excess is worth at the middle of its quotes, less what is left for certain, fees included. On a book
 * that has not changed since the last order there, the next one waits: what that order did not find may still be displayed.
 * @module
 */

import { isFeeKnown } from "../core/fees.ts";
import type { Side } from "../core/order.ts";
import {
  type Count,
  count,
  type Micros,
  MICROS_PER_SECOND,
  ONE_CONTRACT,
  ONE_DOLLAR_PRICE,
  type Price,
} from "../core/units.ts";
import type { ScannedGroup } from "../models/arbitrage.ts";
import {
  crossingCost,
  eventRepairs,
  type HeldLeg,
  ladderRepairs,
  type RepairOrder,
  type Repairs,
} from "../models/arbitrage_holdings.ts";
import type { Refusal } from "../risk/limits.ts";
import type { ArbitrageParameters } from "./arbitrage_parameters.ts";
import { evidenceAt } from "./arbitrage_set.ts";
import { costOf, feeOf, outcomeOf, stakeOf } from "./bet.ts";
import { keepStill, no } from "./obstacles.ts";
import type { GroupOpinion, Opinion, Target } from "./strategy.ts";
import type { GroupView, PastMarket, StrategyView } from "./view.ts";

/** At the start of a run the markets of an event come one by one: before that nothing held is judged. */
const SETTLING = 10 * MICROS_PER_SECOND;
/** Least time between two orders of a repair: the book has to show what the first one took. */
const PAUSE = 0.5 * MICROS_PER_SECOND;
/** An order that found nothing is tried again after this, where the book has not changed since. */
const RETRY = 5 * MICROS_PER_SECOND;
/** Micro-dollars in a dollar. */
const MICRO = 1_000_000;

/** A leg, and the market that it is of: one that is over can only be held. */
interface Place extends HeldLeg {
  readonly view: StrategyView | null;
  readonly market: PastMarket["market"];
}

/** One group's exposure. */
interface Exposure {
  readonly places: readonly Place[];
  readonly repairs: Repairs;
  readonly lastBasketAt: Micros;
}

/** What is done about sets that are not whole; `null` where all that is held is, and nothing is on its way. */
export function repair(
  view: GroupView,
  groups: readonly ScannedGroup[],
  parameters: ArbitrageParameters,
): GroupOpinion | null {
  const { at, markets, over } = view;
  const holds = markets.some(({ ownPosition }) => ownPosition !== 0) ||
    over.some(({ ownPosition }) => ownPosition !== 0);
  if (!holds && view.lastOrderAt === 0) return null;
  const busy = markets.find(({ orders, unheard }) => orders.length > 0 || unheard > 0);
  if (busy !== undefined) {
    return everywhere(view, no("waits_for_answer", `An order or a fill in ${busy.market.ticker} is still on its way`));
  }
  if (!holds) return null;
  const patience = parameters.repair_seconds * MICROS_PER_SECOND;
  const waited = at - view.lastBasketAt;
  const mayOpen = waited <= 2 * patience;
  const exposures = groups.flatMap((group) => exposureOf(group, view, mayOpen, parameters) ?? []);
  if (exposures.length === 0) return null;
  const [hidden] = view.unseen;
  if (hidden !== undefined) {
    return everywhere(view, no("not_seen", `${hidden} cannot be seen: what is held in its event is left as it is`));
  }
  if (at - view.joinedAt < SETTLING) {
    return everywhere(
      view,
      no("group_is_new", "Its markets have only just been heard of: what is held is left as it is"),
    );
  }
  if (at - view.lastOrderAt < PAUSE) return everywhere(view, no("repair_waits", "An order was sent a moment ago"));
  const opinions = new Map(everywhere(view, no("not_whole", "What is held in this event is no whole set yet")));
  for (const exposure of exposures) act(exposure, waited > patience, parameters, opinions);
  return opinions;
}

/** The same for every market of a group. */
export const everywhere = ({ markets }: GroupView, refusal: Refusal): GroupOpinion => {
  const opinion = keepStill(refusal);
  return new Map(markets.map(({ market }) => [market.ticker, opinion]));
};

function exposureOf(
  group: ScannedGroup,
  { markets, over, lastBasketAt }: GroupView,
  mayOpen: boolean,
  parameters: ArbitrageParameters,
): Exposure | null {
  if (group.kind === "single" || (group.kind === "event" && !group.exclusive)) return null;
  const open = new Map(markets.map((each) => [each.market.ticker, each]));
  const past = new Map(over.map((each) => [each.market.ticker, each]));
  const places = group.markets.flatMap(({ ticker }): Place[] => {
    const view = open.get(ticker);
    if (view !== undefined) return [placeOf(view, mayOpen, parameters)];
    const ended = past.get(ticker);
    return ended === undefined ? [] : [placeOfPast(ended)];
  });
  const fills = parameters.fills_per_leg;
  const repairs = group.kind === "ladder" ? ladderRepairs(places, fills) : eventRepairs(places, group, fills);
  return repairs === null ? null : { places, repairs, lastBasketAt };
}

function placeOf(view: StrategyView, mayOpen: boolean, parameters: ArbitrageParameters): Place {
  const { market, book, ownPosition } = view;
  const tradable = market.status === "active" && book.isTradable && isFeeKnown(market.fees);
  const { bid, ask } = book;
  const noBid = bid === null || (ONE_DOLLAR_PRICE - bid) / ONE_DOLLAR_PRICE > parameters.max_price;
  const noAsk = ask === null || ask / ONE_DOLLAR_PRICE > parameters.max_price;
  const hasRoom = (side: Side, at: Price): boolean => roomFor(view, side, at) >= ONE_CONTRACT;
  return {
    view,
    market,
    held: ownPosition,
    bid: tradable ? bid : null,
    ask: tradable ? ask : null,
    fees: market.fees,
    mayOpen: (side) => {
      if (!tradable || !mayOpen) return false;
      return side === "bid" ? !noAsk && hasRoom(side, ask) : !noBid && hasRoom(side, bid);
    },
    leftOut: tradable && noBid,
  };
}

const placeOfPast = ({ market, ownPosition }: PastMarket): Place => ({
  view: null,
  market,
  held: ownPosition,
  bid: null,
  ask: null,
  fees: market.fees,
  mayOpen: () => false,
  leftOut: ownPosition === 0,
});

/** Puts the orders of one group's repair in place of its markets' reasons to keep still. */
function act(
  exposure: Exposure,
  late: boolean,
  parameters: ArbitrageParameters,
  opinions: Map<string, Opinion>,
): void {
  const { places, repairs } = exposure;
  const most = late ? parameters.worst_loss : parameters.repair_max_loss;
  const { best, loss, closing } = repairs;
  const each = best.length === 0 ? 0 : loss / MICRO / contractsOf(best);
  if (best.length > 0 && each <= most) return send(exposure, best, opinions);
  const crossing = (order: RepairOrder): number =>
    crossingCost(places, order, parameters.fills_per_leg) / MICRO / contractsOf([order]);
  const cheap = late ? closing.filter((order) => crossing(order) <= most) : [];
  if (cheap.length > 0) return send(exposure, cheap, opinions);
  const refusal = best.length === 0
    ? no("repair_unquoted", "What is held is no whole set, and nobody quotes what it takes")
    : no(
      "repair_dear",
      `What is held is no whole set, and ending that costs ${each.toFixed(4)} a contract, allowed ${most}`,
    );
  for (const { market, view, held } of places) {
    if (view !== null && held !== 0) opinions.set(market.ticker, keepStill(refusal));
  }
}

const contractsOf = (orders: readonly RepairOrder[]): number =>
  orders.reduce((sum, order) => sum + order.count, 0) / ONE_CONTRACT;

function send(
  { places, lastBasketAt }: Exposure,
  orders: readonly RepairOrder[],
  opinions: Map<string, Opinion>,
): void {
  for (const order of orders) {
    const { view } = places[order.at];
    const target = view === null ? null : targetOf(view, order, lastBasketAt);
    if (view === null || target === null) continue;
    opinions.set(view.market.ticker, {
      targets: [target],
      refusal: null,
      edge: null,
      edgeSide: outcomeOf(order.side),
    });
  }
}

/** As much of an order as is displayed, and as risk leaves room for where it opens something. */
function targetOf(
  view: StrategyView,
  { side, price, count: wanted, opens }: RepairOrder,
  lastBasketAt: Micros,
): Target | null {
  // The set's own order was on the side that opens.
  const wasTried = opens ? view.lastOrderAt >= lastBasketAt : view.lastOrderAt > lastBasketAt;
  if (view.book.updatedAt <= view.lastOrderAt && view.at - view.lastOrderAt < RETRY && wasTried) return null;
  const depth = view.book.sizeAgainst(side, price);
  const size = Math.min(wanted, depth, opens ? roomFor(view, side, price) : Infinity);
  if (size < 1) return null;
  // What completes a set is worth more to it than its price, by a step at least; what closes believes nothing.
  const probability = opens ? (price + (side === "bid" ? 1 : -1)) / ONE_DOLLAR_PRICE : null;
  const kelly = opens ? costOf(side, price) * size / ONE_CONTRACT * MICRO / view.nav : 0;
  return {
    side,
    price,
    count: count(size),
    timeInForce: "immediate_or_cancel",
    postOnly: false,
    signal: opens ? "complete" : "close",
    kelly,
    depth,
    evidence: { ...evidenceAt(view, probability), edge: null, kellyFraction: kelly, expectedValue: null, aroc: null },
    ...(opens ? {} : { reduceOnly: true }),
  };
}

/** Contracts, in hundredths, that risk would let an opening order have. */
function roomFor(view: StrategyView, side: Side, price: Price): Count {
  const one = stakeOf(1, { side, cost: costOf(side, price), fee: feeOf(view.market, price, "taker"), edge: 0 });
  return count(Math.max(0, Math.floor(view.headroom / one * ONE_CONTRACT)));
}
