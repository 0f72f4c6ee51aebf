/**
 * One HTTP request to the exchange and everything that can become of it: signed, paced, bounded in time and size.
 *
 * Orders and cancels leave by a connection of our own where there is one, everything else by fetch; the answers are the
 * same. Deno's fetch repeats a request by itself, a POST too, where a connection that was used before closes without an
 * answer. For orders that is harmless only because every create carries its own client order id: the exchange refuses
 * the repetition, and the client then looks the order up (KALSHI.md 4.4). Our own connection repeats nothing.
 *
 * Where several bots trade one account in turn, whatever may be done by the leader alone is asked about once more in the very
 * call that hands its bytes to the kernel, and never goes by fetch, which sends when it likes:
 *
 * | request | who may |
 * | --- | --- |
 * | GET | anybody |
 * | the cancel of one order, by the exchange's own id of it | anybody: whoever asks for it placed it |
 * | a create, a change, the cancel of all orders, an order group | the leader, by a connection of our own |
 * | a transfer of cash | the leader; by fetch, because it moves once however late it comes |
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import { readBounded } from "../../ops/read_bounded.ts";
import type { BucketSize } from "./bodies_account.ts";
import { type ApiFailure, type ApiResult, describeFailure, isAtRest, readFailure } from "./failure.ts";
import type { Outcome } from "./fast/order_connection.ts";
import { OrderLine } from "./fast/order_line.ts";
import type { Admission } from "./pace.ts";
import { orderPath } from "./paths.ts";
import { type Paced, Pacing } from "./pacing.ts";
import type { Signer } from "./signer.ts";
import type { SigningAhead } from "./signing/signing_ahead.ts";

export interface TransportOptions {
  /** Ends in `/trade-api/v2`. */
  readonly base: string;
  /** `null` for the public endpoints only. */
  readonly signer: Signer | null;
  /** Paces requests. Time-outs of the network run on wall time. */
  readonly clock: Clock;
  readonly timeoutMs?: number;
  /** What a signature made ahead may be old; 0 or absent signs each request in its place. */
  readonly signAheadMs?: number;
  /** Orders leave by connections of our own; `probe` asks the exchange something where they are idle for long. */
  readonly fastOrders?: { readonly probe: boolean };
  /** Told, in words, what does not work as well as it could. */
  readonly onTrouble?: (reason: string) => void;
  /** A longer answer is refused; 32 MiB where absent. */
  readonly bodyBytesMax?: number;
  /** A create that has waited longer for tokens is dropped; one second where absent. */
  readonly orderWaitMs?: number;
  /** Told of the `Date` of an answer, between which two moments of the run's clock it was written. */
  readonly onDate?: (text: string, sentAt: Micros, receivedAt: Micros) => void;
  /** The exchange said "too many requests". */
  readonly onTooMany?: () => void;
  /** The exchange refused something as it does while it is at rest. */
  readonly onAtRest?: () => void;
  /** Told when a request begins or stops waiting for the clock, so that a run in lockstep can move on meanwhile. */
  readonly onWaiting?: (waiting: boolean) => void;
  /** Why only the leader's requests must not leave now, in words; `null` where they may. Absent where there is but one bot. */
  readonly forbidden?: () => string | null;
  readonly fetch?: typeof fetch;
}

export interface HttpRequest extends Paced {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the base, with its query: `/markets?limit=10`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Numbers for the health page. */
export interface TransportHealth {
  readonly requests: number;
  readonly errors: number;
  /**
   * Requests that ended, and of those the ones that failed: no answer, a broken connection, a 5xx. One that was refused for its
   * rate (429) is not among these: nothing is wrong with the exchange then, nothing is punished, and the bucket goes on
   * refilling (KALSHI.md 3.3).
   */
  readonly ended: number;
  readonly failed: number;
  readonly latencyMs: number | null;
}

/** Below the base: what orders are created, cancelled and, as a batch, both with. */
export const ORDERS_PATH = "/portfolio/events/orders";
const HOT_PAIRS: readonly (readonly [method: string, path: string])[] = [
  ["POST", ORDERS_PATH],
  ["DELETE", ORDERS_PATH],
  ["POST", `${ORDERS_PATH}/batched`],
  ["DELETE", `${ORDERS_PATH}/batched`],
];
/** One order, by its id: not all of them, and no batch. */
const ONE_ORDER = /^\/portfolio\/events\/orders\/(?!batched)[^/?]+(?:\?|$)/;
/** What an idle connection asks: public, and small. */
const PROBE_PATH = "/exchange/status";
const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 32 * 1024 * 1024;

export class Transport {
  readonly #options: TransportOptions;
  readonly #rootPath: string;
  readonly #pacing: Pacing;
  #withdrawals = 0;
  readonly #stop = new AbortController();
  #ahead: SigningAhead | null = null;
  #line: OrderLine | null = null;
  #requests = 0;
  #errors = 0;
  #ended = 0;
  #failed = 0;
  #latencyMs: number | null = null;
  /** The exchange answered 401: whatever needs no key goes without it, until it is taken again. */
  #keyRefused = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#rootPath = new URL(options.base).pathname.replace(/\/$/, "");
    const { clock, orderWaitMs, onWaiting } = options;
    this.#pacing = new Pacing({ clock, orderWaitMs, onWaiting });
  }

  get health(): TransportHealth {
    return {
      requests: this.#requests,
      errors: this.#errors,
      ended: this.#ended,
      failed: this.#failed,
      latencyMs: this.#latencyMs,
    };
  }

  /** How orders leave, in words. */
  get orderPath(): string {
    return orderPath(this.#options.signer !== null, this.#line?.ready ?? null);
  }

  /** Tokens that a batch of writes may cost: it leaves whole or not at all. */
  get batchCapacity(): number {
    return this.#pacing.batchCapacity;
  }

  /** Takes the account's real bucket sizes. */
  resize(read: BucketSize, write: BucketSize): void {
    this.#pacing.resize(read, write);
  }

  /** Prepares for orders: signs ahead what they need, and opens connections. Without it everything works, slower. */
  start(): void {
    if (this.#ahead !== null || this.#line !== null || this.#stop.signal.aborted) return;
    const { signer, signAheadMs = 0, fastOrders, base, onTrouble = () => {} } = this.#options;
    if (signAheadMs > 0) this.#ahead = signer?.ahead?.({ maxAgeMs: signAheadMs, onTrouble }) ?? null;
    for (const [method, path] of HOT_PAIRS) this.#ahead?.always(method, this.#rootPath + path);
    if (signer === null || fastOrders === undefined) return;
    const probe = fastOrders.probe ? this.#rootPath + PROBE_PATH : null;
    this.#line = new OrderLine({ origin: new URL(base).origin, bodyBytesMax: this.#bodyBytesMax, probe, onTrouble });
    this.#line.start();
  }

  /** An order rests: its cancel is signed ahead from now on, until it is over. */
  expectCancel(path: string): void {
    this.#ahead?.expect("DELETE", this.#rootPath + path);
  }

  forgetCancel(path: string): void {
    this.#ahead?.forget("DELETE", this.#rootPath + path);
  }

  /** How often the orders that still waited were withdrawn: what was asked before must not be gone on with. */
  get withdrawals(): number {
    return this.#withdrawals;
  }

  /** Everything is to be cancelled: creates and amends that still wait for their turn never leave. */
  withdrawOrders(): void {
    this.#withdrawals++;
    this.#pacing.withdrawOrders();
  }

  /** Breaks off what is under way and lets nothing more leave. */
  stop(): void {
    this.#stop.abort();
    this.#pacing.stop();
    this.#ahead?.stop();
    this.#line?.stop();
  }

  /** Sends one request. The text of a successful answer, or what went wrong; never throws. */
  async send(asked: HttpRequest): Promise<ApiResult<string>> {
    const request = this.#isKeyless(asked) ? { ...asked, keyless: true } : asked;
    const admission = this.#stop.signal.aborted ? "closed" : await this.#pacing.admit(request);
    if (admission !== "admitted" || this.#stop.signal.aborted) {
      return { ok: false, failure: unsent(admission, request) };
    }
    this.#requests++;
    const started = performance.now();
    const result = await this.#exchange(request);
    this.#latencyMs = performance.now() - started;
    this.#learn(request, result);
    return result;
  }

  #isKeyless(request: HttpRequest): boolean {
    return this.#options.signer === null || (this.#keyRefused && isPublic(request));
  }

  async #exchange(request: HttpRequest): Promise<ApiResult<string>> {
    const hot = request.urgency === "order" || request.urgency === "cancel";
    const direct = hot && this.#line !== null ? await this.#byLine(this.#line, request) : null;
    if (direct !== null) return direct;
    const reason = this.#isLeaders(request) ? this.#forbiddenByFetch(hot) : null;
    return reason === null ? await this.#byFetch(request) : { ok: false, failure: notLeading(reason) };
  }

  /** Whether it is for the leader alone to send. */
  #isLeaders({ method, path }: HttpRequest): boolean {
    if (this.#options.forbidden === undefined || method === "GET") return false;
    return method !== "DELETE" || !ONE_ORDER.test(path);
  }

  #forbiddenByFetch(hot: boolean): string | null {
    return hot ? "no connection of our own was to be had for it" : this.#options.forbidden?.() ?? null;
  }

  /** By a connection of our own; `null` where not a byte of it left, so that it may go another way. */
  async #byLine(line: OrderLine, request: HttpRequest): Promise<ApiResult<string> | null> {
    const headers = await this.#headers(request);
    const target = this.#rootPath + request.path;
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const forbidden = this.#isLeaders(request) ? this.#options.forbidden : undefined;
    const sentAt = this.#options.clock.now();
    const outcome = await line.send({ method: request.method, target, headers, body, forbidden }, this.#timeoutMs);
    switch (outcome.kind) {
      case "unsent":
        return null;
      case "forbidden":
        return { ok: false, failure: notLeading(outcome.reason) };
      case "timeout":
        return { ok: false, failure: timedOut(request, this.#timeoutMs) };
      case "broken":
        return { ok: false, failure: this.#broken(outcome.reason) };
      case "unreadable":
        return { ok: false, failure: this.#unreadable(request, outcome) };
      case "answered": {
        const { status, headers, body } = outcome.response;
        this.#observeDate(headers.get("date") ?? null, sentAt);
        if (status >= 300 && status < 400) return { ok: false, failure: this.#broken("Unexpected redirect") };
        return answered(status, new TextDecoder().decode(body));
      }
    }
  }

  #unreadable(request: HttpRequest, { status, reason }: Outcome & { readonly kind: "unreadable" }): ApiFailure {
    return status === null ? this.#broken(reason) : tooLong(request, status, this.#bodyBytesMax);
  }

  #broken(reason: string): ApiFailure {
    return { kind: "network", message: `${new URL(this.#options.base).origin}: ${reason}` };
  }

  #observeDate(date: string | null, sentAt: Micros): void {
    if (date !== null) this.#options.onDate?.(date, sentAt, this.#options.clock.now());
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? TIMEOUT_MS;
  }

  get #bodyBytesMax(): number {
    return this.#options.bodyBytesMax ?? BODY_BYTES_MAX;
  }

  async #byFetch(request: HttpRequest): Promise<ApiResult<string>> {
    const timeoutMs = this.#timeoutMs;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const headers = await this.#headers(request);
      const sentAt = this.#options.clock.now();
      const response = await (this.#options.fetch ?? fetch)(this.#options.base + request.path, {
        method: request.method,
        headers,
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        redirect: "error",
        signal: AbortSignal.any([timeout.signal, this.#stop.signal]),
      });
      this.#observeDate(response.headers.get("date"), sentAt);
      const text = await readBounded(response, this.#bodyBytesMax);
      if (text === null) return { ok: false, failure: tooLong(request, response.status, this.#bodyBytesMax) };
      return answered(response.status, text);
    } catch (error) {
      if (timeout.signal.aborted) return { ok: false, failure: timedOut(request, timeoutMs) };
      return { ok: false, failure: this.#broken(error instanceof Error ? innermost(error) : String(error)) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #headers(request: HttpRequest): Promise<Record<string, string>> {
    const plain: Record<string, string> = request.body === undefined ? {} : { "content-type": "application/json" };
    const { signer } = this.#options;
    if (signer === null || request.keyless === true) return plain;
    const path = this.#rootPath + request.path;
    // Wall time even on a simulated exchange: only the age of a signature is judged on it.
    const nowMs = Date.now();
    const ready = this.#ahead?.ready(request.method, path, nowMs) ?? await signer.headers(request.method, path, nowMs);
    return { ...plain, ...ready };
  }

  #learn(request: HttpRequest, result: ApiResult<string>): void {
    // Nothing was asked: that says nothing of the exchange.
    if (!result.ok && result.failure.kind === "unsent") return;
    this.#ended++;
    if (result.ok) {
      // What is public may be answered whatever the signature: it says nothing of the key.
      if (this.#keyRefused && !isPublic(request)) this.#keyTaken();
      return this.#pacing.worked();
    }
    const { failure } = result;
    const failed = failure.kind !== "http" || failure.status >= 500;
    if (failed) this.#failed++;
    if (failed || failure.status === 429) this.#errors++;
    if (failure.kind !== "http") return;
    if (isAtRest(failure)) this.#options.onAtRest?.();
    if (failure.status === 401) this.#keyNotTaken(failure);
    if (failure.status !== 429) return;
    this.#pacing.refused(request);
    this.#options.onTooMany?.();
  }

  #keyNotTaken(failure: ApiFailure): void {
    if (this.#keyRefused || this.#options.signer === null) return;
    this.#keyRefused = true;
    const said = describeFailure(failure);
    const cause = failure.kind === "http" && failure.code === CLOCK_IS_OFF
      ? `The exchange takes no signature of this machine, whose clock is wrong (${said}; set it, and have NTP keep it)`
      : `The exchange does not accept the API key (${said})`;
    this.#options.onTrouble?.(
      `${cause}: what needs none is read without it, at five requests a second, and nothing of the account can be read ` +
        "or traded",
    );
  }

  #keyTaken(): void {
    this.#keyRefused = false;
    this.#options.onTrouble?.("The exchange accepts the API key again");
  }
}

/** The code for a signature whose time is too far from the exchange's own (KALSHI.md 2.2). */
const CLOCK_IS_OFF = "header_timestamp_expired";

/** What stands behind the signature check among the reads (KALSHI.md 2.5, 3.12); books are observed to need none. */
const SIGNED_READS =
  /^\/(portfolio|account\/limits|cfbenchmarks|historical\/(fills|orders|positions)|api_keys|communications)\b/;

const isPublic = ({ method, path }: HttpRequest): boolean => method === "GET" && !SIGNED_READS.test(path);

/** Of an order that still waited for its turn when everything was cancelled. */
export const WITHDRAWN: ApiFailure = {
  kind: "unsent",
  code: "withdrawn",
  message: "Not sent: everything was to be cancelled before its turn came",
};

/** Of what only the leader of several bots may send. */
const notLeading = (reason: string): ApiFailure => ({
  kind: "unsent",
  code: "not_leading",
  message: `Not sent: ${reason}`,
});

/** Why it never left this process. */
function unsent(admission: Admission, request: HttpRequest): ApiFailure {
  switch (admission) {
    case "oversized": {
      const what = `${request.method} ${pathOf(request)} costs ${request.cost} tokens`;
      return { kind: "unsent", code: "too_much", message: `${what}, more than the account may ever spend at once` };
    }
    case "dropped": {
      const message = "Dropped under pressure: it waited too long for its turn among the requests";
      return { kind: "unsent", code: "dropped_under_pressure", message };
    }
    case "withdrawn":
      return WITHDRAWN;
    case "full":
      return { kind: "unsent", code: "queue_full", message: "Too many requests are waiting already" };
    case "closed":
    case "admitted":
      return { kind: "unsent", code: "stopped", message: "Client is stopped" };
  }
}

const answered = (status: number, text: string): ApiResult<string> =>
  status >= 200 && status < 300 ? { ok: true, value: text } : { ok: false, failure: readFailure(status, text) };

const timedOut = (request: HttpRequest, timeoutMs: number): ApiFailure => ({
  kind: "timeout",
  message: `No answer to ${request.method} ${pathOf(request)} within ${timeoutMs} ms`,
});

/** The path without its query, for messages. */
const pathOf = (request: HttpRequest): string => request.path.split("?", 1)[0];

/** An error status is an explicit answer, however long the words that come with it. */
function tooLong(request: HttpRequest, status: number, bytesMax: number): ApiFailure {
  const message = `Answer to ${request.method} ${pathOf(request)} is longer than ${bytesMax} bytes`;
  if (status < 400) return { kind: "unreadable", message };
  return { kind: "http", status, code: "", message, details: "" };
}

/** What is really wrong stands at the end of the chain of causes ("Connection refused"). */
function innermost(error: Error): string {
  let current: Error = error;
  for (let depth = 0; depth < 8 && current.cause instanceof Error; depth++) current = current.cause;
  return current.message;
}
