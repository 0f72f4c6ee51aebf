/**
 * The same thing again and again is said once, and then with its count: the first time at once, what follows within a
 * window when the window is over. All events of a subject (it broke, it works again) share one window and are told in the
 * order of their last happening, so that the last message is about how things stand.
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Alert } from "./alert.ts";

/** Subjects whose windows are open. Halts, links, feeds and strategies are a few dozen. */
const SUBJECTS_MAX = 256;

interface Repeated {
  count: number;
  last: Alert;
}

interface Window {
  /** Events of the subject that were said or happened in it, by name: no more than the table has rows. */
  readonly events: Map<string, Repeated>;
  cancel: () => void;
}

export class Repeats {
  readonly #clock: Clock;
  readonly #window: number;
  readonly #tell: (alert: Alert) => void;
  readonly #windows = new Map<string, Window>();
  #repeated = 0;

  /**
   * @param window microseconds; 0 tells everything at once
   * @param tell takes what is to be said
   */
  constructor(clock: Clock, window: number, tell: (alert: Alert) => void) {
    this.#clock = clock;
    this.#window = window;
    this.#tell = tell;
  }

  /** How often something was counted instead of said. */
  get repeated(): number {
    return this.#repeated;
  }

  take(alert: Alert): void {
    if (this.#window <= 0) return this.#tell(alert);
    const window = this.#windows.get(alert.subject) ?? this.#open(alert.subject);
    const known = window.events.get(alert.event);
    if (known !== undefined) {
      known.count++;
      this.#repeated++;
      known.last = alert;
      // Order of insertion is order of the last happening.
      window.events.delete(alert.event);
      window.events.set(alert.event, known);
      return;
    }
    window.events.set(alert.event, { count: 0, last: alert });
    this.#tell(alert);
  }

  /** Says what waits, now. */
  flush(): void {
    for (const subject of [...this.#windows.keys()]) this.#close(subject);
  }

  #open(subject: string): Window {
    if (this.#windows.size >= SUBJECTS_MAX) {
      const [oldest] = this.#windows.keys();
      if (oldest !== undefined) this.#close(oldest);
    }
    const window: Window = { events: new Map(), cancel: () => {} };
    window.cancel = this.#clock.after(this.#window, () => this.#over(subject, window));
    this.#windows.set(subject, window);
    return window;
  }

  #over(subject: string, window: Window): void {
    const repeated = [...window.events.values()].filter(({ count }) => count > 0);
    if (repeated.length === 0) {
      this.#windows.delete(subject);
      return;
    }
    // It goes on: the next window begins with what is said now.
    for (const each of repeated) this.#say(each);
    window.cancel = this.#clock.after(this.#window, () => this.#over(subject, window));
  }

  #close(subject: string): void {
    const window = this.#windows.get(subject);
    if (window === undefined) return;
    window.cancel();
    this.#windows.delete(subject);
    for (const each of window.events.values()) if (each.count > 0) this.#say(each);
  }

  #say(repeated: Repeated): void {
    const { last, count } = repeated;
    repeated.count = 0;
    this.#tell({ ...last, count });
  }
}
