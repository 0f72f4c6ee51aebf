/**
 * For tests: alerts, channels and logs that remember.
 * @module
 */

import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../clock.ts";
import type { Alert, Sender } from "./alert.ts";
import type { Channel, Delivery } from "./channel.ts";
import type { AlertLog } from "./channel_queue.ts";
import type { Batch } from "./message.ts";

/** 2026-11-20 12:00 UTC. */
export const NOON_MS = Date.UTC(2026, 10, 20, 12);
export const NOON = micros(NOON_MS * 1_000);

export const SENDER: Sender = { mode: "PAPER", venue: "Kalshi", run: "20261120T120000Z-0001" };

let number = 0;

export const alertOf = (given: Partial<Alert> = {}): Alert => ({
  number: ++number,
  event: "reconciled",
  severity: "warning",
  subject: "reconciled",
  text: "The account differed",
  at: NOON,
  count: 1,
  ...given,
});

export const batchOf = (alerts: readonly Alert[] = [alertOf()], omitted = 0): Batch => ({
  id: crypto.randomUUID(),
  sender: SENDER,
  alerts,
  omitted,
});

/** Answers each message as it is told to, and remembers it. */
export class FakeChannel implements Channel {
  readonly name = "webhook";
  readonly to = "a test";
  readonly batches: Batch[] = [];
  answer: (batch: Batch, signal: AbortSignal) => Promise<Delivery> = () => Promise.resolve({ ok: true, detail: "" });

  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery> {
    this.batches.push(batch);
    return this.answer(batch, signal);
  }

  probe(): Promise<Delivery> {
    return Promise.resolve({ ok: true, detail: "" });
  }

  /** What was said, alert by alert. */
  get texts(): string[] {
    return this.batches.flatMap(({ alerts }) => alerts.map(({ text }) => text));
  }
}

export class LogLines {
  readonly lines: string[] = [];
  readonly log: AlertLog = (level, text) => void this.lines.push(`${level} ${text}`);
}

/** Lets what was promised happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Time that is moved by hand, and what follows from it. */
export class TestTime {
  readonly clock = new SteppedClock(NOON);

  async pass(seconds: number): Promise<void> {
    // In steps, because what is promised at one moment may want a timer at the next.
    const step = Math.min(5, Math.max(1, seconds / 200));
    for (let passed = 0; passed < seconds; passed += step) {
      await settle();
      const by = Math.min(step, seconds - passed) * MICROS_PER_SECOND;
      this.clock.advanceTo(micros(Math.round(this.clock.now() + by)));
    }
    await settle();
  }
}
