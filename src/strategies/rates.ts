/**
 * S7, rates: buys YES or NO of the markets on an FOMC meeting where fed funds futures (models/fed_funds.ts) make them worth
 * more than they cost: upper bounds of the target range (`KXFED`) and decisions (`KXFEDDECISION`).
 *
 *     P(outcome) from the futures, with a share for surprises                      (rates_outlook.ts)
 *     edge = worth - cost - fee - buffer >= min_edge + doubt_weight x doubt       (event_value.ts)
 *
 * Makers pay fees here, too. From `blackout_before` ahead of a statement until `blackout_after` it nothing rests and nothing
 * is sent, exits included: whoever reads the statement first takes what rests.
 *
 * Risks: futures carry risk premia, and they know of two moves only. What is bought of one meeting's two events is one bet
 * made twice, and each event is sized by itself. Meetings that the Committee moves are wrong in the calendar until it is
 * changed.
 * @module
 */

import { z } from "zod";
import type { FedFundsInput } from "../core/input.ts";
import { type Micros, micros, MICROS_PER_MINUTE } from "../core/units.ts";
import { fedOutlook, type FedOutlookResult } from "../models/fed_funds.ts";
import { decideEvent, everywhere } from "./event_value.ts";
import { eventValueShape } from "./event_value_parameters.ts";
import { STANDARD_HOOKS } from "./hooks.ts";
import { no, timeObstacle } from "./obstacles.ts";
import { fraction, seconds } from "./parameters.ts";
import { blackoutObstacle, ratesOutlook } from "./rates_outlook.ts";
import type { GroupStrategy } from "./strategy.ts";

const YEAR = 31_622_400;
const DAY = 86_400;

export const ratesParameters = z.strictObject({
  ...eventValueShape,
  min_seconds: seconds(3_600, YEAR, "Nearer to the close nothing is bought"),
  max_seconds: seconds(YEAR / 2, 2 * YEAR, "Farther from the close nothing is bought"),
  max_rates_age: seconds(3_600, 7 * DAY, "Older prices of fed funds are stale"),
  blackout_before: seconds(1_800, DAY, "Before a statement at 2 PM Eastern time nothing rests or is sent"),
  blackout_after: seconds(1_800, DAY, "Nor after it"),
  surprise: fraction(
    0.02,
    "Part of each outcome's probability that goes to the outcomes a step beside it: futures know of two moves",
  ),
  rate_doubt: z.number().min(0).max(25).default(1).meta({
    unit: "basis points",
    text: "By how much the rate that futures imply may be wrong for each meeting until then",
  }),
});

export type RatesParameters = z.infer<typeof ratesParameters>;

const FED = /^KXFED(DECISION)?$/;

export const rates: GroupStrategy<RatesParameters> = {
  name: "rates",
  title: "Rates (FOMC meetings; off by default)",
  startsOff: true,
  parameters: ratesParameters,
  hooks: STANDARD_HOOKS,
  trades: (series) => FED.test(series),
  groupOf: (market) => market.event,
  decideGroup(view, parameters) {
    const { at, markets: [first] } = view;
    const { fedFunds } = first;
    const blackout = blackoutObstacle(at, parameters);
    if (blackout !== null) return everywhere(view, blackout);
    if (fedFunds === null) return everywhere(view, no("no_rates", "Nothing was heard of fed funds yet"));
    const outlook = ratesOutlook(first.market, fedFunds, outlookOf(fedFunds, at), at, parameters);
    if ("code" in outlook) return everywhere(view, outlook);
    return decideEvent(view, outlook, (market) => timeObstacle(market, parameters), parameters);
  },
};

interface Kept {
  readonly minute: number;
  readonly outlook: FedOutlookResult;
}

/** What follows from a reading, in one minute: statements come on whole minutes. Forgotten with the reading. */
const kept = new WeakMap<FedFundsInput, Kept>();

function outlookOf(reading: FedFundsInput, at: Micros): FedOutlookResult {
  const minute = Math.floor(at / MICROS_PER_MINUTE);
  const known = kept.get(reading);
  if (known?.minute === minute) return known.outlook;
  const outlook = fedOutlook(reading, micros(minute * MICROS_PER_MINUTE));
  kept.set(reading, { minute, outlook });
  return outlook;
}
