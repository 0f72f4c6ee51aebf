/**
 * Every check that an order passed before it left, each with how much of its limit was used, what the order added, and by
 * how much it passed.
 * @module
 */

import {
  count,
  formatCount,
  formatMoney,
  formatPrice,
  type Money,
  money,
  ONE_DOLLAR_PRICE,
  price,
} from "../../core/units.ts";
import type { Engine } from "../../engine/engine.ts";
import { capsOf, openingCost, type Proposal, riskOf, shareOf, type Stakes } from "../../risk/limits.ts";

/** One check. Amounts are exact decimal strings in `unit`. */
export interface CheckFigures {
  readonly check: string;
  readonly name: string;
  readonly unit: "dollars" | "dollars per contract" | "contracts";
  /** Before the order. */
  readonly used: string;
  /** By the order. */
  readonly added: string;
  readonly after: string;
  readonly limit: string;
  /** What would still have passed. */
  readonly left: string;
}

/** In the order in which they are made. What only closes is bounded by nothing but the loss of the day. */
export function checkFigures(engine: Engine, proposal: Proposal, stakes: Stakes): CheckFigures[] {
  const daily = dailyLoss(engine);
  if (proposal.opening === 0) return [daily];
  const risk = riskOf(proposal);
  const caps = capsOf(proposal, stakes, engine.options.risk);
  return [
    daily,
    ...priceChecks(engine, proposal),
    ...caps.map(([check, name, used, limit]) => inMoney(check, name, used, risk, limit)),
  ];
}

function inMoney(check: string, name: string, used: Money, added: Money, limit: Money): CheckFigures {
  const after = money(used + added);
  return {
    check,
    name,
    unit: "dollars",
    used: formatMoney(used),
    added: formatMoney(added),
    after: formatMoney(after),
    limit: formatMoney(limit),
    left: formatMoney(money(limit - after)),
  };
}

function dailyLoss({ desk, options }: Engine): CheckFigures {
  const { dayStartNav, nav } = desk;
  const { dailyLoss: most, dailyLossPercent } = options.risk;
  const lost = money(Math.max(0, dayStartNav - nav));
  const limit = money(Math.max(0, Math.min(most, shareOf(dayStartNav, dailyLossPercent))));
  return inMoney("daily_loss", "Loss of the day", lost, money(0), limit);
}

function priceChecks({ options }: Engine, proposal: Proposal): CheckFigures[] {
  const { side, price: at, count: size, depth, fairProbability, worstFee, isTaker } = proposal;
  const cost = openingCost(side, at);
  const { priceCeiling, fairValueBound } = options.risk;
  const worth = Math.floor((side === "bid" ? fairProbability : 1 - fairProbability) * ONE_DOLLAR_PRICE);
  const perContract = (check: string, name: string, limit: number): CheckFigures => ({
    check,
    name,
    unit: "dollars per contract",
    used: formatPrice(price(0)),
    added: formatPrice(price(cost)),
    after: formatPrice(price(cost)),
    limit: formatPrice(price(limit)),
    left: formatPrice(price(limit - cost)),
  });
  const wins = money(size * (ONE_DOLLAR_PRICE - cost));
  return [
    // At the ceiling itself nothing is bought.
    perContract("price_ceiling", "Price of a contract", priceCeiling - 1),
    perContract("beyond_fair_value", "Price against the model's fair value", worth + fairValueBound),
    inMoney("fee_inversion", "Fee at worst against what can be won", money(0), worstFee, wins),
    ...(isTaker
      ? [{
        check: "beyond_depth",
        name: "Contracts displayed",
        unit: "contracts" as const,
        used: formatCount(count(0)),
        added: formatCount(size),
        after: formatCount(size),
        limit: formatCount(depth),
        left: formatCount(count(depth - size)),
      }]
      : []),
  ];
}
