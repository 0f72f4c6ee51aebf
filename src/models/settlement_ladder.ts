/**
 * All markets of one event priced in one call. Neighbouring markets share the boundary between them, so the closed form
 * is asked once for each boundary and not twice for each bucket; every probability is a sum or difference of what it says
 * there. That makes the answers coherent by construction: along the strikes the probability of "above" never rises, and
 * buckets that cover every number sum to one.
 * @module
 */

import type { SettlementAverage } from "./settlement_average.ts";
import { type SettlementRule, type YesInterval, yesInterval } from "./settlement_interval.ts";

/** The longest ladders that were seen have 300 markets (KALSHI.md 8.4). */
export const LADDER_MARKETS_MAX = 4_096;

export type LadderResult =
  | { readonly ok: true; readonly ladder: SettlementLadder }
  | { readonly ok: false; readonly reason: string };

/**
 * The strikes of one event, laid out once and priced again and again. Pricing does not allocate.
 *
 * @example
 * ```ts
 * import { SettlementAverage } from "./settlement_average.ts";
 * import { SettlementLadder } from "./settlement_ladder.ts";
 * import assert from "node:assert/strict";
 * const rules = [
 *   { strikeType: "less", floorStrike: null, capStrike: 84_000, roundDigits: 2 },
 *   { strikeType: "between", floorStrike: 84_000, capStrike: 84_099.99, roundDigits: 2 },
 *   { strikeType: "greater", floorStrike: 84_099.99, capStrike: null, roundDigits: 2 },
 * ] as const;
 * const made = SettlementLadder.from(rules);
 * assert.ok(made.ok);
 * const [below, inside, above] = made.ladder.price(new SettlementAverage().prepare(84_050, 0.0002, 600));
 * assert.equal((below + inside + above).toFixed(12), "1.000000000000");
 * ```
 */
export class SettlementLadder {
  /** Distinct boundaries, ascending. */
  readonly #boundaries: Float64Array;
  /** P(mean >= boundary), with 1 before the first and 0 behind the last. */
  readonly #survival: Float64Array;
  /** For each market where in {@link #survival} its interval begins and ends. */
  readonly #from: Uint16Array;
  readonly #to: Uint16Array;
  readonly #probabilities: Float64Array;

  private constructor(intervals: readonly YesInterval[]) {
    const ends = intervals.flatMap(({ from, to }) => [from, to]).filter(Number.isFinite);
    this.#boundaries = Float64Array.from(new Set(ends)).sort();
    const last = this.#boundaries.length + 1;
    this.#survival = new Float64Array(last + 1);
    this.#survival[0] = 1;
    const places = new Map<number, number>([[-Infinity, 0], [Infinity, last]]);
    this.#boundaries.forEach((boundary, at) => places.set(boundary, at + 1));
    const placeOf = (boundary: number): number => places.get(boundary) ?? last;
    this.#from = Uint16Array.from(intervals, ({ from }) => placeOf(from));
    this.#to = Uint16Array.from(intervals, ({ to }) => placeOf(to));
    this.#probabilities = new Float64Array(intervals.length);
  }

  /** A ladder of these rules, in any order; or which of them says nothing about a number, and why. */
  static from(rules: readonly SettlementRule[]): LadderResult {
    if (rules.length === 0 || rules.length > LADDER_MARKETS_MAX) {
      return { ok: false, reason: `A ladder has 1 to ${LADDER_MARKETS_MAX} strikes, found ${rules.length}` };
    }
    const intervals: YesInterval[] = [];
    for (const [at, rule] of rules.entries()) {
      const interval = yesInterval(rule);
      if (interval === null || Number.isNaN(interval.from) || Number.isNaN(interval.to)) {
        return { ok: false, reason: `Strike ${at} of the ladder decides no number: found ${wordsFor(rule)}` };
      }
      intervals.push(interval);
    }
    return { ok: true, ladder: new SettlementLadder(intervals) };
  }

  get length(): number {
    return this.#probabilities.length;
  }

  /**
   * The probability of YES of every market, in the order of the rules; `NaN` everywhere where the average was prepared
   * with what is no state. The array is this ladder's own and overwritten by the next call.
   */
  price(average: SettlementAverage): Readonly<Float64Array> {
    const boundaries = this.#boundaries;
    const survival = this.#survival;
    // Rounding alone could let a later boundary come out a hair likelier.
    let lowest = 1;
    for (let at = 0; at < boundaries.length; at++) {
      const beyond = average.atLeast(boundaries[at]);
      if (!(beyond >= lowest)) lowest = beyond;
      survival[at + 1] = lowest;
    }
    for (let market = 0; market < this.#probabilities.length; market++) {
      const inside = survival[this.#from[market]] - survival[this.#to[market]];
      this.#probabilities[market] = inside < 0 ? 0 : inside;
    }
    return this.#probabilities;
  }
}

const wordsFor = ({ strikeType, floorStrike, capStrike, roundDigits }: SettlementRule): string =>
  `${strikeType ?? "no strike type"} with floor ${floorStrike ?? "none"}, cap ${
    capStrike ?? "none"
  }, ${roundDigits} digits`;
