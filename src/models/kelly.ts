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
