/**
 * Keeps prices away that jump absurdly far from the exchange's own recent ones, and lets them in once they have shown to
 * be meant (D13).
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";

/** No coin that is traded here moves by so much from one message to the next. */
const JUMP_MAX = 0.1;
/** The way back: so many prices in a row that agree with each other, over so long. */
const AGREEING_MIN = 5;
const AGREEING_FOR = 5 * MICROS_PER_SECOND;
/** A price that old says nothing of what is possible now. */
const FORGOTTEN_AFTER = 60 * MICROS_PER_SECOND;

export class JumpGuard {
  /** 0 before the first. */
  #accepted = 0;
  #acceptedAt = 0;
  #candidate = 0;
  #candidateSince = 0;
  #agreeing = 0;

  /** Whether the price is to be believed. It must be positive. */
  accepts(price: number, now: Micros): boolean {
    const forgotten = this.#accepted === 0 || now - this.#acceptedAt > FORGOTTEN_AFTER;
    if (forgotten || isNear(price, this.#accepted) || this.#isMeant(price, now)) {
      this.#accepted = price;
      this.#acceptedAt = now;
      this.#agreeing = 0;
      return true;
    }
    return false;
  }

  #isMeant(price: number, now: Micros): boolean {
    if (this.#agreeing === 0 || !isNear(price, this.#candidate)) {
      this.#candidate = price;
      this.#candidateSince = now;
      this.#agreeing = 0;
    }
    this.#agreeing++;
    return this.#agreeing >= AGREEING_MIN && now - this.#candidateSince >= AGREEING_FOR;
  }
}

const isNear = (price: number, other: number): boolean => Math.abs(price - other) <= JUMP_MAX * other;
