/**
 * The alerts of a run: what happened becomes an alert by the table, is said once with its count where it repeats, and goes to
 * every channel that wants it. Raising one returns at once and never throws: nothing here can hold up or break the trading.
 * @module
 */

import { formatTime, type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { AlertsStatus, AlertView } from "../../server/status.ts";
import type { Clock } from "../clock.ts";
import { within } from "../within.ts";
import type { Alert, Sender } from "./alert.ts";
import { type AlertEvent, alertText, type AlertValues, kindOfAlert } from "./alert_table.ts";
import type { Channel } from "./channel.ts";
import { type AlertLog, ChannelQueue, type ChannelSettings } from "./channel_queue.ts";
import { Repeats } from "./repeats.ts";

/** Newest alerts that the page and the API show. */
export const RECENT_MAX = 12;

export interface OpenChannel {
  readonly channel: Channel;
  readonly settings: ChannelSettings;
}

/** What of it may be another while a run trades. */
export interface AlertsSettings {
  readonly channels: readonly OpenChannel[];
  /** Events that are not told. */
  readonly ignored: readonly AlertEvent[];
  /** Within so many seconds the same is not said again. */
  readonly repeatSeconds: number;
}

export interface AlertsParts extends AlertsSettings {
  readonly sender: Sender;
  /** Real time. */
  readonly clock: Clock;
  readonly jitter: () => number;
  readonly log: AlertLog;
  /** Called after each new alert; must be quick. */
  readonly onAlert: () => void;
}

export class Alerts {
  readonly #parts: AlertsParts;
  #queues: readonly ChannelQueue[];
  #repeats: Repeats;
  #ignored: ReadonlySet<AlertEvent>;
  readonly #recent: Alert[] = [];
  #number = 0;
  #ignoredCount = 0;

  constructor(parts: AlertsParts) {
    this.#parts = parts;
    this.#ignored = new Set(parts.ignored);
    this.#queues = this.#queuesOf(parts.channels);
    this.#repeats = this.#repeatsWithin(parts.repeatSeconds);
  }

  #queuesOf(channels: readonly OpenChannel[]): readonly ChannelQueue[] {
    const { sender, clock, jitter, log } = this.#parts;
    return channels.map((open) => new ChannelQueue({ ...open, sender, clock, jitter, log }));
  }

  #repeatsWithin(seconds: number): Repeats {
    return new Repeats(this.#parts.clock, seconds * MICROS_PER_SECOND, (alert) => this.#tell(alert));
  }

  /** Goes by other channels and words from now on. What waits on a channel goes on waiting on the one of its name. */
  take({ channels, ignored, repeatSeconds }: AlertsSettings): void {
    this.#repeats.flush();
    const before = this.#queues;
    this.#ignored = new Set(ignored);
    this.#repeats = this.#repeatsWithin(repeatSeconds);
    this.#queues = this.#queuesOf(channels);
    for (const old of before) {
      const { name } = old;
      const next = this.#queues.find((queue) => queue.name === name);
      const left = old.handOver();
      for (const alert of left) next?.offer(alert);
      if (next !== undefined || left.length === 0) continue;
      this.#parts.log("warn", `Alerts go no more by ${name}: ${left.length} that waited there are not told`);
    }
  }

  /** Something happened. */
  raise<Event extends AlertEvent>(event: Event, subject: string, at: Micros, values: AlertValues<Event>): void {
    if (this.#ignored.has(event)) {
      this.#ignoredCount++;
      return;
    }
    try {
      const { severity, each } = kindOfAlert(event);
      const alert = { number: 0, event, severity, subject, text: alertText(event, values), at, count: 1 };
      if (each) this.#tell(alert);
      else this.#repeats.take(alert);
    } catch (error) {
      // A defect of an alert must not become one of the trading.
      this.#parts.log("error", `Alert ${event} failed: ${error instanceof Error ? error.message : "an error"}`);
    }
  }

  status(): AlertsStatus {
    return {
      channels: this.#queues.map((queue) => queue.status()),
      recent: this.#recent.map(viewOf),
      unsaid: { repeated: this.#repeats.repeated, ignored: this.#ignoredCount },
    };
  }

  /** Says what was counted so far. */
  flush(): void {
    this.#repeats.flush();
  }

  /** Says what waits, and gives the channels some time for it; what is left then is in the log. */
  async close(ms: number): Promise<void> {
    this.#repeats.flush();
    await within(ms, Promise.all(this.#queues.map((queue) => queue.close())));
    for (const queue of this.#queues) queue.abandon();
  }

  #tell(alert: Alert): void {
    const numbered = { ...alert, number: ++this.#number };
    this.#recent.push(numbered);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
    for (const queue of this.#queues) queue.offer(numbered);
    this.#parts.onAlert();
  }
}

const viewOf = ({ number, at, severity, event, text, count }: Alert): AlertView => ({
  number,
  at: formatTime(at),
  severity,
  event,
  text,
  count,
});
