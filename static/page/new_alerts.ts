/**
 * Which of the alerts that the status names this page has not shown yet.
 * @module
 */

import type { AlertView } from "../../src/server/status.ts";

export interface NewAlerts {
  /** Oldest first. */
  readonly alerts: readonly AlertView[];
  /** Came between the newest that was shown and the first of these, too fast to be named. */
  readonly missed: number;
}

const NONE: NewAlerts = { alerts: [], missed: 0 };

/** Follows one run after the other. What was told before the page was opened is no news. */
export class AlertNews {
  #run: string | null = null;
  #shown = 0;

  /** @param recent newest last, numbers rising by one within a run */
  take(run: string, recent: readonly AlertView[]): NewAlerts {
    const newest = recent.at(-1)?.number ?? 0;
    const isFirst = this.#run === null;
    // Another run began while this page was open: all of it is news.
    if (run !== this.#run) this.#shown = 0;
    this.#run = run;
    const shown = this.#shown;
    this.#shown = Math.max(shown, newest);
    if (isFirst) return NONE;
    const alerts = recent.filter(({ number }) => number > shown);
    return alerts.length === 0 ? NONE : { alerts, missed: Math.max(0, alerts[0].number - shown - 1) };
  }
}
