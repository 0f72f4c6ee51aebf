/**
 * What the venue says of our orders, booked: answers, the exchange's own lists, executions.
 * @module
 */

import type { FillInput, Input, QueuePositionInput } from "../core/input.ts";
import { formatCount, formatMoney, formatPrice } from "../core/units.ts";
import { ABSENCES_NEEDED } from "../execution/orders.ts";
import type { OrderState } from "../execution/order_state.ts";
import type { Fuses } from "./fuses.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions } from "./options.ts";
import { describeIntent } from "./order_entry.ts";
import type { Portfolio } from "./portfolio.ts";
import { orderRecord } from "./records.ts";
import type { PausedOrder, RefusalPause } from "./refusal_pause.ts";
import type { Step } from "./step.ts";

/** The answers of a venue, paper or live. */
export type VenueAnswer = Extract<Input, {
  type:
    | "order_accepted"
    | "order_rejected"
    | "order_unknown"
    | "order_cancelled"
    | "cancel_failed"
    | "order_changed"
    | "change_failed"
    | "order_update"
    | "order_absent"
    | "queue_position"
    | "order_group"
    | "fill";
}>;

/** Of a bot that shares an account: its own word, and the epoch of the lease under which it sent the order. */
const LEASED_ID = /^(k[0-9a-f]{8})(?:e(\d+))?-/;

const epochOf = (id: RegExpExecArray | null): number | null => id?.[2] === undefined ? null : Number(id[2]);

type OneOrderAnswer = Exclude<VenueAnswer, { type: "fill" | "order_update" | "queue_position" | "order_group" }>;

export class Answers {
  readonly #step: Step;
  readonly #portfolio: Portfolio;
  readonly #pauses: RefusalPause;
  readonly #fuses: Fuses;
  readonly #market: (ticker: string) => MarketState | undefined;
  readonly #own: string;
  readonly #peers: ReadonlySet<string>;
  /** Under which this run leads; `Infinity` where it has none. */
  readonly #epoch: number;
  readonly #isPaper: boolean;

  /** @param options whose instance begins every client order id that is ours, and whose peers those of bots before us */
  constructor(
    step: Step,
    portfolio: Portfolio,
    pauses: RefusalPause,
    fuses: Fuses,
    market: (ticker: string) => MarketState | undefined,
    { instance, peers = [], execution }: Pick<EngineOptions, "instance" | "peers" | "execution">,
  ) {
    this.#step = step;
    this.#portfolio = portfolio;
    this.#pauses = pauses;
    this.#fuses = fuses;
    this.#market = market;
    this.#own = `${instance}-`;
    this.#peers = new Set(peers);
    this.#epoch = epochOf(LEASED_ID.exec(this.#own)) ?? Infinity;
    this.#isPaper = execution === "paper";
  }

  /**
   * Whether an order bears a name that only this state directory gives, or one of those that traded this account before it. An
   * order of a later epoch is the next leader's, however long this run goes on to hear of it.
   */
  isOurs(clientOrderId: string): boolean {
    if (clientOrderId.startsWith(this.#own)) return true;
    const found = this.#peers.size === 0 ? null : LEASED_ID.exec(clientOrderId);
    return found !== null && this.#peers.has(found[1]) && (epochOf(found) ?? 0) <= this.#epoch;
  }

  take(input: VenueAnswer): void {
    switch (input.type) {
      case "fill":
        return this.#fill(input);
      case "queue_position":
        return this.#queued(input);
      case "order_group":
        return this.#fuses.take(input);
      case "order_update":
        return this.#update(
          input.order.clientOrderId,
          (order) => this.#portfolio.orders.listed(order, input.order, input.at),
        );
      default:
        return this.#update(input.clientOrderId, (order) => this.#apply(order, input));
    }
  }

  #update(clientOrderId: string, change: (order: OrderState) => void): void {
    const order = this.#portfolio.orders.get(clientOrderId);
    if (order === undefined) {
      if (!this.isOurs(clientOrderId)) return;
      const text = `The exchange speaks of our order ${clientOrderId}, which is not remembered`;
      return this.#step.audit("unknown_order", null, text);
    }
    const before = order.phase;
    const updated = order.updatedAt;
    change(order);
    if (order.phase !== before || order.updatedAt !== updated) this.#step.record(orderRecord(order));
  }

  #apply(order: OrderState, input: OneOrderAnswer): void {
    const { orders } = this.#portfolio;
    const { at } = input;
    switch (input.type) {
      case "order_accepted":
        this.#pauses.accepted(this.#paused(order), order.sentAt);
        return orders.accepted(order, input.orderId, input.fillCount, input.remainingCount, at);
      case "order_rejected":
        this.#step.log("warn", `${describeIntent(order.intent)}: rejected, ${input.code}: ${input.reason}`);
        this.#pauses.refused(input.code, this.#paused(order), order.sentAt, this.#step.at);
        this.#fuses.refused(order.intent.strategy, order.intent.shard, input.code);
        return orders.rejected(order, `${input.code}: ${input.reason}`, at);
      case "order_unknown":
        this.#step.log("warn", `${describeIntent(order.intent)}: no answer (${input.reason}); asking the exchange`);
        return orders.unknown(order, input.reason, at);
      case "order_cancelled":
        // On paper every fill was told before, one by one.
        return orders.cancelled(order, at, order.reason, this.#isPaper ? null : input.reducedBy);
      case "cancel_failed":
        return orders.cancelFailed(order, input.gone, input.reason, at);
      case "order_changed":
        this.#pauses.accepted(this.#paused(order), order.change?.askedAt ?? order.sentAt);
        return orders.changed(order, input.orderId, input.terms, input.fillCount, input.remainingCount, at);
      case "change_failed":
        this.#step.log("warn", `${describeIntent(order.intent)}: not changed, ${input.code}: ${input.reason}`);
        this.#pauses.refused(input.code, this.#paused(order), order.change?.askedAt ?? order.sentAt, this.#step.at);
        return orders.changeFailed(order, input.gone, input.reason, at);
      case "order_absent":
        return this.#absent(order, input);
    }
  }

  /** Whom an answer concerns besides its order. What is held now stands for what was held when the order was sent. */
  #paused({ intent }: OrderState): PausedOrder {
    const { ticker, shard, side } = intent;
    const held = this.#portfolio.ledger.position(ticker)?.position ?? 0;
    return { ticker, shard, closes: (side === "bid" ? -held : held) >= intent.count };
  }

  #queued({ positions }: QueuePositionInput): void {
    const { orders } = this.#portfolio;
    for (const { orderId, ahead } of positions) {
      const order = orders.byOrderId(orderId);
      if (order !== undefined) orders.queued(order, ahead);
    }
  }

  #absent(order: OrderState, { at }: Extract<VenueAnswer, { type: "order_absent" }>): void {
    this.#portfolio.orders.absent(order, at);
    if (order.phase !== "unknown" || order.absences < ABSENCES_NEEDED) return;
    if (this.#market(order.intent.ticker)?.settledAt == null) return;
    const reason = "Its market is settled, and the exchange does not list it any more";
    this.#portfolio.orders.cancelled(order, at, reason);
  }

  #fill({ fill, at }: FillInput): void {
    const { orders } = this.#portfolio;
    if (!orders.isNewExecution(fill)) {
      const owner = orders.heardAgain(fill, at);
      if (owner !== null) this.#step.record(orderRecord(owner));
      return;
    }
    const order = orders.ownerOf(fill);
    if (order !== undefined) {
      orders.filled(order, fill.count, at);
      this.#step.record(orderRecord(order));
    } else if (this.#portfolio.tookOver(fill)) {
      return;
    } else {
      const text = `Execution ${fill.tradeId} belongs to no order of this state`;
      this.#step.audit("foreign_fill", fill.ticker, text);
    }
    this.#portfolio.execute(fill, order, at);
    const deed = `${fill.side === "bid" ? "bought YES" : "sold YES"} ${formatCount(fill.count)}`;
    this.#step.log(
      "info",
      `${fill.ticker} ${deed} at ${formatPrice(fill.price)}, fee ${formatMoney(fill.fee)}`,
    );
  }
}
