/**
 * Orders out, answers in (KALSHI.md 3.13, 4). An order ends by an explicit answer of the exchange only: everything that
 * leaves doubt is reported as unknown.
 * @module
 */

import type {
  CancelAction,
  CancelAllAction,
  FetchFillsAction,
  FindOrderAction,
  PlaceAction,
} from "../../core/action.ts";
import type { FillReport, OrderReport } from "../../core/order.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Backoff } from "./backoff.ts";
import { balanceOn } from "./bodies_account.ts";
import { type ApiFailure, type ApiResult, describeFailure } from "./failure.ts";
import { describeRefusal } from "./fields.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { Pages } from "./pages.ts";
import type { KalshiRest } from "./rest.ts";

export interface TradingOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  /** The shard whose cash counts; `null` before a market is known. */
  readonly shard: () => number | null;
  /** From when on fills are read at the first catch-up; `null` for now. */
  readonly fillsSince: Micros | null;
  /** Markets with a position, for those who follow markets. */
  readonly onPositions: (tickers: readonly string[]) => void;
}

/** Reads lag behind the matching engine by up to about a second (KALSHI.md 3.1): absence is believed at second sight. */
const SECOND_SIGHT = 1_500_000;
const CANCEL_ALL_TRIES = 3;
/** Fills are asked for from a little before the newest known one: repeats are recognised by their trade id. */
const FILLS_OVERLAP = 30 * MICROS_PER_SECOND;

export class Trading {
  readonly #options: TradingOptions;
  #newestFill: Micros;
  /** From when on fills have to be read, because private frames may have been missed; `null` where none were. */
  #owedSince: Micros | null;
  readonly #backoff: Backoff;
  #accountOwed = false;
  #cancelCatchUp: CancelTimer = () => {};

  constructor(options: TradingOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.jitter);
    this.#newestFill = options.fillsSince ?? options.clock.now();
    this.#owedSince = this.#newestFill;
  }

  /** The connection broke: what is heard on the next one does not mean that nothing was missed in between. */
  lost(): void {
    this.#owedSince ??= this.#newestFill;
  }

  /** Notes an execution that came by the socket, so that a catch-up starts there. */
  heard(fill: FillReport): void {
    if (fill.executedAt > this.#newestFill) this.#newestFill = fill.executedAt;
  }

  place(action: PlaceAction): void {
    if (action.execution !== "live") {
      throw new Error("Paper order handed to the exchange: it belongs to the fill model");
    }
    this.#options.lane.run(() => this.#place(action));
  }

  async #place({ intent }: PlaceAction): Promise<void> {
    const { clientOrderId } = intent;
    const result = await this.#options.rest.createOrder(intent);
    const at = this.#options.clock.now();
    if (!result.ok) return await this.#notPlaced(intent.ticker, clientOrderId, result.failure);
    const { orderId, fillCount, remainingCount } = result.value;
    if (result.value.clientOrderId !== null && result.value.clientOrderId !== clientOrderId) {
      const reason = `Answer names another order (${result.value.clientOrderId})`;
      this.#options.sink({ type: "order_unknown", at, clientOrderId, reason });
      return;
    }
    this.#options.sink({ type: "order_accepted", at, clientOrderId, orderId, fillCount, remainingCount });
  }

  async #notPlaced(ticker: string, clientOrderId: string, failure: ApiFailure): Promise<void> {
    const at = this.#options.clock.now();
    const reason = describeFailure(failure);
    if (failure.kind === "http" && failure.code === "order_already_exists") {
      // An earlier try landed (KALSHI.md 4.4): what became of it stands in the lists.
      if (await this.#find(ticker, clientOrderId, null) === "found") return;
      this.#options.sink({ type: "order_unknown", at: this.#options.clock.now(), clientOrderId, reason });
      return;
    }
    if (isExplicit(failure)) {
      const code = codeOf(failure);
      this.#options.sink({ type: "order_rejected", at, clientOrderId, code, reason });
      return;
    }
    this.#options.sink({ type: "order_unknown", at, clientOrderId, reason });
  }

  cancel(action: CancelAction): void {
    const { clientOrderId, orderId, ticker, shard } = action;
    this.#options.lane.run(async () => {
      const result = await this.#options.rest.cancelOrder({ orderId, ticker, shard });
      const at = this.#options.clock.now();
      if (result.ok) {
        this.#options.sink({ type: "order_cancelled", at, clientOrderId, reducedBy: result.value.reducedBy });
        return;
      }
      const gone = isGone(result.failure);
      this.#options.sink({ type: "cancel_failed", at, clientOrderId, gone, reason: describeFailure(result.failure) });
    });
  }

  /** Cancels everything, and where the exchange does not do it in one stroke, one order after the other. */
  cancelAll(action: CancelAllAction): void {
    this.#options.lane.run(async () => {
      for (let attempt = 1; attempt <= CANCEL_ALL_TRIES; attempt++) {
        const result = await this.#options.rest.cancelAll();
        if (result.ok) {
          await this.#resting();
          return;
        }
        this.#options.log("error", `Cannot cancel all orders (${action.reason}): ${describeFailure(result.failure)}`);
        if (isExplicit(result.failure)) break;
      }
      await this.#cancelOneByOne();
    });
  }

  async #cancelOneByOne(): Promise<void> {
    const resting = await this.#options.rest.orders({ status: "resting" });
    if (!resting.ok) {
      this.#options.log(
        "error",
        `Orders may still rest: their list cannot be read: ${describeFailure(resting.failure)}`,
      );
      return;
    }
    const shard = this.#options.shard() ?? 0;
    for (const { orderId, clientOrderId, ticker } of resting.value.items) {
      const result = await this.#options.rest.cancelOrder({ orderId, ticker, shard });
      const at = this.#options.clock.now();
      if (result.ok) {
        this.#options.sink({ type: "order_cancelled", at, clientOrderId, reducedBy: result.value.reducedBy });
      } else {
        this.#options.log("error", `Order ${clientOrderId} is not cancelled: ${describeFailure(result.failure)}`);
      }
    }
  }

  findOrder(action: FindOrderAction): void {
    const { ticker, clientOrderId, orderId } = action;
    this.#options.lane.run(async () => {
      if (await this.#find(ticker, clientOrderId, orderId) !== "absent") return;
      this.#options.clock.after(SECOND_SIGHT, () => {
        this.#options.lane.run(async () => {
          if (await this.#find(ticker, clientOrderId, orderId) !== "absent") return;
          this.#options.sink({ type: "order_absent", at: this.#options.clock.now(), clientOrderId });
        });
      });
    });
  }

  /**
   * Looks an order up in the lists, which are right sooner than the single read (KALSHI.md 4.6). `unclear` where the
   * lists could not be read whole, so that absence proves nothing; then the order is reported unknown.
   */
  async #find(ticker: string, clientOrderId: string, orderId: string | null): Promise<"found" | "absent" | "unclear"> {
    const result = await this.#options.rest.orders({ ticker });
    const order = result.ok ? result.value.items.find((item) => item.clientOrderId === clientOrderId) : undefined;
    if (order !== undefined) {
      await this.#report(order);
      return "found";
    }
    const reason = whyIncomplete(result);
    if (reason !== null) return this.#unclear(clientOrderId, reason);
    if (orderId === null) return "absent";
    const single = await this.#options.rest.order(orderId);
    if (single.ok) {
      await this.#report(single.value);
      return "found";
    }
    return single.failure.kind === "http" && single.failure.status === 404
      ? "absent"
      : this.#unclear(clientOrderId, describeFailure(single.failure));
  }

  #unclear(clientOrderId: string, reason: string): "unclear" {
    const at = this.#options.clock.now();
    this.#options.sink({ type: "order_unknown", at, clientOrderId, reason: `Cannot look it up: ${reason}` });
    return "unclear";
  }

  /** The order's fills first, so that its own count of them comes as no surprise. */
  async #report(order: OrderReport): Promise<void> {
    if (order.fillCount > 0) {
      const fills = await this.#options.rest.fills({ orderId: order.orderId });
      if (fills.ok) {
        for (const fill of oldestFirst(fills.value)) this.#fill({ ...fill, clientOrderId: order.clientOrderId });
      } else {
        this.#options.log("warn", `Fills of ${order.clientOrderId} cannot be read: ${describeFailure(fills.failure)}`);
      }
    }
    this.#options.sink({ type: "order_update", at: this.#options.clock.now(), order });
  }

  fetchFills(action: FetchFillsAction): void {
    this.#options.lane.run(async () => {
      await this.#fillsSince(action.since);
    });
  }

  async #fillsSince(since: Micros): Promise<boolean> {
    const minSeconds = Math.max(0, Math.floor(since / MICROS_PER_SECOND));
    const result = await this.#options.rest.fills({ minSeconds });
    if (!result.ok) {
      this.#options.log("warn", `Fills cannot be read: ${describeFailure(result.failure)}`);
      return false;
    }
    for (const refusal of result.value.refused) {
      this.#options.log("error", `Fill cannot be read and is not counted: ${describeRefusal(refusal)}`);
    }
    for (const fill of oldestFirst(result.value)) this.#fill(fill);
    return true;
  }

  #fill(fill: FillReport): void {
    this.heard(fill);
    this.#options.sink({ type: "fill", at: this.#options.clock.now(), fill });
  }

  /**
   * Reads what private channels do not replay (KALSHI.md 5.8): fills, resting orders, positions and cash. Where that
   * fails it is tried again, because nothing else would ever tell of a fill that was missed.
   */
  catchUp(): void {
    this.#cancelCatchUp();
    const owed = this.#owedSince ??= this.#newestFill;
    this.#options.lane.run(async () => {
      const since = Math.max(0, owed - FILLS_OVERLAP) as Micros;
      if (await this.#fillsSince(since) && await this.#resting() && await this.#account()) {
        this.#backoff.reset();
        if (this.#owedSince === owed) this.#owedSince = null;
        return;
      }
      this.#cancelCatchUp();
      this.#cancelCatchUp = this.#options.clock.after(this.#backoff.next(), () => this.catchUp());
    });
  }

  /** Ends what waits to be tried again. */
  stop(): void {
    this.#cancelCatchUp();
  }

  /** Reads the account's cash and positions alone. */
  refreshAccount(): void {
    this.#options.lane.run(async () => {
      await this.#account();
    });
  }

  /** The shard may be known now: reads the account where that was all that was missing. */
  refreshOwedAccount(): void {
    if (!this.#accountOwed || this.#options.shard() === null) return;
    this.#accountOwed = false;
    this.refreshAccount();
  }

  async #resting(): Promise<boolean> {
    const result = await this.#options.rest.orders({ status: "resting" });
    if (!result.ok) {
      this.#options.log("warn", `Resting orders cannot be read: ${describeFailure(result.failure)}`);
      return false;
    }
    for (const order of result.value.items) {
      this.#options.sink({ type: "order_update", at: this.#options.clock.now(), order });
    }
    return true;
  }

  async #account(): Promise<boolean> {
    const shard = this.#options.shard();
    this.#accountOwed = shard === null;
    if (shard === null) return true;
    const balance = await this.#options.rest.balance();
    const positions = await this.#options.rest.positions();
    const reason = balance.ok ? whyIncomplete(positions) : describeFailure(balance.failure);
    if (reason !== null || !balance.ok || !positions.ok) {
      this.#options.log("warn", `Account cannot be read: ${reason}`);
      return false;
    }
    // Closed positions linger as rows of zero.
    const held = positions.value.items.filter((position) => position.position !== 0);
    this.#options.onPositions(held.map((position) => position.ticker));
    const at = this.#options.clock.now();
    this.#options.sink({ type: "account", at, balance: balanceOn(balance.value, shard), positions: held });
    return true;
  }
}

/** Pages come newest first. */
const oldestFirst = (fills: Pages<FillReport>): readonly FillReport[] =>
  [...fills.items].sort((a, b) => a.executedAt - b.executedAt);

/** Why a list was not read whole; `null` where it was. */
function whyIncomplete<T>(result: ApiResult<Pages<T>>): string | null {
  if (!result.ok) return describeFailure(result.failure);
  const [first] = result.value.refused;
  return first === undefined ? null : describeRefusal(first);
}

/** True where the exchange refused, or nothing was sent: then there certainly is no order. 408 is a proxy's time-out. */
const isExplicit = (failure: ApiFailure): boolean =>
  failure.kind === "unsent" ||
  (failure.kind === "http" && failure.status >= 400 && failure.status < 500 && failure.status !== 408);

function codeOf(failure: ApiFailure): string {
  if (failure.kind === "http") return failure.code || `http_${failure.status}`;
  return failure.kind === "unsent" ? failure.code : failure.kind;
}

/** True where the order does not rest any more: cancelled, executed, unknown, or its market has closed (KALSHI.md 3.2). */
function isGone(failure: ApiFailure): boolean {
  if (failure.kind !== "http") return false;
  const words = `${failure.code} ${failure.message} ${failure.details}`.toLowerCase();
  return failure.status === 404 || words.includes("market_inactive");
}
