/**
 * Alerts as JSON to an address of the user's, signed as standardwebhooks.com describes, so that a receiver can verify them
 * with a library of its language:
 *
 * - `webhook-id`: the message's, the same when it is sent again
 * - `webhook-timestamp`: seconds since 1970 of this attempt; refuse what is older than some minutes
 * - `webhook-signature`: `v1,` and in base64 the HMAC-SHA256, by the secret, of `ID.TIMESTAMP.BODY`
 *
 * @module
 */

import type { Secret } from "../../../config/secret.ts";
import { formatTime } from "../../../core/units.ts";
import { type Channel, delivered, type Delivery, failedFor } from "../channel.ts";
import { type Batch, textOf, titleOf, worstOf } from "../message.ts";
import { scrubber } from "../scrub.ts";
import { ask, hostOf, judged } from "./http.ts";

const TEXT_LENGTH_MAX = 4_000;
const SECRET_PREFIX = "whsec_";

export interface WebhookParts {
  readonly url: string;
  /** `whsec_` and base64, else any text. `null`: the messages are not signed. */
  readonly secret: Secret | null;
  readonly nowMs: () => number;
}

const bytesOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));

/** The key that a secret stands for. */
function keyBytes(secret: string) {
  if (!secret.startsWith(SECRET_PREFIX)) return bytesOf(secret);
  try {
    return Uint8Array.from(atob(secret.slice(SECRET_PREFIX.length)), (character) => character.charCodeAt(0));
  } catch {
    return bytesOf(secret);
  }
}

/** `v1,` and the signature of a body. */
export async function webhookSignature(secret: Secret, id: string, timestamp: string, body: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", keyBytes(secret.reveal()), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, bytesOf(`${id}.${timestamp}.${body}`));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
}

/** What is sent; README.md documents it. */
function webhookBody(batch: Batch): string {
  const { sender, alerts, omitted } = batch;
  return JSON.stringify({
    type: "kbot.alerts",
    id: batch.id,
    mode: sender.mode,
    venue: sender.venue,
    run: sender.run,
    severity: worstOf(alerts),
    title: titleOf(batch),
    text: textOf(batch, TEXT_LENGTH_MAX),
    omitted,
    alerts: alerts.map(({ number, event, severity, subject, text, at, count }) => ({
      number,
      event,
      severity,
      subject,
      text,
      at: formatTime(at),
      count: Math.max(1, count),
    })),
  });
}

export class Webhook implements Channel {
  readonly name = "webhook";
  readonly to: string;
  readonly #parts: WebhookParts;
  readonly #scrub: (text: string) => string;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
    this.to = hostOf(parts.url);
    this.#scrub = scrubber(parts.secret === null ? [] : [parts.secret]);
  }

  async deliver(batch: Batch, signal: AbortSignal): Promise<Delivery> {
    const { url, secret, nowMs } = this.#parts;
    const body = webhookBody(batch);
    const timestamp = String(Math.floor(nowMs() / 1_000));
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "user-agent": "kbot",
      "webhook-id": batch.id,
      "webhook-timestamp": timestamp,
    };
    if (secret !== null) headers["webhook-signature"] = await webhookSignature(secret, batch.id, timestamp, body);
    return judged(await ask({ url, method: "POST", headers, body }, signal, this.#scrub), this.#scrub);
  }

  /** Nothing may be posted for a look, so it only asks whether somebody answers there at all. */
  async probe(signal: AbortSignal): Promise<Delivery> {
    const question = { url: this.#parts.url, method: "HEAD", headers: { "user-agent": "kbot" }, body: null };
    const answer = await ask(question, signal, this.#scrub);
    if (!answer.ok) return failedFor(answer.reason);
    return delivered(`${this.to} answers${this.#parts.secret === null ? "; messages are not signed" : ""}`);
  }
}
