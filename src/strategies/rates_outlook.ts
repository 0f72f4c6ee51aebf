/**
 * What fed funds futures say of one FOMC meeting, as an outlook on an event (event_outlook.ts).
 *
 * | event | outcomes | YES |
 * | --- | --- | --- |
 * | `KXFED-26DEC` | upper bounds of the target range after the meeting | strictly above the strike |
 * | `KXFEDDECISION-26DEC` | moves of the meeting in steps of 25 basis points | the named move; 26 means more than 25 |
 *
 * Futures split an expected change between two adjacent moves and know no other (models/fed_funds.ts). So `surprise` of the
 * probability of each outcome is moved to its two neighbours, half to each. The other suppositions are expected rates that
 * lie higher or lower by `rate_doubt` for each meeting until then: as much of a step's probability moves up or down.
 *
 *     d = rate_doubt x meetings / 25        P'(k) = (1 - d) P(k) + d P(k - 1)
 * @module
 */

import type { FedFundsInput } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import { type FedDecisionTicker, type FedRateTicker, parseTicker } from "../core/ticker.ts";
import { formatTime, type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../core/units.ts";
import type { FedOutlookResult, MeetingOutlook } from "../models/fed_funds.ts";
import { FOMC_MEETINGS, type FomcMeeting } from "../models/fomc_meetings.ts";
import type { Refusal } from "../risk/limits.ts";
import type { EventOutlook } from "./event_outlook.ts";
import { no } from "./obstacles.ts";

/** What of the parameters the outlook rests on. */
export interface RatesSuppositions {
  readonly max_rates_age: number;
  readonly blackout_before: number;
  readonly blackout_after: number;
  readonly surprise: number;
  readonly rate_doubt: number;
}

const STEP_BASIS_POINTS = 25;
/** The exchange settles minutes after the statement. */
const PAYOUT_SECONDS = 900;
/** A strike in a market's ticker is that of the market, per cent. */
const SAME_STRIKE = 1e-6;

/** The meeting that the event of this market is about. */
function meetingOf(market: Market): FomcMeeting | null {
  const parsed = parseTicker(market.ticker);
  if (parsed?.kind !== "fed_rate" && parsed?.kind !== "fed_decision") return null;
  const month = `${parsed.year}-${parsed.month.toString().padStart(2, "0")}`;
  return FOMC_MEETINGS.find((meeting) => meeting.month === month) ?? null;
}

/** Why nothing may rest or be sent because of a statement, this meeting's or an earlier one's. */
export function blackoutObstacle(
  at: Micros,
  { blackout_before, blackout_after }: Pick<RatesSuppositions, "blackout_before" | "blackout_after">,
): Refusal | null {
  const near = FOMC_MEETINGS.find(({ decidedAt }) =>
    at >= decidedAt - blackout_before * MICROS_PER_SECOND && at < decidedAt + blackout_after * MICROS_PER_SECOND
  );
  if (near === undefined) return null;
  const minutes = (near.decidedAt - at) / MICROS_PER_MINUTE;
  const when = minutes > 0 ? `comes in ${minutes.toFixed(1)} min` : `came ${(-minutes).toFixed(1)} min ago`;
  return no("blackout", () => `The statement of ${near.day} ${when}`);
}

/** The outlook on the event of a market, or why there is none. */
export function ratesOutlook(
  market: Market,
  rates: FedFundsInput,
  found: FedOutlookResult,
  at: Micros,
  suppositions: RatesSuppositions,
): EventOutlook | Refusal {
  const meeting = meetingOf(market);
  if (meeting === null) return no("no_meeting", `No known meeting is that of ${market.event}`);
  if (meeting.decidedAt <= at) return no("decided", `The meeting of ${meeting.day} is over`);
  const age = (at - rates.sourceTime) / MICROS_PER_SECOND;
  if (age > suppositions.max_rates_age) {
    return no("rates_stale", `Prices of fed funds are of ${formatTime(rates.sourceTime)}`);
  }
  if (!found.ok) return no("no_outlook", found.reason);
  const { meetings, endsBecause } = found.value;
  const place = meetings.findIndex((each) => each.meeting.day === meeting.day);
  if (place < 0) return no("out_of_reach", endsBecause ?? `No contract reaches the meeting of ${meeting.day}`);
  const outcomes = market.series === "KXFED" ? boundsOf(meetings[place]) : movesOf(meetings[place]);
  const { surprise, rate_doubt } = suppositions;
  const doubt = Math.min(1, rate_doubt * (place + 1) / STEP_BASIS_POINTS);
  const probabilities = mixed(outcomes.probabilities, surprise / 2, surprise / 2);
  return {
    probabilities,
    alternatives: [mixed(probabilities, 0, doubt), mixed(probabilities, doubt, 0)],
    ruleOf(each) {
      const isYes = ruleOf(each);
      return isYes === null ? null : (at) => isYes(outcomes.first + (at - BESIDE) * outcomes.step);
    },
    expected: meetings[place].after,
    payoutSeconds: PAYOUT_SECONDS,
  };
}

/** Outcomes on either side that futures give nothing: what surprises and doubts reach. */
const BESIDE = 2;

/** A distribution over outcomes a step apart, with room on either side. */
interface Outcomes {
  /** Of the first outcome that futures know. */
  readonly first: number;
  readonly step: number;
  readonly probabilities: readonly number[];
}

const boundsOf = ({ upperBounds }: MeetingOutlook): Outcomes =>
  outcomesOf(upperBounds.map(({ basisPoints, probability }) => [basisPoints, probability]), STEP_BASIS_POINTS);

const movesOf = ({ moves }: MeetingOutlook): Outcomes =>
  outcomesOf(moves.map(({ steps, probability }) => [steps, probability]), 1);

function outcomesOf(known: readonly (readonly [outcome: number, probability: number])[], step: number): Outcomes {
  const first = Math.min(...known.map(([outcome]) => outcome));
  const last = Math.max(...known.map(([outcome]) => outcome));
  const probabilities = Array.from({ length: (last - first) / step + 1 + 2 * BESIDE }, () => 0);
  for (const [outcome, probability] of known) probabilities[(outcome - first) / step + BESIDE] += probability;
  return { first, step, probabilities };
}

/** So much of each probability moved one outcome down, and so much up; at the ends it stays. */
function mixed(probabilities: readonly number[], down: number, up: number): readonly number[] {
  const last = probabilities.length - 1;
  const moved = probabilities.map(() => 0);
  for (const [at, probability] of probabilities.entries()) {
    moved[at] += probability * (1 - down - up);
    moved[Math.max(0, at - 1)] += probability * down;
    moved[Math.min(last, at + 1)] += probability * up;
  }
  return moved;
}

/** Of an upper bound in basis points, or of a move in steps. */
function ruleOf(market: Market): ((outcome: number) => boolean) | null {
  const parsed = parseTicker(market.ticker);
  if (parsed?.kind === "fed_rate") return boundRule(parsed, market);
  return parsed?.kind === "fed_decision" ? moveRule(parsed) : null;
}

/** By the market's own strike, where its ticker says the same. */
function boundRule(
  { threshold }: FedRateTicker,
  { strikeType, floorStrike }: Market,
): ((basisPoints: number) => boolean) | null {
  if (strikeType !== "greater" || floorStrike === null || Math.abs(floorStrike - threshold) > SAME_STRIKE) return null;
  const strike = Math.round(floorStrike * 1e6) / 1e4;
  return (basisPoints) => basisPoints > strike;
}

/** `null` for a move that no market is known to be on. */
function moveRule({ move, basisPoints }: FedDecisionTicker): ((steps: number) => boolean) | null {
  if (move === "hold") return (steps) => steps === 0;
  const sign = move === "cut" ? -1 : 1;
  if (basisPoints === STEP_BASIS_POINTS) return (steps) => steps === sign;
  return basisPoints === STEP_BASIS_POINTS + 1 ? (steps) => steps * sign > 1 : null;
}
