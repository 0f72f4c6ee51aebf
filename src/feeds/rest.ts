/**
 * One question by HTTP to a source of data, and everything that can become of it: bounded in time and size, with a
 * `User-Agent`, and every failure told apart by a short reason that is counted by.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { readBounded } from "../ops/read_bounded.ts";
import type { FeedContext } from "./feed.ts";

export interface RestFailure {
  readonly ok: false;
  /** Counted by: `timeout`, `unreachable`, `too long`, `not JSON`, `status 403`, ... */
  readonly reason: string;
  /** For people: what happened, and where. */
  readonly detail: string;
  /** Microseconds after which the source asked to be tried again, bounded; `null` where it did not. */
  readonly retryAfter: number | null;
}

export type RestAnswer<Body> = { readonly ok: true; readonly body: Body; readonly at: Micros } | RestFailure;

export interface RestOptions {
  /** Of the feed, for the recorder. */
  readonly name: string;
  readonly context: FeedContext;
  /** 10 s where absent. */
  readonly timeoutMs?: number;
  /** A longer answer is not read to its end; 8 MiB where absent. */
  readonly bodyBytesMax?: number;
  /** Besides `User-Agent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
/** A source that asks for more patience is asked again then all the same. */
const RETRY_AFTER_MAX = 15 * 60 * MICROS_PER_SECOND;
/** What is shown of a body that is not what was asked for. */
const SHOWN_LENGTH = 80;

export class Rest {
  readonly #options: RestOptions;
  readonly #stop = new AbortController();
  readonly #sleepers: (() => void)[] = [];
  #underWay = 0;
  #bodies = 0;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /** Bodies read whole so far. */
  get bodies(): number {
    return this.#bodies;
  }

  /** Asks for JSON. Never throws. */
  async json(url: string): Promise<RestAnswer<unknown>> {
    const answer = await this.text(url);
    if (!answer.ok) return answer;
    try {
      return { ...answer, body: JSON.parse(answer.body) as unknown };
    } catch {
      const start = answer.body.trimStart();
      const where = `${placeOf(url)} answered with`;
      // What a page for people says is in its middle, and its begin is no help.
      if (start.startsWith("<")) return failure("a page instead of JSON", `${where} a page instead of JSON`);
      return failure("not JSON", `${where} not JSON: ${start.slice(0, SHOWN_LENGTH)}`);
    }
  }

  /** Asks for a text. Never throws. */
  async text(url: string): Promise<RestAnswer<string>> {
    const { name, context, timeoutMs = TIMEOUT_MS } = this.#options;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    this.#underWay++;
    try {
      const answer = await this.#fetch(url, AbortSignal.any([timeout.signal, this.#stop.signal]));
      if (!answer.ok) return answer;
      this.#bodies++;
      context.onRaw?.(name, answer.body, answer.at);
      return answer;
    } catch (error) {
      if (this.#stop.signal.aborted) return failure("stopped", "Feed is stopped");
      if (timeout.signal.aborted) return failure("timeout", `${placeOf(url)} did not answer within ${timeoutMs} ms`);
      return failure("unreachable", `Cannot reach ${placeOf(url)} (${innermost(error)})`);
    } finally {
      clearTimeout(timer);
      this.#underWay--;
      if (this.#underWay === 0) { for (const wake of this.#sleepers.splice(0)) wake(); }
    }
  }

  /** Breaks off what is under way; whatever is asked from now on fails. */
  stop(): void {
    this.#stop.abort();
  }

  /** Resolves when no question is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((wake) => this.#sleepers.push(wake));
  }

  async #fetch(url: string, signal: AbortSignal): Promise<RestAnswer<string>> {
    const { context, headers, bodyBytesMax = BODY_BYTES_MAX } = this.#options;
    const response = await fetch(url, { headers: { ...headers, "user-agent": context.userAgent }, signal });
    if (!response.ok) {
      await response.body?.cancel();
      const retryAfter = readRetryAfter(response.headers.get("retry-after"), Date.now());
      const detail = `${placeOf(url)} answered with status ${response.status}${meaningOf(response.status)}`;
      return { ok: false, reason: `status ${response.status}`, detail, retryAfter };
    }
    const body = await readBounded(response, bodyBytesMax);
    if (body === null) return failure("too long", `${placeOf(url)} answered with more than ${bodyBytesMax} bytes`);
    return { ok: true, body, at: context.clock.now() };
  }
}

/** Seconds, or a date; microseconds from now, bounded. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms * 1_000), RETRY_AFTER_MAX);
}

const failure = (reason: string, detail: string): RestFailure => ({ ok: false, reason, detail, retryAfter: null });

/** Where a status alone would leave a person guessing. */
const meaningOf = (status: number): string => status === 451 ? ": the service is not offered from this place" : "";

/** Host and path; a query may carry a key. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return "No address";
  const { host, pathname } = new URL(url);
  return host + pathname;
}

/** What is really wrong stands at the end of the chain of causes ("Connection refused"). */
function innermost(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error && current.cause instanceof Error; depth++) {
    current = current.cause;
  }
  return current instanceof Error ? current.message : String(current);
}
