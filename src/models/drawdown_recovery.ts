/**
 * Smaller bets after a loss (REQUIREMENTS.md K4): from a drawdown on, until it is earned back.
 * @module
 */

import type { Money } from "../core/units.ts";

export interface RecoveryRules {
  /** Below the highest net asset value, per cent: where recovery begins. */
  readonly drawdownPercent: number;
  /** Of full Kelly, while it lasts. */
  readonly fraction: number;
}

export const DEFAULT_RECOVERY: RecoveryRules = { drawdownPercent: 5, fraction: 0.1 };

/**
 * Whether the account is in drawdown recovery. It begins at the drawdown and ends only at the peak: between them it stays
 * as it was, which is why the answer before is asked for, and is to be remembered over a restart.
 */
export function isRecovering(before: boolean, nav: Money, peakNav: Money, { drawdownPercent }: RecoveryRules): boolean {
  if (nav >= peakNav) return false;
  return before || (peakNav - nav) * 100 >= peakNav * drawdownPercent;
}

/** The fraction of full Kelly to use: in recovery the smaller of the two, never more than a strategy's own. */
export const fractionInUse = (own: number, recovering: boolean, { fraction }: RecoveryRules): number =>
  recovering ? Math.min(own, fraction) : own;
