/**
 * How much of a bankroll a bet deserves, fees included (REQUIREMENTS.md S8).
 * @module
 */

/** A bet on one contract, all per contract and in dollars. */
export interface KellyBet {
  /** That the contract pays, 0 to 1. */
  readonly probability: number;
  /** What the contract costs, without fee. */
  readonly price: number;
  /** Entry fee. */
  readonly fee: number;
  /** Taken from the payout of $1.00; Kalshi takes none from yes/no results (KALSHI.md 7.3). */
  readonly settlementFee: number;
}

/** What a contract costs with its fee, dollars. */
export const netCost = (bet: KellyBet): number => bet.price + bet.fee;

/**
 * The Kelly fraction of the bankroll: with cost = price + fee, payout = 1 - settlement fee and
 * b = (payout - cost) / cost, it is f = (b p - q) / b.
 *
 * @returns at most 1; zero or less where the bet is not worth taking, -1 at the lowest (a bet that cannot win is -1);
 * `NaN` where an argument is no number or the cost is not above zero
 */
export function feeAdjustedKelly(bet: KellyBet): number {
  const cost = netCost(bet);
  const payout = 1 - bet.settlementFee;
  if (!(cost > 0) || !(bet.probability >= 0 && bet.probability <= 1)) return NaN;
  const odds = (payout - cost) / cost;
  if (Number.isNaN(odds)) return NaN;
  if (odds <= 0) return -1;
  return Math.max(-1, (odds * bet.probability - (1 - bet.probability)) / odds);
}

/** How much of Kelly is staked (REQUIREMENTS.md S8). */
export interface KellySizing {
  /** 0.25 in quiet times, 0.10 in drawdown recovery. */
  readonly fraction: number;
  /** `scale` stakes the fraction of the full Kelly stake, `cap` the full Kelly stake but never more than the fraction. */
  readonly mode: "scale" | "cap";
  /** A smaller edge than this is left alone, dollars per contract. */
  readonly leastEdge: number;
  /** From this edge on nothing is taken off; below it the stake shrinks in proportion. */
  readonly targetEdge: number;
}

export const DEFAULT_SIZING: KellySizing = { fraction: 0.25, mode: "scale", leastEdge: 0.02, targetEdge: 0.02 };

/** Of an edge that is just enough, so much is staked at least. */
const LEAST_SCALE = 0.1;

/** How much of its stake an edge deserves: none below `least`, all at `target` and above, in proportion between them. */
export function edgeScale(edge: number, { leastEdge, targetEdge }: KellySizing): number {
  if (!(edge >= leastEdge)) return 0;
  const reach = targetEdge - leastEdge;
  return reach <= 0 ? 1 : Math.min(1, Math.max(LEAST_SCALE, (edge - leastEdge) / reach));
}

/** Why these settings cannot be, `null` where they can. */
export function sizingError({ fraction, mode, leastEdge, targetEdge }: KellySizing): string | null {
  if (!(fraction >= 0 && fraction <= 1)) return `Fraction must be within 0 and 1, found ${fraction}`;
  if (mode !== "scale" && mode !== "cap") return `Mode must be scale or cap, found ${mode}`;
  if (!(leastEdge >= -1 && leastEdge <= 1)) return `Least edge must be within -1 and 1, found ${leastEdge}`;
  if (!(targetEdge >= leastEdge && targetEdge <= 1)) {
    return `Target edge must be within the least edge ${leastEdge} and 1, found ${targetEdge}`;
  }
  return null;
}

/**
 * The part of the bankroll that a single bet is given: never negative, 0 without enough of an edge.
 *
 * @returns `NaN` where the bet is none (see {@link feeAdjustedKelly})
 */
export function sizedKelly(bet: KellyBet, sizing: KellySizing): number {
  const full = feeAdjustedKelly(bet);
  if (Number.isNaN(full)) return NaN;
  const edge = bet.probability * (1 - bet.settlementFee) - netCost(bet);
  const applied = sizing.mode === "cap" ? Math.min(full, sizing.fraction) : full * sizing.fraction;
  return Math.max(0, applied) * edgeScale(edge, sizing);
}
