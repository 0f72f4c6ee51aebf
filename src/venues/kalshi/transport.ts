/**
 * One HTTP request to the exchange and everything that can become of it: signed, paced, bounded in time and size.
 *
 * Deno's fetch repeats a request by itself, a POST too, where a connection that was used before closes without an answer.
 * For orders that is harmless only because every create carries its own client order id: the exchange refuses the
 * repetition, and the client then looks the order up (KALSHI.md 4.4).
 * @module
 */

import type { Clock } from "../../ops/clock.ts";
import type { BucketSize } from "./bodies_account.ts";
import { type ApiFailure, type ApiResult, readFailure } from "./failure.ts";
import { TokenBucket, type Urgency } from "./pace.ts";
import type { Signer } from "./signer.ts";

export interface TransportOptions {
  /** Ends in `/trade-api/v2`. */
  readonly base: string;
  /** `null` for the public endpoints only. */
  readonly signer: Signer | null;
  /** Paces requests. Time-outs of the network run on wall time. */
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** Told when a request begins or stops waiting for the clock, so that a run in lockstep can move on meanwhile. */
  readonly onWaiting?: (waiting: boolean) => void;
  readonly fetch?: typeof fetch;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the base, with its query: `/markets?limit=10`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Tokens that the exchange charges for it. */
  readonly cost: number;
  readonly urgency: Urgency;
}

/** Numbers for the health page. */
export interface TransportHealth {
  readonly requests: number;
  readonly errors: number;
  readonly latencyMs: number | null;
}

const TIMEOUT_MS = 10_000;
const BODY_LENGTH_MAX = 32 * 1024 * 1024;
/** The account's default tier, until `/account/limits` says better; keyless reads are held below 5 a second. */
const BASIC_READ: BucketSize = { refillPerSecond: 200, capacity: 200 };
const BASIC_WRITE: BucketSize = { refillPerSecond: 100, capacity: 100 };
const KEYLESS_READ: BucketSize = { refillPerSecond: 45, capacity: 50 };
const PAUSE_MIN = 1_000_000;
const PAUSE_MAX = 30_000_000;

export class Transport {
  readonly #options: TransportOptions;
  readonly #rootPath: string;
  readonly #read: TokenBucket;
  readonly #write: TokenBucket;
  readonly #stop = new AbortController();
  #pause = PAUSE_MIN;
  #requests = 0;
  #errors = 0;
  #latencyMs: number | null = null;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#rootPath = new URL(options.base).pathname.replace(/\/$/, "");
    this.#read = new TokenBucket(options.clock, options.signer === null ? KEYLESS_READ : BASIC_READ);
    this.#write = new TokenBucket(options.clock, BASIC_WRITE);
  }

  get health(): TransportHealth {
    return { requests: this.#requests, errors: this.#errors, latencyMs: this.#latencyMs };
  }

  /** Takes the account's real bucket sizes. */
  resize(read: BucketSize, write: BucketSize): void {
    this.#read.resize(read);
    this.#write.resize(write);
  }

  /** Breaks off what is under way and lets nothing more leave. */
  stop(): void {
    this.#stop.abort();
    this.#read.clear();
    this.#write.clear();
  }

  /** Sends one request. The text of a successful answer, or what went wrong; never throws. */
  async send(request: HttpRequest): Promise<ApiResult<string>> {
    if (!await this.#admit(request) || this.#stop.signal.aborted) {
      const message = this.#stop.signal.aborted ? "Client is stopped" : "Too many requests are waiting already";
      return { ok: false, failure: { kind: "unsent", message } };
    }
    this.#requests++;
    const started = performance.now();
    const result = await this.#exchange(request);
    this.#latencyMs = performance.now() - started;
    this.#learn(request, result);
    return result;
  }

  async #admit(request: HttpRequest): Promise<boolean> {
    const bucket = request.urgency === "read" ? this.#read : this.#write;
    if (!bucket.wouldWait(request.cost)) return await bucket.take(request.cost, request.urgency);
    this.#options.onWaiting?.(true);
    const admitted = await bucket.take(request.cost, request.urgency);
    this.#options.onWaiting?.(false);
    return admitted;
  }

  async #exchange(request: HttpRequest): Promise<ApiResult<string>> {
    const timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const response = await (this.#options.fetch ?? fetch)(this.#options.base + request.path, {
        method: request.method,
        headers: await this.#headers(request),
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        redirect: "error",
        signal: AbortSignal.any([timeout.signal, this.#stop.signal]),
      });
      const text = await readBounded(response);
      if (text === null) return { ok: false, failure: tooLong(request) };
      if (response.ok) return { ok: true, value: text };
      return { ok: false, failure: readFailure(response.status, text) };
    } catch (error) {
      if (timeout.signal.aborted) {
        const message = `No answer to ${request.method} ${pathOf(request)} within ${timeoutMs} ms`;
        return { ok: false, failure: { kind: "timeout", message } };
      }
      const cause = error instanceof Error ? innermost(error) : String(error);
      return { ok: false, failure: { kind: "network", message: `${new URL(this.#options.base).origin}: ${cause}` } };
    } finally {
      clearTimeout(timer);
    }
  }

  async #headers(request: HttpRequest): Promise<Record<string, string>> {
    const plain: Record<string, string> = request.body === undefined ? {} : { "content-type": "application/json" };
    const { signer } = this.#options;
    if (signer === null) return plain;
    // Wall time even on a simulated exchange: only the age of a signature is judged on it.
    return { ...plain, ...await signer.headers(request.method, this.#rootPath + request.path, Date.now()) };
  }

  #learn(request: HttpRequest, result: ApiResult<string>): void {
    if (result.ok) {
      this.#pause = PAUSE_MIN;
      return;
    }
    const { failure } = result;
    if (failure.kind !== "http" || failure.status >= 500 || failure.status === 429) this.#errors++;
    if (failure.kind !== "http" || failure.status !== 429) return;
    (request.urgency === "read" ? this.#read : this.#write).pause(this.#pause);
    this.#pause = Math.min(PAUSE_MAX, this.#pause * 2);
  }
}

/** The path without its query, for messages. */
const pathOf = (request: HttpRequest): string => request.path.split("?", 1)[0];

function tooLong(request: HttpRequest): ApiFailure {
  const message = `Answer to ${request.method} ${pathOf(request)} is longer than ${BODY_LENGTH_MAX} bytes`;
  return { kind: "unreadable", message };
}

/** What is really wrong stands at the end of the chain of causes ("Connection refused"). */
function innermost(error: Error): string {
  let current: Error = error;
  for (let depth = 0; depth < 8 && current.cause instanceof Error; depth++) current = current.cause;
  return current.message;
}

async function readBounded(response: Response): Promise<string | null> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > BODY_LENGTH_MAX) return null;
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join("");
}
