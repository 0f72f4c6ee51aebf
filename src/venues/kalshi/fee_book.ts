/**
 * What each market charges, now and from when on something else (KALSHI.md 7.3).
 *
 * | who says so | how it becomes known |
 * | --- | --- |
 * | the series | its body; a scheduled change counts from its moment on |
 * | the event, which beats the series, field by field | its body, a scheduled change, or an `event_fee_update` frame |
 * | the market: no fee until its waiver ends | its body |
 * @module
 */

import type { FeeSchedule } from "../../core/market.ts";
import { seriesOf } from "../../core/ticker.ts";
import type { Micros } from "../../core/units.ts";
import type { EventFeeChange, SeriesFeeChange } from "./bodies_exchange.ts";
import type { FeeOverride } from "./bodies_fees.ts";

/** Before a series was read: what nearly all of them charge. */
const USUAL: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };
const EVENTS_MAX = 20_000;

interface Known<T> {
  readonly value: T;
  readonly since: Micros;
}

export class FeeBook {
  readonly #series = new Map<string, Known<FeeSchedule>>();
  readonly #events = new Map<string, Known<FeeOverride | null>>();
  readonly #waivers = new Map<string, Micros>();
  /** Announced, oldest first. */
  #seriesChanges: readonly SeriesFeeChange[] = [];
  #eventChanges: readonly EventFeeChange[] = [];

  knows(series: string): boolean {
    return this.#series.has(series);
  }

  /** A series' body was read. */
  learnSeries(series: string, fees: FeeSchedule, now: Micros): void {
    this.#series.set(series, { value: fees, since: now });
  }

  /** All that is announced of this series. */
  learnSeriesChanges(series: string, changes: readonly SeriesFeeChange[]): void {
    const others = this.#seriesChanges.filter((change) => change.series !== series);
    const own = changes.filter((change) => change.series === series);
    this.#seriesChanges = [...others, ...own].sort((a, b) => a.at - b.at);
  }

  /** All that is announced of events that matter here. */
  learnEventChanges(changes: readonly EventFeeChange[]): void {
    this.#eventChanges = [...changes].sort((a, b) => a.at - b.at);
  }

  /** An event's body or a frame told its override. */
  learnEvent(event: string, override: FeeOverride | null, now: Micros): void {
    bound(this.#events);
    this.#events.set(event, { value: override, since: now });
  }

  /** A market's body told until when it charges nothing. Of several markets of one event the first end counts. */
  learnWaiver(event: string, until: Micros): void {
    bound(this.#waivers);
    this.#waivers.set(event, Math.min(until, this.#waivers.get(event) ?? until) as Micros);
  }

  /** What a market of this event charges. */
  of(event: string, now: Micros): FeeSchedule {
    const fees = this.#seriesFees(seriesOf(event), now);
    const override = this.#override(event, now);
    const type = override?.type ?? fees.type;
    const waived = now < (this.#waivers.get(event) ?? 0);
    return { type, multiplierMillionths: waived ? 0 : override?.multiplierMillionths ?? fees.multiplierMillionths };
  }

  /** When some fee changes by itself next; `null` where none is known to. */
  nextChange(now: Micros): Micros | null {
    let next: number = Infinity;
    for (const { at } of [...this.#seriesChanges, ...this.#eventChanges]) if (at > now) next = Math.min(next, at);
    for (const until of this.#waivers.values()) if (until > now) next = Math.min(next, until);
    return next === Infinity ? null : next as Micros;
  }

  #seriesFees(series: string, now: Micros): FeeSchedule {
    const base = this.#series.get(series);
    const change = this.#seriesChanges.findLast((each) => isDue(each.at, base, now) && each.series === series);
    return change?.fees ?? base?.value ?? USUAL;
  }

  #override(event: string, now: Micros): FeeOverride | null {
    const base = this.#events.get(event);
    const change = this.#eventChanges.findLast((each) => isDue(each.at, base, now) && each.event === event);
    return change === undefined ? base?.value ?? null : change.override;
  }
}

/** A change that came about after the body was read, which therefore does not show it. */
const isDue = (at: Micros, base: Known<unknown> | undefined, now: Micros): boolean =>
  at <= now && at > (base?.since ?? 0);

function bound(map: Map<string, unknown>): void {
  if (map.size < EVENTS_MAX) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
