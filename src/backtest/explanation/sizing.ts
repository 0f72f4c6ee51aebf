/**
 * What bound the size of an order: the measures that strategies size by, worked out anew. A strategy may have measures of its
 * own beside them; then none of these comes to the size that was sent, and none is named.
 * @module
 */

import type { Market } from "../../core/market.ts";
import { type Count, count, formatCount, ONE_CONTRACT } from "../../core/units.ts";
import type { Engine } from "../../engine/engine.ts";
import { headroom } from "../../risk/limits.ts";
import { type Bet, costOf, feeOf, heldOn, type SizeLimits, sizeLimits } from "../../strategies/bet.ts";
import { STRATEGIES } from "../../strategies/registry.ts";
import type { Target } from "../../strategies/strategy.ts";

/** The measures of bet.ts, and the size that a strategy gives its quotes. */
export type SizeMeasure = keyof SizeLimits | "quote";

/** Contracts by each measure alone, as numbers: what they allow is rounded down afterwards. */
export interface SizeFigures {
  readonly count: string;
  /** In all at this price: more than the order where some of it rested already, or it was one of several slices. */
  readonly wanted: string;
  /** The measures that allowed no more; empty where a rule of the strategy's own decided. */
  readonly bound_by: readonly SizeMeasure[];
  /** What the bankroll times the applied Kelly fraction buys, less what is held on that side already. */
  readonly kelly: number;
  /** What the caps of risk leave. */
  readonly headroom: number;
  /** The part of what is displayed that the strategy takes at most; `null` for an order that rests. */
  readonly depth: number | null;
  /** Its largest position in a market, less what is held; `null` where it has no such parameter. */
  readonly position: number | null;
  /** How large it makes a quote, the smaller the more it holds on that side; `null` where it has no such parameter. */
  readonly quote: number | null;
}

type Measured = Readonly<Record<SizeMeasure, number>>;

const MEASURES: readonly SizeMeasure[] = ["kelly", "headroom", "depth", "position", "quote"];

/** A strategy's parameters with their defaults filled in; empty where they are not valid any more. */
export function parametersOf(engine: Engine, strategy: string): Readonly<Record<string, unknown>> {
  const given = engine.parametersOf(strategy);
  const parsed = STRATEGIES.find(({ name }) => name === strategy)?.parameters.safeParse(given);
  return parsed?.success === true && typeof parsed.data === "object" && parsed.data !== null
    ? { ...parsed.data }
    : given;
}

/** @param whole what the strategy wanted at this price, of which the target is what was still to be sent */
export function sizeFigures(
  engine: Engine,
  market: Market,
  strategy: string,
  target: Target,
  whole: Count,
): SizeFigures {
  const { ledger } = engine.desk;
  const parameters = parametersOf(engine, strategy);
  const wanted = whole / ONE_CONTRACT;
  const all = ledger.position(market.ticker)?.position ?? count(0);
  const byAll = measured(engine, market, strategy, target, parameters, heldOn(target.side, all));
  // Some strategies count only what they themselves brought.
  const own = heldOn(target.side, ledger.partOf(market.ticker, strategy));
  const byOwn = measured(engine, market, strategy, target, parameters, own);
  const limits = boundBy(byAll, wanted).length === 0 && boundBy(byOwn, wanted).length > 0 ? byOwn : byAll;
  const orNull = (limit: number): number | null => Number.isFinite(limit) ? limit : null;
  return {
    count: formatCount(target.count),
    wanted: formatCount(whole),
    bound_by: boundBy(limits, wanted),
    kelly: limits.kelly,
    headroom: limits.headroom,
    depth: orNull(limits.depth),
    position: orNull(limits.position),
    quote: orNull(limits.quote),
  };
}

/** @param held contracts on the target's side that count */
function measured(
  { desk }: Engine,
  market: Market,
  strategy: string,
  { side, price, postOnly, kelly, depth, evidence }: Target,
  parameters: Readonly<Record<string, unknown>>,
  held: number,
): Measured {
  const number = (name: string): number | null => {
    const value = parameters[name];
    return typeof value === "number" ? value : null;
  };
  const fee = feeOf(market, price, postOnly ? "maker" : "taker");
  const bet: Bet = { side, cost: costOf(side, price), fee, edge: evidence.edge ?? 0 };
  const purse = {
    nav: desk.exposure.nav,
    position: count(0),
    headroom: headroom(desk.exposure.without(market, strategy), desk.limits),
  };
  const position = number("max_contracts") ?? number("max_position") ?? Infinity;
  const taken = depth / ONE_CONTRACT * (number("depth_share") ?? 1);
  const limits = sizeLimits(purse, bet, kelly, { held, position, depth: postOnly ? Infinity : taken });
  const free = Math.min(1, Math.max(0, 1 - held / position));
  return { ...limits, quote: (number("quote_contracts") ?? Infinity) * free };
}

/** The measures that allow just so many whole contracts, where none allows fewer. */
function boundBy(limits: Measured, wanted: number): SizeMeasure[] {
  if (MEASURES.some((measure) => Math.floor(limits[measure]) < wanted)) return [];
  return MEASURES.filter((measure) => Math.floor(limits[measure]) === wanted);
}
