/**
 * Orders out, answers in (KALSHI.md 3.13, 4). An order ends by an explicit answer of the exchange only: everything that
 * leaves doubt is reported as unknown, and nothing is ever sent twice.
 *
 * | answer to a create | told as |
 * | --- | --- |
 * | 201 with our client order id, or without one | accepted, with what filled at once |
 * | 201 with another client order id, or that cannot be read | unknown |
 * | 409 `order_already_exists`, or without a readable code: an earlier try landed | looked up: its state, or unknown |
 * | any other 4xx but 408, `MARKET_INACTIVE` among them | rejected, with the exchange's code |
 * | 408, 5xx, a time-out, a broken connection | unknown |
 * | none, because it waited too long for its turn here | rejected as `dropped_under_pressure` |
 *
 * | answer to a cancel | told as |
 * | --- | --- |
 * | 200 | cancelled, with what was taken off the book |
 * | 404 (filled, cancelled and unknown look alike), `MARKET_INACTIVE` | failed and gone: whoever trades asks what became of it |
 * | 429 | nothing yet: it is sent again, up to three times |
 * | 409, 5xx, a time-out, a broken connection | failed and not gone: whoever trades tries again |
 *
 * Changes of resting orders are told of in order_changes.ts, the cancelling of all orders in order_sweep.ts.
 * @module
 */

import type {
  AmendAction,
  CancelAction,
  CancelAllAction,
  DecreaseAction,
  FetchFillsAction,
  FindOrderAction,
  OrderGroupAction,
  PlaceAction,
  TransferAction,
} from "../../core/action.ts";
import type { Input, ShardCash } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import { formatMoney, type Micros } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink, SweepStatus } from "../venue.ts";
import type { CancelledBody, CreatedBody } from "./bodies_orders.ts";
import { CatchUp, READ_LAG } from "./catch_up.ts";
import { type ApiFailure, type ApiResult, describeFailure, isExplicit, isTooMany } from "./failure.ts";
import { Fills } from "./fills.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import { OpenOrders } from "./open_orders.ts";
import type { OrderGroupNotice } from "./frames_notices.ts";
import { OrderChanges } from "./order_changes.ts";
import { codeOf, hasLanded, isGone } from "./order_failures.ts";
import { OrderFuses } from "./order_fuses.ts";
import { OrderLookup } from "./order_lookup.ts";
import { OrderSweep } from "./order_sweep.ts";
import { QueueWatch } from "./queue_watch.ts";
import type { KalshiRest, OrderPlace } from "./rest.ts";
import { transferSurely } from "./transfer.ts";

export interface TradingOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  /** The shards whose cash counts; `null` before they are known. */
  readonly shards: () => readonly number[] | null;
  /** The shard of one market; `null` where it is not known. */
  readonly shardOf: (ticker: string) => number | null;
  /** From when on fills are read at the first catch-up; `null` for now. */
  readonly fillsSince: Micros | null;
  /** Between two questions for places in queues, microseconds; 0 for none. */
  readonly queueEvery: number;
  /** Markets with a position, for those who follow markets. */
  readonly onPositions: (tickers: readonly string[]) => void;
  /** Why only the leader's requests must not leave now, in words; `null` where they may. Absent where there is but one bot. */
  readonly forbidden?: () => string | null;
}

const CANCEL_TRIES = 3;

export class Trading {
  readonly #options: TradingOptions;
  readonly #fills: Fills;
  readonly #open = new OpenOrders();
  readonly #lookup: OrderLookup;
  readonly #changes: OrderChanges;
  readonly #fuses: OrderFuses;
  readonly #queues: QueueWatch;
  /** Legs of a basket that others still follow. */
  #basket: PlaceAction[] = [];
  readonly #catchUp: CatchUp;
  readonly #sweep: OrderSweep;
  /** Creates whose answers are waited for. */
  #sending = 0;
  #shards: readonly ShardCash[] = [];

  constructor(options: TradingOptions) {
    this.#options = options;
    this.#fills = new Fills({ ...options, since: options.fillsSince ?? options.clock.now() });
    this.#lookup = new OrderLookup({ ...options, fills: this.#fills });
    this.#changes = new OrderChanges(options);
    this.#fuses = new OrderFuses(options);
    this.#queues = new QueueWatch({ ...options, open: this.#open, every: options.queueEvery });
    this.#catchUp = new CatchUp({ ...options, fills: this.#fills, open: this.#open, lookup: this.#lookup });
    this.#sweep = new OrderSweep({
      ...options,
      catchUp: this.#catchUp,
      cancel: (place) => this.#cancelOrder(place),
      isSending: () => this.#sending > 0,
    });
  }

  /** Notes whatever is told about orders and the account, by whomever. */
  observe(input: Input): void {
    this.#open.observe(input);
    if (input.type === "account") this.#shards = input.shards ?? [];
  }

  /** How the newest cancelling of all orders stands; `null` where there is none to speak of. */
  get sweep(): SweepStatus | null {
    return this.#sweep.status;
  }

  /** Resolves once no cancelling of all orders is under way. */
  swept(): Promise<void> {
    return this.#sweep.over();
  }

  /** Dollars on each shard, as the account was read last. */
  get cashByShard(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#shards.map(({ shard, cash }) => [shard, formatMoney(cash)]));
  }

  /** Reads what private channels do not replay, now and every 30 seconds from then on. */
  catchUp(): void {
    this.#catchUp.start();
    this.#queues.start();
  }

  /** The shards may be known now: reads the account where that was all that was missing. */
  refreshOwedAccount(): void {
    this.#catchUp.refreshOwedAccount();
  }

  /** Ends what waits to be tried again. */
  stop(): void {
    this.#catchUp.stop();
    this.#queues.stop();
    this.#sweep.stop();
  }

  place(action: PlaceAction): void {
    if (action.execution !== "live") {
      throw new Error("Paper order handed to the exchange: it belongs to the fill model");
    }
    this.#sweep.tradingGoesOn();
    if (action.basket !== undefined && action.basket.legs > 1) this.#gather(action);
    else this.#send(() => this.#place(action));
  }

  #send(create: () => Promise<void>): void {
    this.#options.lane.run(async () => {
      this.#sending++;
      await create();
      this.#sending--;
    });
  }

  /** The legs of a basket come one right after the other, and leave in one request. */
  #gather(action: PlaceAction): void {
    if (this.#basket[0]?.basket?.id !== action.basket?.id) this.#sendBasket();
    this.#basket.push(action);
    if (this.#basket.length >= (action.basket?.legs ?? 0)) this.#sendBasket();
  }

  /** Those of one group at a time: a batch is of one. */
  #sendBasket(): void {
    const byGroup = Map.groupBy(this.#basket, ({ orderGroupId }) => orderGroupId);
    this.#basket = [];
    for (const [orderGroupId, legs] of byGroup) this.#send(() => this.#placeBatch(legs, orderGroupId));
  }

  async #placeBatch(legs: readonly PlaceAction[], orderGroupId: string | undefined): Promise<void> {
    for (const { intent } of legs) this.#open.placed(intent.clientOrderId, intent.ticker);
    const edges = legs.map(({ edge }) => edge ?? null);
    // Under pressure the basket goes or stays with its best leg, and as a whole.
    const edge = edges.reduce((best, each) => best === null || (each !== null && each > best) ? each : best, null);
    const extras = orderGroupId === undefined ? {} : { orderGroupId };
    const results = await this.#options.rest.createOrders(legs.map(({ intent }) => intent), edge, extras);
    for (const [index, { intent }] of legs.entries()) {
      await this.#placed(intent, results.ok ? results.value[index] : results);
    }
  }

  async #place({ intent, edge, orderGroupId }: PlaceAction): Promise<void> {
    this.#open.placed(intent.clientOrderId, intent.ticker);
    const extras = orderGroupId === undefined ? {} : { orderGroupId };
    await this.#placed(intent, await this.#options.rest.createOrder(intent, edge ?? null, extras));
  }

  async #placed({ clientOrderId, ticker }: OrderIntent, result: ApiResult<CreatedBody>): Promise<void> {
    const at = this.#options.clock.now();
    if (!result.ok) return await this.#notPlaced(ticker, clientOrderId, result.failure);
    const { orderId, fillCount, remainingCount } = result.value;
    if (result.value.clientOrderId !== null && result.value.clientOrderId !== clientOrderId) {
      return this.#unknown(clientOrderId, `Answer names another order (${result.value.clientOrderId})`);
    }
    this.#options.sink({ type: "order_accepted", at, clientOrderId, orderId, fillCount, remainingCount });
  }

  async #notPlaced(ticker: string, clientOrderId: string, failure: ApiFailure): Promise<void> {
    const reason = describeFailure(failure);
    if (hasLanded(failure)) {
      // An earlier try did (KALSHI.md 4.4): what became of it stands in the lists.
      const sight = await this.#lookup.find(ticker, clientOrderId, null);
      if (sight.kind === "found") return;
      return this.#unknown(clientOrderId, sight.kind === "absent" ? reason : `${reason}; ${sight.reason}`);
    }
    if (!isExplicit(failure)) return this.#unknown(clientOrderId, reason);
    const at = this.#options.clock.now();
    this.#options.sink({ type: "order_rejected", at, clientOrderId, code: codeOf(failure), reason });
  }

  #unknown(clientOrderId: string, reason: string): void {
    this.#options.sink({ type: "order_unknown", at: this.#options.clock.now(), clientOrderId, reason });
  }

  amend(action: AmendAction): void {
    this.#changes.amend(action);
  }

  decrease(action: DecreaseAction): void {
    this.#changes.decrease(action);
  }

  orderGroup(action: OrderGroupAction): void {
    this.#fuses.perform(action);
  }

  /** The private channel tells of an order group. */
  groupNoticed(notice: OrderGroupNotice): void {
    this.#fuses.notice(notice);
  }

  cancel(action: CancelAction): void {
    const { clientOrderId, orderId, ticker, shard } = action;
    this.#options.lane.run(async () => {
      const result = await this.#cancelOrder({ orderId, ticker, shard });
      const at = this.#options.clock.now();
      if (result.ok) {
        this.#options.sink({ type: "order_cancelled", at, clientOrderId, reducedBy: result.value.reducedBy });
        return;
      }
      const gone = isGone(result.failure);
      this.#options.sink({ type: "cancel_failed", at, clientOrderId, gone, reason: describeFailure(result.failure) });
    });
  }

  /** "Too many requests" did nothing, and a cancel is never less wanted later. */
  async #cancelOrder(place: OrderPlace): Promise<ApiResult<CancelledBody>> {
    for (let attempt = 1;; attempt++) {
      const result = await this.#options.rest.cancelOrder(place);
      if (result.ok || !isTooMany(result.failure) || attempt >= CANCEL_TRIES) return result;
    }
  }

  /** Cancels everything, and keeps at it until the exchange says that nothing rests. What has not left yet stays here. */
  cancelAll(action: CancelAllAction): void {
    this.#options.rest.withdrawOrders();
    this.#sweep.start(action.reason);
  }

  /** Absence is believed at second sight only, because reads lag behind. */
  findOrder({ ticker, clientOrderId, orderId }: FindOrderAction): void {
    const look = async (atAbsence: () => void): Promise<void> => {
      const sight = await this.#lookup.find(ticker, clientOrderId, orderId);
      if (sight.kind === "absent") atAbsence();
      if (sight.kind === "unclear") this.#unknown(clientOrderId, `Cannot look it up: ${sight.reason}`);
    };
    const { lane, clock, sink } = this.#options;
    lane.run(() =>
      look(() => {
        clock.after(READ_LAG, () => {
          lane.run(() => look(() => sink({ type: "order_absent", at: clock.now(), clientOrderId })));
        });
      })
    );
  }

  /** Under its own id it moves once, however often it is asked for: so a lost answer is no reason not to ask again. */
  transfer({ transferId, amount, fromShard, toShard }: TransferAction): void {
    const { rest, lane, log } = this.#options;
    const what = `${formatMoney(amount)} from shard ${fromShard} to shard ${toShard}`;
    lane.run(async () => {
      const request = { amount, fromShard, toShard, clientTransferId: transferId };
      const moved = await transferSurely(rest, request);
      if (moved.ok) log("info", `Moved ${what} (transfer ${moved.value})`);
      else log("error", `Not moved: ${what}: ${describeFailure(moved.failure)}`);
      this.#catchUp.start();
    });
  }

  fetchFills(action: FetchFillsAction): void {
    this.#options.lane.run(async () => {
      await this.#fills.read(action.since);
    });
  }
}
