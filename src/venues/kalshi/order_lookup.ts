/**
 * What became of one order: asked of the lists, which are right sooner than the single read (KALSHI.md 4.6).
 * @module
 */

import type { OrderReport } from "../../core/order.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { type ListedOrder, reportOf } from "./bodies_account.ts";
import { type ApiResult, describeFailure } from "./failure.ts";
import { describeRefusal } from "./fields.ts";
import { type Fills, oldestFirst } from "./fills.ts";
import type { Log } from "./log.ts";
import type { Pages } from "./pages.ts";
import type { KalshiRest } from "./rest.ts";
import { PRIMARY } from "./subaccounts.ts";

export interface LookupOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly sink: InputSink;
  readonly log: Log;
  readonly fills: Fills;
}

/**
 * | sight | meaning |
 * | --- | --- |
 * | found | its fills and its state were told |
 * | absent | all lists were read whole, and it is in none |
 * | unclear | something could not be read, so that absence proves nothing |
 */
export type Sight =
  | { readonly kind: "found" }
  | { readonly kind: "absent" }
  | { readonly kind: "unclear"; readonly reason: string };

const FOUND: Sight = { kind: "found" };
const ABSENT: Sight = { kind: "absent" };

export class OrderLookup {
  readonly #options: LookupOptions;

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  async find(ticker: string, clientOrderId: string, orderId: string | null): Promise<Sight> {
    const { rest } = this.#options;
    const result = await rest.orders({ ticker, subaccount: PRIMARY });
    const order = result.ok ? result.value.items.find((item) => item.clientOrderId === clientOrderId) : undefined;
    if (order !== undefined) return await this.#told(order);
    const reason = whyIncomplete(result);
    if (reason !== null) return { kind: "unclear", reason };
    if (orderId === null) return ABSENT;
    const single = await rest.order(orderId);
    if (single.ok) return await this.#told(single.value);
    const { failure } = single;
    return failure.kind === "http" && failure.status === 404
      ? ABSENT
      : { kind: "unclear", reason: describeFailure(failure) };
  }

  async #told(order: ListedOrder): Promise<Sight> {
    await this.#report(reportOf(order));
    return FOUND;
  }

  /** The order's fills first, so that its own count of them comes as no surprise. */
  async #report(order: OrderReport): Promise<void> {
    const { rest, fills, log, sink, clock } = this.#options;
    if (order.fillCount > 0) {
      const read = await rest.fills({ orderId: order.orderId });
      if (read.ok) {
        for (const fill of oldestFirst(read.value)) fills.tell({ ...fill, clientOrderId: order.clientOrderId });
      } else {
        log("warn", `Fills of ${order.clientOrderId} cannot be read: ${describeFailure(read.failure)}`);
      }
    }
    sink({ type: "order_update", at: clock.now(), order });
  }
}

/** Why a list was not read whole; `null` where it was. */
export function whyIncomplete<T>(result: ApiResult<Pages<T>>): string | null {
  if (!result.ok) return describeFailure(result.failure);
  const [first] = result.value.refused;
  return first === undefined ? null : describeRefusal(first);
}
