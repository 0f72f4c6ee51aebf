/**
 * What bound the size of an order: the measures that strategies size by, worked out anew. A strategy may have measures of its
 * own beside them; then none of these comes to the size that was sent, and none is named.
 * @module
 */

import type { Market } from "../../core/market.ts";
import { count, formatCount, ONE_CONTRACT } from "../../core/units.ts";
import type { Engine } from "../../engine/engine.ts";
import { headroom } from "../../risk/limits.ts";
import { type Bet, costOf, feeOf, heldOn, type SizeLimits, sizeLimits } from "../../strategies/bet.ts";
import { STRATEGIES } from "../../strategies/registry.ts";
import type { Target } from "../../strategies/strategy.ts";

export type SizeMeasure = keyof SizeLimits;

/** Contracts by each measure alone, as numbers: what they allow is rounded down afterwards. */
export interface SizeFigures {
  readonly count: string;
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
}

const MEASURES: readonly SizeMeasure[] = ["kelly", "headroom", "depth", "position"];

/** A strategy's parameters with their defaults filled in; empty where they are not valid any more. */
export function parametersOf({ options }: Engine, strategy: string): Readonly<Record<string, unknown>> {
  const given = options.strategies.find(({ name }) => name === strategy)?.parameters ?? {};
  const parsed = STRATEGIES.find(({ name }) => name === strategy)?.parameters.safeParse(given);
  return parsed?.success === true && typeof parsed.data === "object" && parsed.data !== null
    ? { ...parsed.data }
    : given;
}

export function sizeFigures(engine: Engine, market: Market, strategy: string, target: Target): SizeFigures {
  const { desk, options } = engine;
  const { side, count: size } = target;
  const parameters = parametersOf(engine, strategy);
  const number = (name: string): number | null => {
    const value = parameters[name];
    return typeof value === "number" ? value : null;
  };
  const cost = costOf(side, target.price);
  const fee = feeOf(market, target.price, target.postOnly ? "maker" : "taker");
  const bet: Bet = { side, cost, fee, edge: target.evidence.edge ?? 0 };
  const purse = {
    nav: desk.exposure.nav,
    position: desk.ledger.position(market.ticker)?.position ?? count(0),
    headroom: headroom(desk.exposure.without(market, strategy), options.risk),
  };
  const bounds = {
    position: number("max_contracts") ?? number("max_position") ?? Infinity,
    depth: target.postOnly
      ? number("quote_contracts") ?? Infinity
      : target.depth / ONE_CONTRACT * (number("depth_share") ?? 1),
  };
  const wanted = size / ONE_CONTRACT;
  const allTogether = sizeLimits(purse, bet, target.kelly, bounds);
  // Some strategies count only what they themselves brought.
  const own = heldOn(side, desk.ledger.partOf(market.ticker, strategy));
  const byOwn = sizeLimits(purse, bet, target.kelly, { ...bounds, held: own });
  const limits = boundBy(allTogether, wanted).length === 0 && boundBy(byOwn, wanted).length > 0 ? byOwn : allTogether;
  return {
    count: formatCount(size),
    bound_by: boundBy(limits, wanted),
    kelly: limits.kelly,
    headroom: limits.headroom,
    depth: Number.isFinite(limits.depth) ? limits.depth : null,
    position: Number.isFinite(limits.position) ? limits.position : null,
  };
}

/** The measures that allow just so many whole contracts, where none allows fewer. */
function boundBy(limits: SizeLimits, wanted: number): SizeMeasure[] {
  if (MEASURES.some((measure) => Math.floor(limits[measure]) < wanted)) return [];
  return MEASURES.filter((measure) => Math.floor(limits[measure]) === wanted);
}
