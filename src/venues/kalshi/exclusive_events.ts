/**
 * The events of which at most one market pays YES, as the exchange says in their bodies (KALSHI.md 3.7). Whoever has not
 * been heard of is not among them: then every market may lose by itself.
 * @module
 */

/** More than are open at a time in all series that may be followed; of more, the oldest are forgotten. */
const EVENTS_MAX = 20_000;

export class ExclusiveEvents {
  readonly #events = new Set<string>();

  /** An event's body was read. */
  learn(event: string, isExclusive: boolean): void {
    this.#events.delete(event);
    if (!isExclusive) return;
    if (this.#events.size >= EVENTS_MAX) {
      const oldest = this.#events.keys().next();
      if (!oldest.done) this.#events.delete(oldest.value);
    }
    this.#events.add(event);
  }

  has(event: string): boolean {
    return this.#events.has(event);
  }
}
