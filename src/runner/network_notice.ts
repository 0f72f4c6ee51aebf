/**
 * One line where nothing at all can be reached, instead of one from every source: most likely this machine has no network.
 * @module
 */

import type { FeedStatus } from "../feeds/feed.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { VenueHealth } from "../venues/venue.ts";

/** What takes longer to connect is slow, and not away. */
const PATIENCE = 5 * MICROS_PER_SECOND;

export class NetworkNotice {
  readonly #venue: string;
  readonly #say: (level: "info" | "warn", text: string) => void;
  #nothingSince: Micros | null = null;
  #told = false;

  /** @param venue as people call it */
  constructor(venue: string, say: (level: "info" | "warn", text: string) => void) {
    this.#venue = venue;
    this.#say = say;
  }

  /** Once a second. */
  look(at: Micros, { connected, trouble }: VenueHealth, feeds: readonly FeedStatus[]): void {
    if (connected || feeds.some(({ by }) => by !== "none")) {
      if (this.#told) this.#say("info", "There is a network again: something answers");
      this.#nothingSince = null;
      this.#told = false;
      return;
    }
    this.#nothingSince ??= at;
    if (this.#told || at - this.#nothingSince < PATIENCE) return;
    this.#told = true;
    const tried = [this.#venue, ...feeds.map(({ name }) => name)].join(", ");
    const why = trouble === null ? "" : ` (${trouble})`;
    this.#say(
      "warn",
      `Nothing can be reached, as without a network. Tried: ${tried}${why}. kbot keeps trying, and sends no order ` +
        "meanwhile. kbot doctor says what is missing; kbot demo needs no network",
    );
  }
}
