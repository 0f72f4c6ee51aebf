/**
 * The section `[risk]` as the risk checks want it.
 * @module
 */

import type { RiskLimits } from "../risk/limits.ts";
import type { Config } from "./schema.ts";

/** One name of the file for each limit. */
export function riskLimits({ risk }: Config): RiskLimits {
  return {
    order: risk.max_order_usd,
    market: risk.max_market_usd,
    openExposure: risk.max_open_exposure_usd,
    categoryPercent: risk.max_category_pct,
    dailyLoss: risk.daily_loss_usd,
    dailyLossPercent: risk.daily_loss_pct,
    priceCeiling: risk.price_ceiling,
    fairValueBound: risk.fair_value_bound,
  };
}
