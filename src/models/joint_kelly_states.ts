/**
 * The states of an event and what its markets pay in each, for {@link jointKelly}. Strikes of one number cut its range into
 * the states between them: a market on "above a strike" pays in all states above it.
 * @module
 */

export type EventStates =
  | { readonly ok: true; readonly probabilities: readonly number[] }
  | { readonly ok: false; readonly reason: string };

/** Rounding of a model may let a higher strike be as likely as a lower one, and a little more. */
const RISE_TOLERANCE = 1e-9;

/**
 * The states between the strikes of a ladder: below the first, between each two, above the last.
 *
 * @param above of each strike from the lowest up, that the number is above it
 */
export function statesOfLadder(above: readonly number[]): EventStates {
  const probabilities: number[] = [];
  let before = 1;
  for (const [at, probability] of above.entries()) {
    if (!(probability >= 0 && probability <= 1)) {
      return { ok: false, reason: `Probability of strike ${at + 1} must be within 0 and 1, found ${probability}` };
    }
    if (probability > before + RISE_TOLERANCE) {
      const reason = `Probability of strike ${at + 1} is ${probability}, above ${before} of the lower one: ` +
        "higher strikes are less likely";
      return { ok: false, reason };
    }
    const next = Math.min(before, probability);
    probabilities.push(before - next);
    before = next;
  }
  return { ok: true, probabilities: [...probabilities, before] };
}

/** What one contract pays in each state: `payout` in those where its side wins. */
export function payoffsOf(
  states: number,
  side: "yes" | "no",
  isYes: (state: number) => boolean,
  payout = 1,
): readonly number[] {
  return Array.from({ length: states }, (_, state) => isYes(state) === (side === "yes") ? payout : 0);
}

/** The same of the ladder's strike with this place, counted from 0. */
export const payoffsAbove = (states: number, strike: number, side: "yes" | "no", payout = 1): readonly number[] =>
  payoffsOf(states, side, (state) => state > strike, payout);

/** The same of a market on one state alone: an outcome, a bucket. */
export const payoffsOn = (states: number, only: number, side: "yes" | "no", payout = 1): readonly number[] =>
  payoffsOf(states, side, (state) => state === only, payout);
