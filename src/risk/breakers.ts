/**
 * The circuit breakers (K2): what trips them, as figures and words. What they trip is a halt that survives a restart and that a
 * person lifts.
 *
 * | breaker | trips | counts anew |
 * | --- | --- | --- |
 * | daily loss | the day's loss reaches an amount or a share of what the day began with | with the day, and when it is lifted |
 * | drawdown | the net asset value is so far below its peak | when it is lifted |
 * | consecutive losses | so many markets of one strategy settled with a loss, none between them with a profit | after a profit, and when it is lifted |
 *
 * Money that goes in or out beside trading moves what they count from along with it, and trips nothing.
 * @module
 */

import { formatMoney, formatTime, type Micros, type Money } from "../core/units.ts";
import type { RiskLimits } from "./limits.ts";

export interface BreakerRules {
  /** Below the peak, per cent; 0 for no bound. */
  readonly maxDrawdownPercent: number;
  /** Markets in a row that a strategy may lose; 0 for no bound. */
  readonly consecutiveLosses: number;
  /** After those nobody lifts the halt before so long, micros. */
  readonly coolDown: number;
}

/**
 * The day's loss in words where it passed a limit, `null` while trading may go on.
 *
 * @param base what the share is of, and counted from: another than `dayStartNav` after money went in or out
 */
export function dailyLossReason(
  nav: Money,
  dayStartNav: Money,
  limits: RiskLimits,
  base: Money = dayStartNav,
): string | null {
  const loss = dayStartNav - nav;
  if (loss <= 0) return null;
  if (loss >= limits.dailyLoss) {
    return `Lost ${formatMoney(loss as Money)} since the day began, allowed ${formatMoney(limits.dailyLoss)}`;
  }
  const share = base - nav;
  if (share > 0 && share * 100 >= base * limits.dailyLossPercent) {
    return `Lost ${formatMoney(share as Money)} since the day began, allowed ${limits.dailyLossPercent} % of ${
      formatMoney(base)
    }`;
  }
  return null;
}

/** The drawdown in words where it reached the bound, `null` while trading may go on. */
export function drawdownReason(nav: Money, peakNav: Money, { maxDrawdownPercent }: BreakerRules): string | null {
  const fall = peakNav - nav;
  if (maxDrawdownPercent === 0 || fall <= 0 || fall * 100 < peakNav * maxDrawdownPercent) return null;
  return `${formatMoney(nav)} is ${formatMoney(fall as Money)} below the peak of ${formatMoney(peakNav)}, ` +
    `allowed is less than ${maxDrawdownPercent} %`;
}

/** Markets lost in a row after one more has settled: nothing won and nothing lost is neither. */
export function lossesAfter(before: number, pnl: Money): number {
  if (pnl === 0) return before;
  return pnl > 0 ? 0 : before + 1;
}

/** A strategy's losses in a row in words where they reached the bound, `null` while it may go on. */
export function lossesReason(strategy: string, losses: number, { consecutiveLosses }: BreakerRules): string | null {
  if (consecutiveLosses === 0 || losses < consecutiveLosses) return null;
  const markets = losses === 1 ? "a market" : `${losses} markets in a row`;
  return `Strategy ${strategy} lost ${markets}, allowed are fewer than ${consecutiveLosses}`;
}

/** Why a strategy's losses may not be lifted yet, in words; `null` where they may. */
export function coolDownReason(since: Micros, at: Micros, { coolDown }: BreakerRules): string | null {
  const over = since + coolDown;
  return at >= over ? null : `It cools down: not before ${formatTime(over as Micros)}`;
}
