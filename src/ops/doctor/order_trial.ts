/**
 * One order's whole life on the exchange: created, seen resting, cancelled, seen cancelled. Whatever goes wrong in
 * between, a cancel is sent for an order that may exist.
 * @module
 */

import type { OrderIntent, OrderReport } from "../../core/order.ts";
import { formatPrice, micros, MICROS_PER_SECOND, ONE_CONTRACT } from "../../core/units.ts";
import type { ChosenVenue } from "../../runner/venue_choice.ts";
import { type ApiFailure, describeFailure } from "../../venues/kalshi/failure.ts";
import type { KalshiRest } from "../../venues/kalshi/rest.ts";
import type { FarPlace } from "./far_place.ts";
import { patiently } from "./patiently.ts";

export type TrialOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };

/** The exchange drops the order by itself then, should this process die meanwhile. */
const EXPIRES_AFTER_SECONDS = 120;
/** Reads lag behind what was acknowledged (KALSHI.md 3.1). */
const SEEN_WITHIN_MS = 8_000;
/** However long each takes: a machine that stood still has let that time pass without a look. */
const LOOKS_LEAST = 3;
const LOOK_EVERY_MS = 200;
const CANCEL_TRIES = 3;
const CREATE_TRIES = 3;
/** Before the second try, and twice as long before the third: the client itself holds back a second, then two, after a 429. */
const CREATE_AGAIN_MS = 1_200;

type Created = { readonly orderId: string; readonly lost: string | null } | { readonly refused: ApiFailure } | {
  readonly unknown: string;
};

export class OrderTrial {
  readonly #rest: KalshiRest;
  readonly #venue: ChosenVenue;
  readonly #place: FarPlace;

  /** @param rest signs with the account's key */
  constructor(rest: KalshiRest, venue: ChosenVenue, place: FarPlace) {
    if (venue.real) throw new Error("A trial order must never go where it costs real money");
    this.#rest = rest;
    this.#venue = venue;
    this.#place = place;
  }

  async run(): Promise<TrialOutcome> {
    const { market, side, price } = this.#place;
    const what = `${market.ticker}: 1 contract, ${side === "bid" ? "buy" : "sell"} YES at $${formatPrice(price)}`;
    const intent = this.#intent();
    const created = await this.#create(intent);
    if ("refused" in created) return refused(what, created.refused, market.shard);
    if ("unknown" in created) {
      return failed(
        `${what}: ${created.unknown}`,
        `Look for the client order id ${intent.clientOrderId} on the exchange's site`,
      );
    }
    const { orderId, lost } = created;
    const resting = await this.#see(orderId, "resting");
    const cancelled = await this.#cancel(orderId);
    const byHand = `Cancel order ${orderId} on the exchange's site; it expires within ${EXPIRES_AFTER_SECONDS} s`;
    if (cancelled !== null) return failed(`${what}: not cancelled: ${cancelled}`, byHand);
    const gone = await this.#see(orderId, "canceled");
    if (gone.order !== null && gone.order.fillCount > 0) {
      return failed(`${what}: it was filled`, "The account holds the contract: its price has been paid");
    }
    if (gone.order?.status !== "canceled") return failed(`${what}: cancelled, but ${gone.text}`, byHand);
    if (resting.order?.status !== "resting") return failed(`${what}: cancelled, but ${resting.text}`, "Try again");
    const found = lost === null ? "" : ` (found by its client order id: ${lost})`;
    return { ok: true, text: `${what}: created${found}, seen resting, cancelled` };
  }

  #intent(): OrderIntent {
    const { market, side, price } = this.#place;
    const { clock, speed } = this.#venue;
    return {
      clientOrderId: `kbot-doctor-${crypto.randomUUID()}`,
      ticker: market.ticker,
      side,
      price,
      count: ONE_CONTRACT,
      timeInForce: "good_till_canceled",
      postOnly: true,
      reduceOnly: false,
      expiresAt: micros(Math.round(clock.now() + EXPIRES_AFTER_SECONDS * Math.max(1, speed) * MICROS_PER_SECOND)),
      shard: market.shard,
      strategy: "doctor",
      signal: "test_order",
    };
  }

  /**
   * An answer that was lost is no refusal: the exchange is asked for the order. "Too many requests" says nothing of
   * orders: it did nothing, and the same order is sent again.
   */
  async #create(intent: OrderIntent): Promise<Created> {
    let sent = await this.#rest.createOrder(intent);
    for (let n = 1; n < CREATE_TRIES && !sent.ok && isTooMany(sent.failure); n++) {
      await pause(CREATE_AGAIN_MS * 2 ** (n - 1));
      sent = await this.#rest.createOrder(intent);
    }
    if (sent.ok) return { orderId: sent.value.orderId, lost: null };
    const { failure } = sent;
    const explicit = failure.kind === "unsent" || (failure.kind === "http" && failure.status < 500);
    if (explicit) return { refused: failure };
    const lost = describeFailure(failure);
    const deadline = performance.now() + SEEN_WITHIN_MS;
    for (let looks = 0; looks < LOOKS_LEAST || performance.now() < deadline; looks++) {
      const orders = await this.#rest.orders({ ticker: intent.ticker });
      const ours = orders.ok && orders.value.items.find((order) => order.clientOrderId === intent.clientOrderId);
      if (ours) return { orderId: ours.orderId, lost };
      await pause();
    }
    return { unknown: `no answer to its creation (${lost}), and no such order was found` };
  }

  /** Reads the order until it has this status or the time is over. */
  async #see(
    orderId: string,
    status: OrderReport["status"],
  ): Promise<{ readonly order: OrderReport | null; readonly text: string }> {
    let order: OrderReport | null = null;
    let text = "it was never seen";
    const deadline = performance.now() + SEEN_WITHIN_MS;
    for (let looks = 0; looks < LOOKS_LEAST || performance.now() < deadline; looks++) {
      const read = await this.#rest.order(orderId);
      if (read.ok) {
        order = read.value;
        text = `the exchange shows it as ${order.status}, not ${status}`;
        if (order.status === status || order.status === "executed") break;
      } else if (order === null) text = `it cannot be read: ${describeFailure(read.failure)}`;
      await pause();
    }
    return { order, text };
  }

  /** Why it could not be cancelled, `null` where it could. */
  async #cancel(orderId: string): Promise<string | null> {
    const { market } = this.#place;
    const where = { orderId, ticker: market.ticker, shard: market.shard };
    let why = "";
    for (let n = 0; n < CANCEL_TRIES; n++) {
      const cancelled = await patiently(() => this.#rest.cancelOrder(where));
      if (cancelled.ok) return null;
      // A repeated cancel finds nothing left to cancel.
      if (n > 0 && cancelled.failure.kind === "http" && cancelled.failure.status === 404) return null;
      why = describeFailure(cancelled.failure);
      await pause();
    }
    return why;
  }
}

const pause = (ms: number = LOOK_EVERY_MS): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** It did nothing: the exchange had too many requests, or the client dropped it while it held back because of that. */
const isTooMany = (failure: ApiFailure): boolean =>
  failure.kind === "http"
    ? failure.status === 429
    : failure.kind === "unsent" && failure.code === "dropped_under_pressure";

const failed = (reason: string, remedy: string): TrialOutcome => ({ ok: false, reason, remedy });

function refused(what: string, failure: ApiFailure, shard: number): TrialOutcome {
  const code = failure.kind === "http" ? failure.code : "";
  const remedy = code === "insufficient_balance"
    ? `See shard balance: shard ${shard} holds no cash`
    : failure.kind === "http" && failure.status === 403
    ? "The key lacks the scope write::trade: make one with read and write"
    : isTooMany(failure)
    ? "Too many requests of this account: try again in a minute, or stop what else uses it"
    : "See trading: the market may have closed, or trading may pause";
  return failed(`${what}: refused: ${describeFailure(failure)}`, remedy);
}
