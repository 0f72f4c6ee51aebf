/**
 * Tells the engine once a second how the way to the venue fared, where there is something to tell: how many requests ended and
 * failed, and how far the clocks are apart. What follows from it is the engine's to decide, so that a replay decides alike.
 * @module
 */

import type { ClockBounds, VenueHealthInput } from "../core/input.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../core/units.ts";
import type { Venue } from "../venues/venue.ts";

export class VenueWatch {
  readonly #venue: Pick<Venue, "vitals">;
  readonly #sink: (input: VenueHealthInput) => void;
  #second = 0;
  #ended = 0;
  #failed = 0;
  #clock: ClockBounds | null = null;

  constructor(venue: Pick<Venue, "vitals">, sink: (input: VenueHealthInput) => void) {
    this.#venue = venue;
    this.#sink = sink;
  }

  /** Time passes, by the run's clock. */
  tick(at: Micros): void {
    const second = Math.floor(at / MICROS_PER_SECOND);
    if (second === this.#second) return;
    this.#second = second;
    const { ended, failed, clock } = this.#venue.vitals();
    const bounds = inMilliseconds(clock);
    if (ended === this.#ended && bounds?.low === this.#clock?.low && bounds?.high === this.#clock?.high) return;
    this.#sink({
      type: "venue_health",
      at,
      calls: ended - this.#ended,
      failed: failed - this.#failed,
      clock: bounds,
    });
    this.#ended = ended;
    this.#failed = failed;
    this.#clock = bounds;
  }
}

/** Whole milliseconds that hold what is known: no news for every microsecond. */
function inMilliseconds(clock: ClockBounds | null): ClockBounds | null {
  if (clock === null) return null;
  return {
    low: Math.floor(clock.low / MICROS_PER_MILLISECOND) * MICROS_PER_MILLISECOND,
    high: Math.ceil(clock.high / MICROS_PER_MILLISECOND) * MICROS_PER_MILLISECOND,
  };
}
