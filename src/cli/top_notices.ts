/**
 * Which alerts a terminal is told of while `kbot top` is open: those that came since, and that somebody should look up for.
 * @module
 */

import { parseTime } from "../core/units.ts";
import { reaches, senderOf, type Severity } from "../ops/alerts/alert.ts";
import { type Notice, terminalNotice } from "../ops/alerts/channels/desktop.ts";
import type { Told } from "../ops/alerts/message.ts";
import type { TopStatus } from "./top_shapes.ts";

/** What is less than that is on the screen, and rings no bell. */
const LEAST: Severity = "warning";

/** Follows one run after the other. What was told before it was opened is no news. */
export class TopNotices {
  #run: string | null = null;
  #told = 0;

  /** What the terminal is to be sent; `""` where nothing is new. */
  take(status: TopStatus): string {
    const recent = status.alerts?.recent ?? [];
    const isFirst = this.#run === null;
    // Another run began meanwhile: all of it is news.
    if (status.run !== this.#run) this.#told = 0;
    this.#run = status.run;
    const told = this.#told;
    this.#told = Math.max(told, recent.at(-1)?.number ?? 0);
    if (isFirst) return "";
    const alerts = recent.filter(({ number, severity }) => number > told && reaches(severity, LEAST))
      .flatMap(({ severity, text, at, count }): Told[] => {
        const time = parseTime(at);
        return time === null ? [] : [{ severity, text, at: time, count }];
      });
    return alerts.length === 0 ? "" : terminalNotice(noticeOf(status, alerts));
  }
}

function noticeOf({ mode, simulated, venue, run }: TopStatus, alerts: readonly Told[]): Notice {
  return { sender: senderOf({ execution: mode, simulated, venue, run }), alerts };
}
