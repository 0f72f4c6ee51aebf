/**
 * Changes of resting orders, and their answers (KALSHI.md 3.13, 4.7). A change is never sent twice: one whose answer was
 * lost may have been made, and the lists will say.
 *
 * | answer to an amend or decrease | told as |
 * | --- | --- |
 * | 200 with what remains | changed; an amend with what it filled, too |
 * | 200 that does not say what remains, names another order, or cannot be read | unknown |
 * | 404, `MARKET_INACTIVE` | failed and gone: filled, cancelled and unknown look alike |
 * | any other 4xx but 408 | failed, with the exchange's code: the order is as it was |
 * | 408, 5xx, a time-out, a broken connection | unknown |
 * | none, because it waited too long for its turn here | failed as `dropped_under_pressure` |
 * @module
 */

import type { AmendAction, DecreaseAction } from "../../core/action.ts";
import type { OrderTerms } from "../../core/order.ts";
import type { Count } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import type { AmendedBody, DecreasedBody } from "./bodies_orders.ts";
import { type ApiFailure, type ApiResult, describeFailure, isExplicit } from "./failure.ts";
import type { Lane } from "./lane.ts";
import { codeOf, isGone } from "./order_failures.ts";
import type { KalshiRest } from "./rest.ts";

export interface OrderChangesOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
}

/** What an answer says, whichever change it is to. */
interface Answer {
  readonly orderId: string;
  readonly fillCount: Count | null;
  readonly remainingCount: Count | null;
}

export class OrderChanges {
  readonly #options: OrderChangesOptions;

  constructor(options: OrderChangesOptions) {
    this.#options = options;
  }

  amend({ clientOrderId, orderId, ticker, shard, side, terms, edge, retreats }: AmendAction): void {
    const { price, count, expiresAt } = terms;
    const request = { orderId, ticker, shard, side, price, count, expiresAt, clientOrderId };
    this.#options.lane.run(async () => {
      const result = await this.#options.rest.amendOrder(request, edge ?? null, retreats ? "cancel" : "order");
      this.#tell(clientOrderId, orderId, terms, told(result, (body: AmendedBody) => body));
    });
  }

  decrease({ clientOrderId, orderId, ticker, shard, reduceTo }: DecreaseAction): void {
    this.#options.lane.run(async () => {
      const result = await this.#options.rest.decreaseOrder({ orderId, ticker, shard, change: { to: reduceTo } });
      this.#tell(clientOrderId, orderId, null, told(result, (body: DecreasedBody) => ({ ...body, fillCount: null })));
    });
  }

  #tell(clientOrderId: string, asked: string, terms: OrderTerms | null, result: ApiResult<Answer>): void {
    const { sink, clock } = this.#options;
    const at = clock.now();
    if (!result.ok) return this.#notChanged(clientOrderId, result.failure);
    const { orderId, fillCount, remainingCount } = result.value;
    if (orderId !== asked || remainingCount === null) {
      const reason = orderId === asked ? "Answer does not say what remains" : `Answer names another order (${orderId})`;
      return sink({ type: "order_unknown", at, clientOrderId, reason });
    }
    sink({ type: "order_changed", at, clientOrderId, orderId, terms, fillCount, remainingCount });
  }

  #notChanged(clientOrderId: string, failure: ApiFailure): void {
    const { sink, clock } = this.#options;
    const at = clock.now();
    const reason = describeFailure(failure);
    if (!isExplicit(failure)) return sink({ type: "order_unknown", at, clientOrderId, reason });
    sink({ type: "change_failed", at, clientOrderId, gone: isGone(failure), code: codeOf(failure), reason });
  }
}

const told = <Body>(result: ApiResult<Body>, answerOf: (body: Body) => Answer): ApiResult<Answer> =>
  result.ok ? { ok: true, value: answerOf(result.value) } : result;
