/**
 * What strategies have in common that know how likely the outcomes of an event are: they buy YES or NO of its markets where
 * that costs less than it is worth, sized together.
 *
 *     edge = worth - cost - fee - buffer
 *     bought where edge >= min_edge + doubt_weight x doubt, and <= max_edge
 *     closed where closing earns exit_edge or more against keeping
 *
 * The doubt is what a bet is worth less under those of the model's other suppositions that like it least (event_outlook.ts).
 * Of each market one side at most is bought, and none against what is held there: that is closed first.
 *
 * | what is the matter | what becomes of it |
 * | --- | --- |
 * | a market cannot be seen or came seconds ago, or fills were counted and not told of | nothing is opened in the event |
 * | an order has no answer yet | nothing new is sent in the event; what rests may stay |
 * | an order was sent within `cooldown` | the same, for a maker in that market only |
 * | a market is over before the others | what is held there counts as part of the event |
 * | a strike is not known yet | nothing in that market; what is held there counts as lost |
 * | a maker's price earns too little now, or others bid higher | the order is taken back, and sent anew where it pays |
 * @module
 */

import { count, MICROS_PER_SECOND, ONE_CONTRACT } from "../core/units.ts";
import { annualisedReturn } from "../models/opportunity.ts";
import type { Refusal } from "../risk/limits.ts";
import { costOf, evidenceOf, feeOf, stakeOf } from "./bet.ts";
import { type EventOutlook, type EventStates, type MarketOutlook, statesOf } from "./event_outlook.ts";
import { type EventQuote, isQuote, quoteOn, stillAt, type Unquoted } from "./event_quotes.ts";
import { type SizedQuote, sizesOf } from "./event_sizes.ts";
import { type EventValueParameters, paceOf } from "./event_value_parameters.ts";
import { bookObstacle, keepStill, marketObstacle, no, priceObstacle } from "./obstacles.ts";
import type { GroupOpinion, Opinion, Target } from "./strategy.ts";
import type { GroupView, StrategyView } from "./view.ts";

/** Why nothing may be opened in a market now; `null` where it may. */
export type OpeningObstacle = (view: StrategyView) => Refusal | null;

/** At the start of a run markets come one by one, and what is held in them is seen no sooner. */
const JOINING_SECONDS = 10;

/** The same for every market. */
export const everywhere = ({ markets }: GroupView, refusal: Refusal): GroupOpinion =>
  new Map(markets.map(({ market }) => [market.ticker, keepStill(refusal)]));

/** Whether the strategy holds something in any market of the event. */
export const isHeld = ({ markets }: GroupView): boolean => markets.some(({ ownPosition }) => ownPosition !== 0);

/** What is wanted of each market of an event with this outlook. */
export function decideEvent(
  view: GroupView,
  outlook: EventOutlook,
  obstacle: OpeningObstacle,
  parameters: EventValueParameters,
): GroupOpinion {
  const states = statesOf(outlook, [...view.markets, ...view.over].map(({ market }) => market));
  const wholly = wholeObstacle(view);
  const opinions = new Map<string, Opinion>();
  const quotes: EventQuote[] = [];
  let exits = 0;
  for (const market of view.markets) {
    const setting = { states, outlook, busy: busyObstacle(view, market, parameters), parameters };
    const found = decideMarket(market, setting, obstacle(market) ?? wholly);
    if ("targets" in found) {
      opinions.set(market.market.ticker, found);
      exits += boundBy(found, market);
    } else quotes.push(found);
  }
  if (quotes.length === 0) return opinions;
  const { payoutSeconds } = outlook;
  for (const sized of sizesOf(quotes, { view, states, exits, payoutSeconds, parameters })) {
    const { quote } = sized;
    const { bet: { side, edge } } = quote;
    const opinion = sized.refusal === null
      ? opening(quote, sized, outlook, parameters)
      : stillAt({ refusal: sized.refusal, edge, side });
    opinions.set(quote.view.market.ticker, opinion);
  }
  return opinions;
}

/** Why nothing may be opened in any market of the event. */
function wholeObstacle({ at, markets, unseen, joinedAt }: GroupView): Refusal | null {
  if (at - joinedAt < JOINING_SECONDS * MICROS_PER_SECOND) {
    return no("joining", "A market of the event was heard of a moment ago, and others may follow");
  }
  if (unseen.length > 0) return no("not_whole", `${unseen[0]} cannot be seen, so what the event holds is not known`);
  const unheard = markets.find((each) => each.unheard !== 0);
  if (unheard === undefined) return null;
  return no("fills_unheard", `${unheard.market.ticker}: fills were counted that have not been heard of yet`);
}

/** Micro-dollars that risk reckons with for an exit while it is open, like for any order. */
function boundBy({ targets }: Opinion, { market }: StrategyView): number {
  return targets.reduce((sum, { side, price, count }) => {
    const bet = { side, cost: costOf(side, price), fee: feeOf(market, price, "taker"), edge: 0 };
    return sum + Math.ceil(stakeOf(count / ONE_CONTRACT, bet));
  }, 0);
}

/** Why no new order may go out in a market now. What a sniper's order did decides about the others as well. */
function busyObstacle(
  { at, markets, lastOrderAt }: GroupView,
  market: StrategyView,
  parameters: EventValueParameters,
): Refusal | null {
  // What goes out when is the pace's business, and a whole order ends where it is not wanted for a moment.
  if (paceOf(parameters) !== undefined) return null;
  const { cooldown, execution } = parameters;
  const waiting = markets.flatMap(({ orders }) => orders).find(({ phase }) => phase !== "resting");
  if (waiting !== undefined) return no("in_flight", `Order ${waiting.clientOrderId} of this event has no answer yet`);
  const last = execution === "sniper" ? lastOrderAt : market.lastOrderAt;
  if (last === 0 || at - last >= cooldown * MICROS_PER_SECOND) return null;
  return no("cooldown", "An order of this event was sent a moment ago");
}

interface Setting {
  readonly states: EventStates;
  readonly outlook: EventOutlook;
  readonly busy: Refusal | null;
  readonly parameters: EventValueParameters;
}

/** What is to be opened there, or an opinion that is final. */
function decideMarket(view: StrategyView, setting: Setting, unopened: Refusal | null): EventQuote | Opinion {
  const obstacle = marketObstacle(view) ?? bookObstacle(view);
  if (obstacle !== null) return keepStill(obstacle);
  const outlook = setting.states.markets.get(view.market.ticker);
  if (outlook === undefined) return keepStill(no("no_strike", "The model does not know what this market is on"));
  const exit = exitOf(view, outlook, setting);
  if (exit !== null) return exit;
  const best = bestSide(view, outlook, setting);
  if (!isQuote(best)) return unopened === null ? stillAt(best) : stillAt({ ...best, refusal: unopened });
  const refusal = unopened ?? unfit(best, setting);
  return refusal === null ? best : stillAt({ refusal, edge: best.bet.edge, side: best.bet.side });
}

/** The side that earns more beyond what is asked of it; only that of what is held, where something is. */
function bestSide(view: StrategyView, outlook: MarketOutlook, { busy, parameters }: Setting): EventQuote | Unquoted {
  const { ownPosition } = view;
  const sides = ownPosition > 0 ? ["bid"] as const : ownPosition < 0 ? ["ask"] as const : ["bid", "ask"] as const;
  const found = sides.map((side) =>
    quoteOn(side, view, outlook, requiredOn(side, outlook, parameters), busy, parameters)
  );
  return found.reduce((best, each) => {
    if (isQuote(best) !== isQuote(each)) return isQuote(best) ? best : each;
    if (isQuote(best) && isQuote(each)) return surplus(each) > surplus(best) ? each : best;
    return edgeOf(each) > edgeOf(best) ? each : best;
  });
}

const requiredOn = (side: "bid" | "ask", { doubt }: MarketOutlook, parameters: EventValueParameters): number =>
  parameters.min_edge + parameters.doubt_weight * doubt[side];

const surplus = ({ bet, required }: EventQuote): number => bet.edge - required;

const edgeOf = (found: EventQuote | Unquoted): number => (isQuote(found) ? found.bet.edge : found.edge) ?? -Infinity;

/** What keeps a quote with enough of an edge from being bought. */
function unfit({ bet, view, depth }: EventQuote, { outlook, parameters }: Setting): Refusal | null {
  const { edge, cost } = bet;
  if (edge > parameters.max_edge) {
    return no("edge_not_believed", () => `An edge of ${edge.toFixed(4)}, more than ${parameters.max_edge}`);
  }
  const dear = priceObstacle(cost, parameters);
  if (dear !== null) return dear;
  const shown = depth / ONE_CONTRACT;
  if (parameters.execution === "sniper" && shown < parameters.min_depth) {
    return no("thin_book", () => `${shown} contracts within the limit`);
  }
  const aroc = arocOf(bet, view, outlook);
  if (aroc >= parameters.min_aroc) return null;
  return no("aroc_small", () => `It earns ${aroc.toFixed(3)} of its capital a year, wanted ${parameters.min_aroc}`);
}

const arocOf = ({ edge, cost, fee }: EventQuote["bet"], view: StrategyView, { payoutSeconds }: EventOutlook): number =>
  annualisedReturn(edge, cost + fee, view.secondsToClose + payoutSeconds);

function opening(
  { view, outlook, bet, price, depth }: EventQuote,
  { count: size, kelly }: SizedQuote,
  event: EventOutlook,
  parameters: EventValueParameters,
): Opinion {
  const belief = { spot: event.expected, probability: outlook.probability, kelly };
  const pace = paceOf(parameters);
  const target: Target = {
    side: bet.side,
    price,
    count: size,
    ...styleOf(parameters),
    ...(pace === undefined ? {} : { pace }),
    signal: "value",
    kelly,
    depth,
    evidence: { ...evidenceOf(view, bet, size, belief), aroc: arocOf(bet, view, event) },
  };
  return { targets: [target], refusal: null, edge: bet.edge, edgeSide: bet.side === "bid" ? "yes" : "no" };
}

const styleOf = ({ execution }: EventValueParameters): Pick<Target, "timeInForce" | "postOnly"> =>
  execution === "maker"
    ? { timeInForce: "good_till_canceled", postOnly: true }
    : { timeInForce: "immediate_or_cancel", postOnly: false };

/** Closing what is held where the model has turned against it; `null` where it has not. */
function exitOf(
  view: StrategyView,
  outlook: MarketOutlook,
  { outlook: event, busy, parameters }: Setting,
): Opinion | null {
  const { ownPosition, position } = view;
  if (ownPosition === 0) return null;
  const side = ownPosition > 0 ? "ask" : "bid";
  const quote = quoteOn(side, view, outlook, parameters.exit_edge, busy, parameters);
  if (!isQuote(quote)) return null;
  const { bet, price, depth, most } = quote;
  const open = Math.max(0, side === "ask" ? position : -position);
  const takes = parameters.execution === "maker" ? Infinity : depth;
  const size = count(Math.min(Math.abs(ownPosition), open, takes, most * ONE_CONTRACT));
  if (size === 0) {
    return stillAt({
      refusal: no("held_otherwise", "The account as a whole holds nothing to close"),
      edge: bet.edge,
      side,
    });
  }
  const belief = { spot: event.expected, probability: outlook.probability, kelly: 0 };
  const target: Target = {
    side,
    price,
    count: size,
    ...styleOf(parameters),
    signal: "exit",
    kelly: 0,
    depth,
    evidence: evidenceOf(view, bet, size, belief),
    reduceOnly: true,
  };
  return { targets: [target], refusal: null, edge: bet.edge, edgeSide: side === "bid" ? "yes" : "no" };
}
