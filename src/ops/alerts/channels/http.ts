/**
 * One HTTP request of a channel and what its answer means: tried again or not, and after how long.
 * @module
 */

import { readBounded } from "../../read_bounded.ts";
import { delivered, type Delivery, failedFor, refusedFor } from "../channel.ts";

/** More of an answer is not read. */
const ANSWER_BYTES_MAX = 64 * 1024;
const SAID_LENGTH_MAX = 200;

export interface HttpQuestion {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `null` for none. */
  readonly body: string | null;
}

export type HttpAnswer =
  | { readonly ok: true; readonly status: number; readonly text: string; readonly retryAfterMs: number | null }
  | { readonly ok: false; readonly reason: string };

/**
 * Asks. Never throws: what the network says is made fit to be shown first. A redirect is not followed, for it would hand
 * what is secret to another host.
 */
export async function ask(
  { url, method, headers, body }: HttpQuestion,
  signal: AbortSignal,
  scrub: (text: string) => string,
): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, { method, headers, body, redirect: "manual", signal });
    const text = await readBounded(response, ANSWER_BYTES_MAX) ?? "";
    return { ok: true, status: response.status, text, retryAfterMs: retryAfterMs(response.headers.get("retry-after")) };
  } catch (error) {
    return { ok: false, reason: scrub(`No answer from ${hostOf(url)}: ${reasonOf(error)}`) };
  }
}

/** What a plain answer comes to: 2xx is delivered, 408, 425, 429 and 5xx may work later, the rest never will. */
export function judged(answer: HttpAnswer, scrub: (text: string) => string): Delivery {
  if (!answer.ok) return failedFor(answer.reason);
  const { status, text, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return delivered(`status ${status}`);
  if (status >= 300 && status < 400) return refusedFor(`Answered with status ${status}: redirects are not followed`);
  const said = text.replace(/\s+/g, " ").trim().slice(0, SAID_LENGTH_MAX);
  const reason = scrub(`Answered with status ${status}${said === "" ? "" : `: ${said}`}`);
  return isPassing(status) ? failedFor(reason, retryAfterMs) : refusedFor(reason);
}

/** Whether the same request may be answered otherwise later. */
export const isPassing = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;

/** Scheme, host and port: the rest of an address may hold a secret. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "an address that is none";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "an error";
  if (error.name === "AbortError") return "it took too long";
  // What really went wrong (no such host, a certificate) stands in the cause.
  const { cause } = error;
  const why = cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
  return why.replace(/ for url \([^)]*\)/, "");
}

/** `Retry-After` in milliseconds: seconds, or a date. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
