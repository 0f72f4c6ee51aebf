/**
 * Every check that an order passed before it left, each with how much of its limit was used, what the order added, and by
 * how much it passed.
 * @module
 */

import type { Engine } from "../../engine/engine.ts";
import { RULES } from "../../risk/guardian.ts";
import { type Proposal, shareOf, type Stakes } from "../../risk/limits.ts";
import { CLEAR, formatMeasure, type Measure, type MeasureUnit } from "../../risk/rule.ts";

/** One check. Amounts are exact decimal strings in `unit`. */
export interface CheckFigures {
  readonly check: string;
  readonly name: string;
  readonly unit: MeasureUnit;
  /** Before the order. */
  readonly used: string;
  /** By the order. */
  readonly added: string;
  readonly after: string;
  readonly limit: string;
  /** What would still have passed. */
  readonly left: string;
}

/** Every rule that measures something, in the order in which they are asked. What only closes is bounded by nothing but the loss of the day. */
export function checkFigures(engine: Engine, proposal: Proposal, stakes: Stakes): CheckFigures[] {
  const ask = { proposal, circumstances: CLEAR, stakes, limits: engine.desk.limits };
  return [
    figures("daily_loss", dailyLoss(engine)),
    ...RULES.flatMap(({ code, measures }) => measures(ask).map((measure) => figures(code, measure))),
  ];
}

function figures(check: string, { name, unit, used, added, limit }: Measure): CheckFigures {
  const after = used + added;
  return {
    check,
    name,
    unit,
    used: formatMeasure(used, unit),
    added: formatMeasure(added, unit),
    after: formatMeasure(after, unit),
    limit: formatMeasure(limit, unit),
    left: formatMeasure(limit - after, unit),
  };
}

function dailyLoss({ desk }: Engine): Measure {
  const { dayStartNav, nav } = desk;
  const { dailyLoss: most, dailyLossPercent } = desk.limits;
  const limit = Math.max(0, Math.min(most, shareOf(dayStartNav, dailyLossPercent)));
  return { name: "Loss of the day", unit: "dollars", used: Math.max(0, dayStartNav - nav), added: 0, limit };
}
