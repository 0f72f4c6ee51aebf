/**
 * Whether the probabilities of one moment can all be true: each within 0 and 1, and those of one event falling with the
 * strike.
 * @module
 */

import type { Market } from "../core/market.ts";
import type { Micros } from "../core/units.ts";
import { ladderIncoherence, type LadderProbability } from "../models/coherence.ts";
import { forecastRefusal } from "../models/probability_scores.ts";

const PROBLEMS_MAX = 20;

export interface CoherenceFigures {
  /** Events at a moment of which two strikes or more had a probability. */
  readonly ladders: number;
  readonly incoherent: number;
  /** Probabilities outside 0 to 1. */
  readonly outside: number;
  /** The first of them in words. */
  readonly problems: readonly string[];
}

/** Fed with the moments in order of time; holds the ladders of one of them. */
export class CoherenceCheck {
  #at: Micros | null = null;
  readonly #ladders = new Map<string, LadderProbability[]>();
  readonly #problems: string[] = [];
  #checked = 0;
  #incoherent = 0;
  #outside = 0;

  /** Takes the probability of YES of one market at a moment. */
  take(at: Micros, { ticker, event, strikeType, floorStrike, capStrike }: Market, probability: number): void {
    if (at !== this.#at) this.#judge();
    this.#at = at;
    const refusal = forecastRefusal({ probability, yes: true });
    if (refusal !== null) {
      this.#outside++;
      this.#tell(`${ticker}: ${refusal}`);
      return;
    }
    const rising = strikeType === "greater" || strikeType === "greater_or_equal";
    const falling = strikeType === "less" || strikeType === "less_or_equal";
    const strike = rising ? floorStrike : falling ? capStrike : null;
    if (strike === null) return;
    // Markets of one event may differ in how they take a tie: those are ladders of their own.
    const key = `${event} ${strikeType}`;
    const step = { strike, probability: rising ? probability : 1 - probability };
    const ladder = this.#ladders.get(key);
    if (ladder === undefined) this.#ladders.set(key, [step]);
    else ladder.push(step);
  }

  finish(): CoherenceFigures {
    this.#judge();
    return {
      ladders: this.#checked,
      incoherent: this.#incoherent,
      outside: this.#outside,
      problems: this.#problems,
    };
  }

  #judge(): void {
    for (const [key, ladder] of this.#ladders) {
      if (ladder.length < 2) continue;
      this.#checked++;
      const { problem } = ladderIncoherence(ladder);
      if (problem === null) continue;
      this.#incoherent++;
      this.#tell(`${key}: ${problem}`);
    }
    this.#ladders.clear();
  }

  #tell(problem: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }
}
