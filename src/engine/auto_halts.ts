/**
 * Halts that begin and end by themselves: of the whole by how the way to the exchange fares and by its clock, and of the markets
 * on one index while that is stale. What is bad enough to begin one and good enough to end it is told in risk/auto_halts.ts.
 * @module
 */

import type { ClockBounds, VenueHealthInput } from "../core/input.ts";
import {
  API_GOOD_FOR,
  ApiErrors,
  apiErrorsReason,
  type AutoHaltRules,
  CLOCK_GOOD_FOR,
  clockReason,
  clockSign,
  FEED_GOOD_FOR,
  feedReason,
  feedSign,
  Latch,
} from "../risk/auto_halts.ts";
import type { Desk } from "./desk.ts";
import type { Indices } from "./indices.ts";
import type { Markets } from "./markets.ts";
import type { Step } from "./step.ts";

const API_ERRORS = "api_errors";
const CLOCK_OFFSET = "clock_offset";

export class AutoHalts {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #indices: Indices;
  readonly #markets: Markets;
  readonly #rules: AutoHaltRules;
  readonly #errors = new ApiErrors();
  readonly #api = new Latch(API_GOOD_FOR);
  readonly #clock = new Latch(CLOCK_GOOD_FOR);
  /** One for each index that was heard: their number is bounded (indices.ts). The halt's name is asked for every second. */
  readonly #feeds = new Map<string, { readonly name: string; readonly latch: Latch }>();
  #bounds: ClockBounds | null = null;

  constructor(step: Step, desk: Desk, indices: Indices, markets: Markets, rules: AutoHaltRules) {
    this.#step = step;
    this.#desk = desk;
    this.#indices = indices;
    this.#markets = markets;
    this.#rules = rules;
  }

  take({ calls, failed, clock }: VenueHealthInput): void {
    this.#errors.take(calls, failed, this.#step.at);
    this.#bounds = clock;
  }

  /** Before anything is decided in a new second. */
  everySecond(): void {
    const { at } = this.#step;
    const rules = this.#rules;
    const api = this.#api.see(this.#errors.sign(at, rules), at);
    this.#tell(api, API_ERRORS, () => apiErrorsReason(this.#errors, at, rules), "Requests are answered again");
    const bounds = this.#bounds;
    const clock = this.#clock.see(clockSign(bounds, rules), at);
    if (bounds !== null) this.#tell(clock, CLOCK_OFFSET, () => clockReason(bounds, rules), "The clocks agree again");
    for (const { name, age } of this.#indices.ages(at)) this.#feed(name, age);
  }

  #feed(index: string, age: number): void {
    let feed = this.#feeds.get(index);
    if (feed === undefined) {
      this.#feeds.set(index, feed = { name: `feed_stale ${index}`, latch: new Latch(FEED_GOOD_FOR) });
    }
    const { name, latch } = feed;
    const stale = latch.see(feedSign(age, this.#rules), this.#step.at);
    // What nobody trades on may be as old as it likes.
    if (stale && !this.#desk.halts.has(name) && !this.#isFollowed(index)) return;
    this.#tell(stale, name, () => feedReason(index, age, this.#rules), `${index} is fresh again`, { index });
  }

  #isFollowed(index: string): boolean {
    for (const state of this.#markets.values()) if (state.index === index && !state.closed) return true;
    return false;
  }

  #tell(
    is: boolean,
    name: string,
    reason: () => string,
    over: string,
    subject: { readonly index?: string } = {},
  ): void {
    if (is === this.#desk.halts.has(name)) return;
    if (is) this.#desk.halt(name, reason(), subject);
    else this.#desk.end(name, over);
  }
}
