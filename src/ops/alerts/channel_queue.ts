/**
 * One channel's waiting alerts: sent in the background, several in one message where they come fast, again where it did not
 * work, never more than the channel's rate allows. Nothing that the other side does, hanging, refusing or failing, reaches
 * beyond this queue, and nothing here is waited for.
 *
 * | what happens | what becomes of the alerts |
 * | --- | --- |
 * | the rate is used up | they wait and go together; what is critical has messages of its own left |
 * | quiet hours | they wait for the end of these; what is critical goes |
 * | no answer, status 429 or 5xx | the same message again, after 1 s, 2 s, ... 60 s, or as long as the other side asks |
 * | refused for good (a wrong token) | they are given up, and said so in the log |
 * | hours without success | they are given up, and said so in the log |
 * | too many wait | the oldest of the least severe is left out; the next message says how many were |
 * @module
 */

import { MICROS_PER_MILLISECOND } from "../../core/units.ts";
import type { AlertChannelStatus } from "../../server/status.ts";
import { Backoff } from "../backoff.ts";
import type { CancelTimer, Clock } from "../clock.ts";
import { type Alert, reaches, type Sender, SEVERITIES, type Severity } from "./alert.ts";
import type { Channel, Delivery } from "./channel.ts";
import { type Batch, lineOf, worstOf } from "./message.ts";
import type { QuietHours } from "./quiet_hours.ts";
import { MessageRate } from "./rate_limit.ts";

/** Waiting alerts of one channel. A person reads no more at once. */
export const WAITING_MAX = 100;
/** Alerts in one message. */
export const BATCH_MAX = 20;
/** One attempt may take so long; a channel that hangs fails then. */
const ATTEMPT_MS = 20_000;
/** A message that did not go out for so long is given up: it is in the log. */
const GIVE_UP_MS = 6 * 3_600_000;
/** Longer than this no channel is left alone, whatever it asks. */
const LEFT_ALONE_MAX_MS = 3_600_000;
/** Between two looks whether the quiet hours are over. */
const QUIET_LOOK_MS = 60_000;

export interface ChannelSettings {
  readonly least: Severity;
  readonly perHour: number;
  /** `null` for a channel that has none. */
  readonly quiet: QuietHours | null;
}

export type AlertLog = (level: "info" | "warn" | "error", text: string) => void;

export interface QueueParts {
  readonly channel: Channel;
  readonly settings: ChannelSettings;
  readonly sender: Sender;
  /** Real time: what waits here waits for the network and for people. */
  readonly clock: Clock;
  /** Spreads retries; numbers from 0 up to but without 1. */
  readonly jitter: () => number;
  readonly log: AlertLog;
}

interface Sending {
  readonly batch: Batch;
  readonly sinceMs: number;
  /** It did not go out before. */
  again: boolean;
}

export class ChannelQueue {
  readonly #parts: QueueParts;
  readonly #rate: MessageRate;
  readonly #backoff: Backoff;
  #waiting: Alert[] = [];
  /** The message under way or to be sent again; nothing else goes before it. */
  #sending: Sending | null = null;
  #attempting: AbortController | null = null;
  #attempt: Promise<void> = Promise.resolve();
  #timer: CancelTimer | null = null;
  #notBeforeMs = -Infinity;
  #closing = false;
  #closed = false;
  /** Left out since the last message. */
  #omitted = 0;
  #queued = 0;
  #suppressed = 0;
  #delivered = 0;
  #lost = 0;
  #dropped = 0;
  #failures = 0;
  #retried = 0;
  #lastDeliveredMs: number | null = null;
  #trouble: string | null = null;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#rate = new MessageRate(parts.settings.perHour, this.#nowMs());
    this.#backoff = new Backoff(parts.jitter);
  }

  get name(): AlertChannelStatus["name"] {
    return this.#parts.channel.name;
  }

  /** Takes what is severe enough for this channel; returns at once. */
  offer(alert: Alert): void {
    if (this.#closed) return;
    if (!reaches(alert.severity, this.#parts.settings.least)) {
      this.#suppressed++;
      return;
    }
    this.#queued++;
    this.#waiting.push(alert);
    while (this.#waiting.length > WAITING_MAX) this.#leaveOut();
    this.#move();
  }

  status(): AlertChannelStatus {
    const { channel, settings } = this.#parts;
    return {
      name: channel.name,
      to: channel.to,
      least: settings.least,
      queued: this.#queued,
      suppressed: this.#suppressed,
      delivered: this.#delivered,
      waiting: this.#waiting.length + (this.#sending?.batch.alerts.length ?? 0),
      lost: this.#lost,
      dropped: this.#dropped,
      failed: this.#failures,
      retried: this.#retried,
      lastDelivered: this.#lastDeliveredMs === null ? null : new Date(this.#lastDeliveredMs).toISOString(),
      trouble: this.#trouble,
    };
  }

  /** Sends what waits once more, whatever rate and hours say, and ends; what does not go out is in the log. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#attempting === null) this.#move();
    // One message under way and those behind it: bounded by what can wait.
    for (let message = 0; this.#attempting !== null && message <= WAITING_MAX; message++) await this.#attempt;
    this.abandon();
  }

  /** Ends after the attempt under way. What waits is the caller's, to go another way. */
  handOver(): readonly Alert[] {
    const stuck = this.#attempting === null ? this.#sending?.batch.alerts ?? [] : [];
    const left = [...stuck, ...this.#waiting];
    this.#waiting = [];
    if (this.#attempting === null) this.#sending = null;
    void this.close();
    return left;
  }

  /** Ends at once. */
  abandon(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.();
    this.#timer = null;
    this.#attempting?.abort();
    const left = [...this.#sending?.batch.alerts ?? [], ...this.#waiting];
    this.#sending = null;
    this.#waiting = [];
    if (left.length > 0) this.#giveUp(left, this.#trouble ?? "the run ended");
  }

  /** Goes on where something can go on. */
  #move(): void {
    if (this.#closed || this.#attempting !== null) return;
    this.#timer?.();
    this.#timer = null;
    const wait = this.#closing ? 0 : this.#waitMs();
    if (wait > 0) return this.#later(wait);
    this.#sending ??= this.#next();
    if (this.#sending !== null) this.#attempt = this.#send(this.#sending);
  }

  /** Milliseconds until there is something to do; 0 for now. */
  #waitMs(): number {
    const now = this.#nowMs();
    if (now < this.#notBeforeMs) return this.#notBeforeMs - now;
    if (this.#sending !== null && this.#putBack(now)) return 0;
    const ready = this.#ready(now);
    if (ready.length === 0) return this.#waiting.length === 0 ? 0 : QUIET_LOOK_MS;
    return this.#rate.waitMs(worstOf(ready) === "critical", now);
  }

  /** A message that failed until the quiet hours began waits for their end, behind nothing. True where it may go. */
  #putBack(nowMs: number): boolean {
    const { quiet } = this.#parts.settings;
    if (this.#sending === null) return false;
    const { alerts, omitted } = this.#sending.batch;
    if (quiet === null || !quiet.holds(nowMs) || worstOf(alerts) === "critical") return true;
    this.#waiting = [...alerts, ...this.#waiting];
    this.#omitted += omitted;
    this.#sending = null;
    return false;
  }

  #later(ms: number): void {
    this.#timer = this.#parts.clock.after(Math.ceil(ms) * MICROS_PER_MILLISECOND, () => {
      this.#timer = null;
      this.#move();
    });
  }

  /** What may be said now. */
  #ready(nowMs: number): readonly Alert[] {
    const { quiet } = this.#parts.settings;
    if (this.#closing || quiet === null || !quiet.holds(nowMs)) return this.#waiting;
    return this.#waiting.filter(({ severity }) => severity === "critical");
  }

  #next(): Sending | null {
    const now = this.#nowMs();
    const ready = this.#ready(now);
    if (ready.length === 0) return null;
    const critical = ready.filter(({ severity }) => severity === "critical");
    const alerts = [...critical, ...ready.filter(({ severity }) => severity !== "critical")].slice(0, BATCH_MAX);
    const taken = new Set(alerts);
    this.#waiting = this.#waiting.filter((alert) => !taken.has(alert));
    this.#rate.spend(now);
    const batch = { id: crypto.randomUUID(), sender: this.#parts.sender, alerts, omitted: this.#omitted };
    this.#omitted = 0;
    return { batch, sinceMs: now, again: false };
  }

  async #send(sending: Sending): Promise<void> {
    const attempting = new AbortController();
    this.#attempting = attempting;
    if (sending.again) this.#retried++;
    sending.again = true;
    const delivery = await this.#deliver(sending.batch, attempting);
    this.#attempting = null;
    if (this.#closed) return;
    if (delivery.ok) this.#arrived(sending.batch);
    else this.#failed(sending, delivery);
    this.#move();
  }

  /** One attempt. Ends in time even where the channel does not, and whatever it throws. */
  #deliver(batch: Batch, attempting: AbortController): Promise<Delivery> {
    return new Promise((resolve) => {
      const fail = (reason: string) => resolve({ ok: false, reason, again: true, afterMs: null });
      attempting.signal.addEventListener("abort", () => fail("the run ended"), { once: true });
      const cancel = this.#parts.clock.after(ATTEMPT_MS * MICROS_PER_MILLISECOND, () => {
        fail(`No answer within ${ATTEMPT_MS / 1_000} s`);
        attempting.abort();
      });
      Promise.resolve()
        .then(() => this.#parts.channel.deliver(batch, attempting.signal))
        .then(resolve, (error: unknown) => fail(error instanceof Error ? error.name : "an error"))
        .finally(cancel);
    });
  }

  #arrived({ alerts }: Batch): void {
    const { channel, log } = this.#parts;
    this.#sending = null;
    this.#delivered += alerts.length;
    this.#lastDeliveredMs = this.#nowMs();
    this.#backoff.reset();
    if (this.#trouble !== null) log("info", `Alerts by ${channel.name} work again`);
    this.#trouble = null;
  }

  #failed({ batch, sinceMs }: Sending, { reason, again, afterMs }: Delivery & { readonly ok: false }): void {
    const { channel, log } = this.#parts;
    this.#failures++;
    const first = this.#trouble === null;
    this.#trouble = reason;
    const tooOld = this.#nowMs() - sinceMs >= GIVE_UP_MS;
    if (!again || tooOld || this.#closing) {
      this.#sending = null;
      this.#backoff.reset();
      this.#giveUp(batch.alerts, reason);
      return;
    }
    const backoffMs = this.#backoff.next() / MICROS_PER_MILLISECOND;
    const waitMs = Math.min(Math.max(backoffMs, afterMs ?? 0), LEFT_ALONE_MAX_MS);
    this.#notBeforeMs = this.#nowMs() + waitMs;
    if (first) log("warn", `Alerts by ${channel.name} are not delivered: ${reason}; trying again in the background`);
  }

  /** Never told on this channel: the log is where it is said, once. */
  #giveUp(alerts: readonly Alert[], reason: string): void {
    const { channel, log } = this.#parts;
    this.#lost += alerts.length;
    const more = alerts.length === 1 ? "" : `, and ${alerts.length - 1} others`;
    log("error", `Not told by ${channel.name} (${reason}): ${lineOf(alerts[0])}${more}`);
  }

  /** The oldest of the least severe makes room. */
  #leaveOut(): void {
    const least = Math.min(...this.#waiting.map(({ severity }) => SEVERITIES.indexOf(severity)));
    const at = this.#waiting.findIndex(({ severity }) => SEVERITIES.indexOf(severity) === least);
    const [left] = this.#waiting.splice(at, 1);
    this.#lost++;
    this.#dropped++;
    this.#omitted++;
    if (this.#omitted > 1) return;
    const { channel, log } = this.#parts;
    log("warn", `Too many alerts wait for ${channel.name}: some are left out, the first is ${lineOf(left)}`);
  }

  #nowMs(): number {
    return this.#parts.clock.now() / MICROS_PER_MILLISECOND;
  }
}
