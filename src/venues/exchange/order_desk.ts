/**
 * A member's dealings: what the V2 order endpoints do (KALSHI.md 3.13, 4), apart from HTTP.
 * @module
 */

import { feeRuleAt, OrderFees } from "../../core/fees.ts";
import type { Side } from "../../core/order.ts";
import { type Count, type Micros, type Money, money } from "../../core/units.ts";
import type { Account, SettledPosition } from "./account.ts";
import { type BindingOrder, boundByOrders } from "./collateral.ts";
import type { TradingFloor } from "./floor.ts";
import { GRID, type ListedMarket } from "./listed_market.ts";
import { type MemberFill, MemberOrder, type UpdateReason } from "./order.ts";
import type { Random } from "./random.ts";
import type { AmendOrder, CreateOrder, OrderAddress, Placed } from "./order_requests.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { CRYPTO_FEES } from "./series.ts";
import { RANK, type Timeline } from "./timeline.ts";

/** Orders an account may have made in all: client ids are remembered for ever, so for ever needs an end. */
const ORDERS_MAX = 1_000_000;
/** Orders an account may have resting at once. */
const RESTING_MAX = 10_000;
/** The exchange index that a cancel without any hint is looked up on (KALSHI.md 3.13). */
const DEFAULT_SHARD = 0;

export interface DeskParts {
  readonly account: Account;
  readonly floor: TradingFloor;
  readonly timeline: Timeline;
  readonly ids: Random;
  readonly market: (ticker: string) => ListedMarket | undefined;
}

export class OrderDesk {
  readonly account: Account;
  readonly #parts: DeskParts;
  readonly #orders = new Map<string, MemberOrder>();
  readonly #clientIds = new Map<string, MemberOrder>();
  /** By market: resting orders only. */
  readonly #resting = new Map<ListedMarket, Set<MemberOrder>>();
  readonly #fills: MemberFill[] = [];
  readonly #settlements: SettledPosition[] = [];

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.account = parts.account;
    parts.floor.onMemberPosition = (account, market, at) => {
      if (account === this.account) this.#followPosition(market, at);
    };
  }

  get orders(): readonly MemberOrder[] {
    return [...this.#orders.values()];
  }

  get fills(): readonly MemberFill[] {
    return this.#fills;
  }

  get settlements(): readonly SettledPosition[] {
    return this.#settlements;
  }

  order(id: string): MemberOrder | undefined {
    return this.#orders.get(id);
  }

  byClientId(id: string): MemberOrder | undefined {
    return this.#clientIds.get(id);
  }

  restingIn(market: ListedMarket): readonly MemberOrder[] {
    return [...this.#resting.get(market) ?? []].filter((order) => order.status === "resting");
  }

  /** Cash of a shard that no resting order binds. */
  available(shard: number): Money {
    let free: number = this.account.cash(shard);
    for (const market of this.#resting.keys()) {
      if (market.shard === shard) free -= this.#bound(market, []);
    }
    return money(free);
  }

  /** Called by the floor's owner when it records this member's executions. */
  recordFill(fill: MemberFill): void {
    this.#fills.push(fill);
  }

  recordSettlement(settled: SettledPosition): void {
    this.#settlements.push(settled);
  }

  /** Called when one of this member's orders changed: keeps the list of those that rest. */
  recordUpdate(order: MemberOrder): void {
    if (order.status === "resting") return;
    const orders = this.#resting.get(order.market);
    orders?.delete(order);
    if (orders?.size === 0) this.#resting.delete(order.market);
  }

  create(request: CreateOrder, at: Micros): Placed | Refusal {
    const market = this.#parts.market(request.ticker);
    if (market === undefined) return refuse("not_found");
    if (request.shard !== null && request.shard >= 0 && request.shard !== market.shard) return refuse("not_found");
    const refusal = this.#refuseCreate(market, request, at);
    if (refusal !== null) return refusal;
    let { count } = request;
    if (request.reduceOnly) {
      count = Math.min(count, this.#reducible(market, request.side)) as Count;
      if (count <= 0) return refuse("invalid_order", "reduce only order would not reduce the position");
    }
    if (request.timeInForce === "fill_or_kill" && !this.#fillableWhole(market, request, count)) {
      return refuse("fill_or_kill_insufficient_resting_volume");
    }
    if (!this.#affords(market, [{ side: request.side, price: request.price, remaining: count, role: "taker" }])) {
      return refuse("insufficient_balance");
    }
    return this.#accept(market, request, count, at);
  }

  #refuseCreate(market: ListedMarket, request: CreateOrder, at: Micros): Refusal | null {
    if (market.status !== "active") return refuse("MARKET_INACTIVE");
    const { clientOrderId, timeInForce, expiresAt } = request;
    if (clientOrderId !== null && this.#clientIds.has(clientOrderId)) return refuse("order_already_exists");
    if (!GRID.has(request.price)) return refuse("invalid_price");
    if (request.count <= 0) return refuse("invalid_order_size");
    if (expiresAt !== null && timeInForce !== "good_till_canceled") {
      return refuse("invalid_order", `Cannot specify both ${timeInForce} and expiration_time`);
    }
    if (expiresAt !== null && expiresAt <= at) {
      return refuse("invalid_order", "Expiration timestamp must be in the future");
    }
    if (request.postOnly && timeInForce !== "good_till_canceled") {
      return refuse("invalid_order", `Cannot specify both ${timeInForce} and post_only`);
    }
    if (request.postOnly && market.book.crosses(request.side, request.price)) {
      return refuse("invalid_order", "post only cross");
    }
    if (this.#orders.size >= ORDERS_MAX) return refuse("service_unavailable");
    if ((this.#resting.get(market)?.size ?? 0) >= RESTING_MAX) return refuse("service_unavailable");
    return null;
  }

  /** A fill-or-kill that meets one of its owner's own behaves like immediate-or-cancel (KALSHI.md 4.2). */
  #fillableWhole(market: ListedMarket, request: CreateOrder, count: Count): boolean {
    const { owner } = this.account;
    return market.book.fillable(request.side, request.price, owner) >= count ||
      market.book.meetsOwn(request.side, request.price, owner);
  }

  #accept(market: ListedMarket, request: CreateOrder, count: Count, at: Micros): Placed {
    const order = new MemberOrder(
      this.#parts.ids.uuid(),
      request.clientOrderId ?? this.#parts.ids.uuid(),
      this.account,
      market,
      request.side,
      request.price,
      count,
      request.expiresAt,
      request.prevention,
      request.reduceOnly,
      new OrderFees(feeRuleAt(at), CRYPTO_FEES),
      at,
    );
    this.#orders.set(order.id, order);
    this.#clientIds.set(order.clientOrderId, order);
    const placed = this.#enter(order, request.timeInForce === "good_till_canceled", "", at);
    if (order.status === "resting" && order.expiresAt !== null) this.#scheduleExpiry(order, order.expiresAt);
    return placed;
  }

  /** Sends an order into the book and settles what it is afterwards. */
  #enter(order: MemberOrder, rests: boolean, calm: UpdateReason, at: Micros): Placed {
    const { market } = order;
    const { fills, stoppedBySelf, resting } = this.#parts.floor.place(market, order, order.prevention, rests, at);
    if (resting) {
      const orders = this.#resting.get(market) ?? new Set();
      this.#resting.set(market, orders.add(order));
    } else {
      order.end(order.remaining === 0 && !stoppedBySelf ? "executed" : "canceled");
    }
    const reason = stoppedBySelf ? "SelfTradeCancel" : fills.length > 0 ? "Trade" : calm;
    this.#parts.floor.announce(order, reason, at);
    if (fills.length > 0) this.#followPosition(market, at);
    return { order, fills };
  }

  #scheduleExpiry(order: MemberOrder, expiresAt: Micros): void {
    this.#parts.timeline.schedule(expiresAt, RANK.expiry, (at) => {
      // An amendment may have moved the expiry; the later call then does it.
      if (order.status === "resting" && order.expiresAt === expiresAt) this.#withdraw(order, "ExpiryCancel", at);
    });
  }

  /** Cancels; the contracts cancelled, or why not. */
  cancel(address: OrderAddress, at: Micros): { readonly order: MemberOrder; readonly reducedBy: Count } | Refusal {
    const order = this.#locate(address);
    if ("refused" in order) return order;
    return { order, reducedBy: this.#withdraw(order, "", at) };
  }

  /** Cancels everything that rests. Orders of closed markets are gone already. */
  cancelAll(at: Micros): number {
    let cancelled = 0;
    for (const [market, orders] of [...this.#resting]) {
      if (market.status !== "active") continue;
      for (const order of [...orders]) {
        this.#withdraw(order, "", at);
        cancelled++;
      }
    }
    return cancelled;
  }

  decrease(address: OrderAddress, by: Count | null, to: Count | null, at: Micros): MemberOrder | Refusal {
    const order = this.#locate(address);
    if ("refused" in order) return order;
    const target = to ?? (order.remaining - (by ?? 0)) as Count;
    if (target < 0 || target > order.remaining || (by !== null && by <= 0)) return refuse("invalid_order_size");
    if (target === 0) this.#withdraw(order, "Decrease", at);
    else if (target < order.remaining) this.#shrink(order, (order.remaining - target) as Count, "Decrease", at);
    return order;
  }

  amend(request: AmendOrder, at: Micros): Placed | Refusal {
    const order = this.#locate({ orderId: request.orderId, shard: null, ticker: request.ticker });
    if ("refused" in order) return order;
    if (order.side !== request.side) return refuse("order_side_mismatch");
    if (!GRID.has(request.price)) return refuse("invalid_price");
    const remaining = (request.count - order.filled) as Count;
    if (remaining <= 0) return refuse("invalid_order_size");
    const renamed = request.newClientOrderId;
    if (renamed !== null && this.#clientIds.has(renamed)) return refuse("order_already_exists");
    const { price, side } = request;
    if (!this.#affords(order.market, [{ side, price, remaining, role: "taker" }], order)) {
      return refuse("insufficient_balance");
    }
    if (renamed !== null) {
      order.clientOrderId = renamed;
      this.#clientIds.set(renamed, order);
    }
    if (request.expiresAt !== undefined) {
      order.expiresAt = request.expiresAt;
      if (request.expiresAt !== null) this.#scheduleExpiry(order, request.expiresAt);
    }
    if (price === order.price && remaining <= order.remaining) {
      // The place in the queue is kept for a decrease and for a change of expiry alone (KALSHI.md 4.7).
      if (remaining < order.remaining) this.#shrink(order, (order.remaining - remaining) as Count, "Amend", at);
      else this.#parts.floor.announce(order, "Amend", at);
      return { order, fills: [] };
    }
    this.#parts.floor.withdraw(order.market, order, at);
    order.price = price;
    order.remaining = remaining;
    order.initial = request.count;
    return this.#enter(order, true, "Amend", at);
  }

  /** The resting order of this address, or the answer for there being none. All reasons look the same from outside. */
  #locate(address: OrderAddress): MemberOrder | Refusal {
    const order = this.#orders.get(address.orderId);
    if (order === undefined) return refuse("not_found");
    const shard = address.ticker !== null ? this.#parts.market(address.ticker)?.shard : address.shard ?? DEFAULT_SHARD;
    if (shard !== order.market.shard) return refuse("not_found");
    if (address.ticker !== null && address.ticker !== order.market.ticker) return refuse("not_found");
    if (order.market.status !== "active") return refuse("MARKET_INACTIVE");
    return order.status === "resting" ? order : refuse("not_found");
  }

  #withdraw(order: MemberOrder, reason: UpdateReason, at: Micros): Count {
    const { remaining } = order;
    this.#parts.floor.withdraw(order.market, order, at);
    order.end("canceled");
    this.#parts.floor.announce(order, reason, at);
    return remaining;
  }

  #shrink(order: MemberOrder, by: Count, reason: UpdateReason, at: Micros): void {
    this.#parts.floor.reduce(order.market, order, by, at);
    order.initial = (order.initial - by) as Count;
    this.#parts.floor.announce(order, reason, at);
  }

  #reducible(market: ListedMarket, side: Side): Count {
    const contracts = this.account.contracts(market.ticker);
    return Math.max(0, side === "bid" ? -contracts : contracts) as Count;
  }

  /** Reduce-only orders never outgrow what there is to reduce (KALSHI.md 4.5). */
  #followPosition(market: ListedMarket, at: Micros): void {
    for (const order of this.restingIn(market)) {
      if (!order.reduceOnly) continue;
      const reducible = this.#reducible(market, order.side);
      if (reducible === 0) this.#withdraw(order, "ReduceOnlyCancel", at);
      else if (order.remaining > reducible) {
        this.#shrink(order, (order.remaining - reducible) as Count, "ReduceOnlyCancel", at);
      }
    }
  }

  #bound(market: ListedMarket, added: readonly BindingOrder[], replaced: MemberOrder | null = null): Money {
    const resting = this.restingIn(market).filter((order) => order !== replaced)
      .map(({ side, price, remaining }): BindingOrder => ({ side, price, remaining, role: "maker" }));
    return boundByOrders([...resting, ...added], this.account.contracts(market.ticker));
  }

  /** Whether the market's shard has the cash for everything that would then rest on it. */
  #affords(market: ListedMarket, added: readonly BindingOrder[], replaced: MemberOrder | null = null): boolean {
    let needed: number = this.#bound(market, added, replaced);
    for (const other of this.#resting.keys()) {
      if (other !== market && other.shard === market.shard) needed += this.#bound(other, []);
    }
    return needed <= this.account.cash(market.shard);
  }
}
