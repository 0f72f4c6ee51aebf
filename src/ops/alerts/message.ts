/**
 * What people read: several alerts as one text, always with whose they are.
 * @module
 */

import { formatTime } from "../../core/units.ts";
import { type Alert, type Sender, SEVERITIES, type Severity } from "./alert.ts";

/** Alerts that one message tells, and how many were left out before them. */
export interface Batch {
  /** The same when it is sent again, so that a receiver can tell. */
  readonly id: string;
  readonly sender: Sender;
  /** At least one. */
  readonly alerts: readonly Alert[];
  /** Too many came: these were told to nobody on this channel. */
  readonly omitted: number;
}

/** What of an alert is read out: a watcher of a run knows no more of it. */
export type Told = Pick<Alert, "severity" | "text" | "at" | "count">;

/** The worst of a batch. */
export const worstOf = (alerts: readonly Pick<Alert, "severity">[]): Severity =>
  SEVERITIES[Math.max(...alerts.map(({ severity }) => SEVERITIES.indexOf(severity)))];

/** `again` where it happened more than once since it was said last. */
const again = ({ count }: Pick<Alert, "count">): string =>
  count <= 1 ? "" : ` (${count} times since this was said last)`;

/** One alert on one line. */
export const lineOf = (alert: Told): string =>
  `${formatTime(alert.at).slice(0, 19)}Z ${alert.severity.toUpperCase()}: ${alert.text}${again(alert)}`;

/** `kbot PAPER at Kalshi`: begins everything that is said. */
export function whoseOf({ mode, venue }: Sender): string {
  return `kbot ${mode}${mode.includes(venue.toUpperCase()) ? "" : ` at ${venue}`}`;
}

/** `kbot PAPER at Kalshi: critical`, `..., 3 alerts`. */
export function titleOf({ sender, alerts }: Pick<Batch, "sender"> & { readonly alerts: readonly Told[] }): string {
  const many = alerts.length === 1 ? "" : `, ${alerts.length} alerts`;
  return `${whoseOf(sender)}: ${worstOf(alerts)}${many}`;
}

/**
 * Title and lines, cut to what the channel takes: whole lines as far as they fit, and how many did not.
 *
 * @param lengthMax characters (UTF-16 units), at least 100
 */
export function textOf(batch: Batch, lengthMax: number): string {
  if (!(lengthMax >= 100)) throw new RangeError(`Too short for a message: ${lengthMax} characters`);
  const lines = [titleOf(batch), ...batch.alerts.map(lineOf)];
  if (batch.omitted > 0) lines.push(omittedLine(batch.omitted));
  const whole = lines.join("\n");
  if (whole.length <= lengthMax) return whole;
  const kept: string[] = [];
  let length = 0;
  for (const [at, line] of lines.entries()) {
    const rest = `... and ${lines.length - at} more lines`;
    if (length + line.length + 1 + rest.length > lengthMax) {
      // The first alert is told as far as there is room, whatever follows.
      const room = lengthMax - length - rest.length - 4;
      if (at <= 1 && room > 0) kept.push(cut(line, room));
      kept.push(at <= 1 && room > 0 ? rest.replace(/\d+/, String(lines.length - at - 1)) : rest);
      break;
    }
    kept.push(line);
    length += line.length + 1;
  }
  return kept.filter((line) => line !== "... and 0 more lines").join("\n");
}

const omittedLine = (omitted: number): string =>
  `${omitted} more ${omitted === 1 ? "alert was" : "alerts were"} left out: too many came. The log has them`;

/** Cuts no character in two that is made of two units. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const half = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, half ? length - 1 : length) + "...";
}
