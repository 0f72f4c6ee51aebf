/**
 * The exchange's clock while it runs by itself: wall time since the start, times speed.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { HouseClock } from "./house.ts";

/** Wall time between two moves. */
const TICK_MS = 5;
/** Simulated time that one move may cover: whoever asks waits for it. */
const MOVE_MAX = MICROS_PER_MINUTE;
/**
 * After a machine that stood still for longer the time is left out, not caught up. What is shorter must not be: others keep
 * the time by themselves, and would be ahead for good.
 */
const STILL_MAX_MS = 60_000;

/** What moves with it. */
export interface MovedExchange {
  readonly now: Micros;
  advanceTo(to: Micros): void;
}

export class FreeClock implements HouseClock {
  readonly mode = "free";
  readonly speed: number;
  readonly #exchange: MovedExchange;
  readonly #steadyMs: () => number;
  #base: number;
  #wallBase: number;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param steadyMs wall time that never goes backwards */
  constructor(exchange: MovedExchange, speed: number, steadyMs: () => number = () => performance.now()) {
    this.#exchange = exchange;
    this.speed = speed;
    this.#steadyMs = steadyMs;
    this.#base = exchange.now;
    this.#wallBase = steadyMs();
    this.#timer = setInterval(() => this.now(), TICK_MS);
  }

  now(): Micros {
    const microsPerMs = MICROS_PER_MILLISECOND * this.speed;
    const wallMs = this.#steadyMs();
    let target = Math.floor(this.#base + (wallMs - this.#wallBase) * microsPerMs);
    const most = this.#exchange.now + MOVE_MAX;
    if (target - this.#exchange.now > Math.max(MOVE_MAX, STILL_MAX_MS * microsPerMs)) {
      this.#base = most;
      this.#wallBase = wallMs;
    }
    target = Math.min(target, most);
    this.#exchange.advanceTo(micros(target));
    return this.#exchange.now;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
