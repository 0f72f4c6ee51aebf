/**
 * What every way to a person looks like from inside.
 * @module
 */

import type { Batch } from "./message.ts";

export const CHANNEL_NAMES = ["desktop", "telegram", "webhook", "email", "sms"] as const;

export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** What became of a message. No reason names a secret: each channel takes out its own (scrub.ts). */
export type Delivery =
  | { readonly ok: true; readonly detail: string }
  | {
    readonly ok: false;
    readonly reason: string;
    /** False where the same message would be refused again: a wrong token, an unknown chat. */
    readonly again: boolean;
    /** Milliseconds that the other side asks to be left alone; `null` where it does not say. */
    readonly afterMs: number | null;
  };

export const delivered = (detail: string): Delivery => ({ ok: true, detail });
export const refusedFor = (reason: string): Delivery => ({ ok: false, reason, again: false, afterMs: null });
export const failedFor = (reason: string, afterMs: number | null = null): Delivery => ({
  ok: false,
  reason,
  again: true,
  afterMs,
});

export interface Channel {
  readonly name: ChannelName;
  /** Where it leads, for people: without a secret. */
  readonly to: string;
  /** Sends one message. Must not throw, and must end soon after the signal. */
  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery>;
  /** Looks whether it would work, without a message to anybody. */
  probe(signal: AbortSignal): Promise<Delivery>;
}
