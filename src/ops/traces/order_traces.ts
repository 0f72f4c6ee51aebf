/**
 * Traces of orders, from the input that made a strategy want one to what the exchange made of it (OpenTelemetry). Each order is
 * one trace:
 *
 * | span | from | to |
 * | --- | --- | --- |
 * | `order` | the input was heard | the answer was heard |
 * | `decide` | the input was heard | the engine had decided |
 * | `send` | the engine had decided | journal written, the order handed to its connection; lacking on paper |
 * | `acknowledge` | the end of the one before | the answer was heard |
 *
 * Only orders make spans, so that a busy market costs nothing. Times are of this machine's steady clock, beside the run's own,
 * which a simulation moves as it likes.
 * @module
 */

import { type Context, type HrTime, type Span, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import type { OrderRecord } from "../../core/record.ts";
import { formatCount, formatPrice, formatTime, type Micros } from "../../core/units.ts";

/** Orders under way that are followed. Whoever sends more has more than the exchange lets rest: those are left out. */
const ORDERS_MAX = 10_000;
/** Once no more than these are followed, a burst is over: the next is told of on its own. */
const ORDERS_CALM = 9_000;

/** As much of an input as a trace tells. */
interface Heard {
  readonly type: string;
  /** By the run's clock. */
  readonly at: Micros;
}

interface Followed {
  readonly order: Span;
  readonly within: Context;
  /** The end of the part before. */
  since: HrTime;
}

export interface OrderTracesParts {
  readonly tracer: Tracer;
  /** A context in which that span is the one above. */
  readonly within: (span: Span) => Context;
  /** Milliseconds since 1970 that never go back. */
  readonly nowMs: () => number;
  /** Told once when orders begin to be left out, and once when that is over. */
  readonly log: (level: "info" | "warn", text: string) => void;
}

export class OrderTraces {
  readonly #parts: OrderTracesParts;
  readonly #followed = new Map<string, Followed>();
  #heard: Heard | null = null;
  /** By this machine's clock; only orders are worth more than these two lines. */
  #heardMs = 0;
  /** Orders of this burst that are not followed. */
  #leftOut = 0;

  constructor(parts: OrderTracesParts) {
    this.#parts = parts;
  }

  get followed(): number {
    return this.#followed.size;
  }

  /** An input, before the engine has it. */
  input(input: Heard): void {
    this.#heard = input;
    this.#heardMs = this.#parts.nowMs();
  }

  /** An order as the engine has it now. */
  order(record: OrderRecord): void {
    const known = this.#followed.get(record.clientOrderId);
    if (known === undefined) {
      if (record.phase === "sent") this.#begin(record);
    } else if (record.phase !== "sent" && record.phase !== "unknown") this.#end(record, known);
  }

  /** An order was handed to its connection. */
  sent(clientOrderId: string): void {
    const known = this.#followed.get(clientOrderId);
    if (known !== undefined) this.#part("send", known, this.#now());
  }

  /** Ends what is under way: the run is over, and no answer will be heard. */
  close(): void {
    for (const { order } of this.#followed.values()) {
      order.setStatus({ code: SpanStatusCode.ERROR, message: "The run ended before an answer" });
      order.end(this.#now());
    }
    this.#followed.clear();
    this.#calm();
  }

  #begin(record: OrderRecord): void {
    const heard = this.#heard;
    if (heard === null) return;
    if (this.#followed.size >= ORDERS_MAX) return this.#leaveOut();
    const { clientOrderId, ticker, strategy, signal, side, price, count } = record;
    const since = highResolution(this.#heardMs);
    const order = this.#parts.tracer.startSpan("order", {
      startTime: since,
      attributes: {
        "kbot.input.type": heard.type,
        "kbot.input.at": formatTime(heard.at),
        "kbot.order.id": clientOrderId,
        "kbot.order.ticker": ticker,
        "kbot.order.side": side,
        "kbot.order.price": formatPrice(price),
        "kbot.order.count": formatCount(count),
        "kbot.order.strategy": strategy,
        "kbot.order.signal": signal,
      },
    });
    const followed = { order, within: this.#parts.within(order), since };
    this.#followed.set(clientOrderId, followed);
    this.#part("decide", followed, this.#now());
  }

  #leaveOut(): void {
    this.#leftOut++;
    if (this.#leftOut > 1) return;
    this.#parts.log(
      "warn",
      `More than ${ORDERS_MAX} orders are under way: more are not traced, and trade all the same`,
    );
  }

  #calm(): void {
    if (this.#leftOut === 0 || this.#followed.size > ORDERS_CALM) return;
    this.#parts.log("info", `Every order is traced again; ${this.#leftOut} were not`);
    this.#leftOut = 0;
  }

  #end({ clientOrderId, phase, reason, orderId }: OrderRecord, followed: Followed): void {
    const { order } = followed;
    const now = this.#now();
    this.#part("acknowledge", followed, now);
    order.setAttribute("kbot.order.phase", phase);
    if (orderId !== null) order.setAttribute("kbot.order.exchange_id", orderId);
    if (phase === "rejected") order.setStatus({ code: SpanStatusCode.ERROR, message: reason });
    order.end(now);
    this.#followed.delete(clientOrderId);
    this.#calm();
  }

  #part(name: string, followed: Followed, now: HrTime): void {
    this.#parts.tracer.startSpan(name, { startTime: followed.since }, followed.within).end(now);
    followed.since = now;
  }

  #now(): HrTime {
    return highResolution(this.#parts.nowMs());
  }
}

function highResolution(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
