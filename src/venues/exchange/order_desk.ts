/**
 * A member's dealings: what the V2 order endpoints do (KALSHI.md 3.13, 4), apart from HTTP.
 * @module
 */

import { feeRuleAt, OrderFees } from "../../core/fees.ts";
import type { Side } from "../../core/order.ts";
import { type Count, type Micros, type Money, money } from "../../core/units.ts";
import type { Account, SettledPosition } from "./account.ts";
import type { BindingOrder } from "./collateral.ts";
import type { Emit } from "./events.ts";
import type { TradingFloor } from "./floor.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { Members } from "./members.ts";
import { type MemberFill, MemberOrder, type UpdateReason } from "./order.ts";
import { OrderGroups } from "./order_groups.ts";
import type { AmendOrder, CreateOrder, OrderAddress, Placed } from "./order_requests.ts";
import type { Pauses } from "./pauses.ts";
import type { Random } from "./random.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { RestingOrders } from "./resting_orders.ts";
import { DEFAULT_SHARD, feesOf } from "./series.ts";
import { RANK, type Timeline } from "./timeline.ts";

/** Orders an account may have made in all: client ids are remembered for ever, so for ever needs an end. */
const ORDERS_MAX = 1_000_000;
/** Orders an account may have resting at once. */
const RESTING_MAX = 10_000;

export interface DeskParts {
  readonly members: Members;
  readonly floor: TradingFloor;
  readonly timeline: Timeline;
  readonly pauses: Pauses;
  readonly emit: Emit;
  readonly ids: Random;
  readonly groupIds: Random;
  readonly market: (ticker: string) => ListedMarket | undefined;
}

export class OrderDesk {
  readonly groups: OrderGroups;
  readonly #parts: DeskParts;
  readonly #orders = new Map<string, MemberOrder>();
  readonly #clientIds = new Map<string, MemberOrder>();
  readonly #resting = new RestingOrders();
  readonly #fills: MemberFill[] = [];
  readonly #settlements: SettledPosition[] = [];

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.groups = new OrderGroups({
      ids: parts.groupIds,
      emit: parts.emit,
      cancel: (group, at) => this.#cancelWhere((order) => order.terms.group === group.id, "", at),
    });
    parts.floor.onMakersTraded = (market, fills, at) => this.#afterTrades(market, fills, at);
  }

  /** The member's primary account. */
  get account(): Account {
    return this.#parts.members.primary;
  }

  get members(): Members {
    return this.#parts.members;
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
    return this.#resting.in(market);
  }

  /** Cash of a shard that no resting order binds. */
  available(shard: number, account: Account = this.account): Money {
    return money(account.cash(shard) - this.#resting.bound(shard, account));
  }

  /** Called by the floor's owner when it records this member's executions. */
  recordFill(fill: MemberFill): void {
    this.#fills.push(fill);
    if (fill.order.terms.group !== null) this.groups.record(fill.order.terms.group, fill.count, fill.at);
  }

  recordSettlement(settled: SettledPosition): void {
    this.#settlements.push(settled);
  }

  /** Called when one of this member's orders changed: keeps the list of those that rest. */
  recordUpdate(order: MemberOrder): void {
    if (order.status !== "resting") this.#resting.remove(order);
  }

  create(request: CreateOrder, at: Micros): Placed | Refusal {
    const market = this.#parts.market(request.ticker);
    if (market === undefined) return refuse("not_found");
    if (request.shard !== null && request.shard >= 0 && request.shard !== market.shard) return refuse("not_found");
    const account = this.#parts.members.account(request.subaccount);
    if (account === null) return refuse("not_found", "subaccount not found");
    const refusal = this.#refuseCreate(market, request, at);
    if (refusal !== null) return refusal;
    let { count } = request;
    if (request.reduceOnly) {
      count = Math.min(count, reducible(account, market, request.side)) as Count;
      if (count <= 0) return refuse("invalid_order", "reduce only order would not reduce the position");
    }
    if (request.timeInForce === "fill_or_kill" && !fillableWhole(market, request, count, account)) {
      return refuse("fill_or_kill_insufficient_resting_volume");
    }
    const added: BindingOrder = { side: request.side, price: request.price, remaining: count, role: "taker" };
    if (!this.#affords(market, account, added, null)) return refuse("insufficient_balance");
    return this.#accept(market, account, request, count, at);
  }

  #refusePaused(at: Micros, cancels: boolean): Refusal | null {
    const pause = this.#parts.pauses.at(at);
    if (pause === "exchange") return refuse("exchange_is_paused");
    return pause === "trading" && !cancels ? refuse("trading_is_paused") : null;
  }

  #refuseCreate(market: ListedMarket, request: CreateOrder, at: Micros): Refusal | null {
    const paused = this.#refusePaused(at, false);
    if (paused !== null) return paused;
    if (market.status !== "active") return refuse("MARKET_INACTIVE");
    const { clientOrderId, timeInForce, expiresAt } = request;
    if (clientOrderId !== null && this.#clientIds.has(clientOrderId)) return refuse("order_already_exists");
    if (!market.grid.has(request.price)) return refuse("invalid_price");
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
    if (this.#resting.count(market) >= RESTING_MAX) return refuse("service_unavailable");
    return this.#refuseGroup(market, request);
  }

  #refuseGroup(market: ListedMarket, { group: id, subaccount }: CreateOrder): Refusal | null {
    if (id === null) return null;
    const group = this.groups.get(id, subaccount);
    if (group === null || group.shard !== market.shard) return refuse("not_found", "order group not found");
    return group.triggered ? refuse("order_group_triggered") : null;
  }

  #accept(market: ListedMarket, account: Account, request: CreateOrder, count: Count, at: Micros): Placed {
    const order = new MemberOrder(this.#parts.ids.uuid(), {
      clientOrderId: request.clientOrderId ?? this.#parts.ids.uuid(),
      account,
      market,
      side: request.side,
      price: request.price,
      count,
      expiresAt: request.expiresAt,
      prevention: request.prevention,
      postOnly: request.postOnly,
      reduceOnly: request.reduceOnly,
      cancelOnPause: request.cancelOnPause,
      group: request.group,
      fees: new OrderFees(feeRuleAt(at), feesOf(market.series)),
      createdAt: at,
    });
    this.#orders.set(order.id, order);
    this.#clientIds.set(order.clientOrderId, order);
    const placed = this.#enter(order, request.timeInForce === "good_till_canceled", "", at);
    if (order.status === "resting" && order.expiresAt !== null) this.#scheduleExpiry(order, order.expiresAt);
    return placed;
  }

  /** Sends an order into the book and settles what it is afterwards. */
  #enter(order: MemberOrder, rests: boolean, calm: UpdateReason, at: Micros): Placed {
    const { market } = order;
    const { fills, stoppedBySelf, resting } = this.#parts.floor.place(market, order, order.terms.prevention, rests, at);
    if (resting) this.#resting.add(order);
    else order.end(order.remaining === 0 && !stoppedBySelf ? "executed" : "canceled");
    const reason = stoppedBySelf ? "SelfTradeCancel" : fills.length > 0 ? "Trade" : calm;
    this.#parts.floor.announce(order, reason, at);
    this.#afterTrades(market, fills, at);
    return { order, fills };
  }

  /** What executions entail once they are booked: reduce-only orders shrink, order groups are checked. */
  #afterTrades(market: ListedMarket, fills: readonly MemberFill[], at: Micros): void {
    for (const account of new Set(fills.map((fill) => fill.order.account))) this.#followPosition(account, market, at);
    for (const id of new Set(fills.map((fill) => fill.order.terms.group))) {
      const group = id === null ? null : this.groups.get(id, null);
      if (group !== null) this.groups.check(group, at);
    }
  }

  #scheduleExpiry(order: MemberOrder, expiresAt: Micros): void {
    this.#parts.timeline.schedule(expiresAt, RANK.expiry, (at) => {
      // An amendment may have moved the expiry; the later call then does it.
      if (order.status === "resting" && order.expiresAt === expiresAt) this.#withdraw(order, "ExpiryCancel", at);
    });
  }

  /** Cancels; the contracts cancelled, or why not. */
  cancel(address: OrderAddress, at: Micros): { readonly order: MemberOrder; readonly reducedBy: Count } | Refusal {
    const order = this.#refusePaused(at, true) ?? this.#locate(address);
    if ("refused" in order) return order;
    return { order, reducedBy: this.#withdraw(order, "", at) };
  }

  /** Cancels everything that rests, of all subaccounts or one. Orders of closed markets are gone already. */
  cancelAll(subaccount: number | null, at: Micros): Refusal | null {
    const paused = this.#refusePaused(at, true);
    if (paused !== null) return paused;
    this.#cancelWhere((order) => subaccount === null || order.account.subaccount === subaccount, "", at);
    return null;
  }

  /** A pause begins: takes out what is not to outlive it. */
  beginPause(at: Micros): void {
    this.#cancelWhere((order) => order.terms.cancelOnPause, "HaltCancel", at);
  }

  #cancelWhere(chosen: (order: MemberOrder) => boolean, reason: UpdateReason, at: Micros): void {
    for (const market of this.#resting.markets) {
      if (market.status !== "active") continue;
      for (const order of this.restingIn(market)) {
        if (chosen(order)) this.#withdraw(order, reason, at);
      }
    }
  }

  /** Makes an order smaller. Counts as a cancel of a part, so that a trading pause allows it. */
  decrease(address: OrderAddress, by: Count | null, to: Count | null, at: Micros): MemberOrder | Refusal {
    const order = this.#refusePaused(at, true) ?? this.#locate(address);
    if ("refused" in order) return order;
    const target = to ?? (order.remaining - (by ?? 0)) as Count;
    if (target < 0 || target > order.remaining || (by !== null && by <= 0)) return refuse("invalid_order_size");
    if (target === 0) this.#withdraw(order, "Decrease", at);
    else if (target < order.remaining) this.#shrink(order, (order.remaining - target) as Count, "Decrease", at);
    return order;
  }

  amend(request: AmendOrder, at: Micros): Placed | Refusal {
    const { ticker, shard, subaccount, price, side } = request;
    const order = this.#refusePaused(at, false) ??
      this.#locate({ orderId: request.orderId, subaccount, shard: shard === -1 ? null : shard, ticker });
    if ("refused" in order) return order;
    const remaining = (request.count - order.filled) as Count;
    const refusal = this.#refuseAmend(order, request, remaining, at);
    if (refusal !== null) return refusal;
    const renamed = request.newClientOrderId;
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
    if (order.terms.postOnly && order.market.book.crosses(side, price)) {
      this.#withdraw(order, "PostOnlyCrossCancel", at);
      return { order, fills: [] };
    }
    this.#parts.floor.withdraw(order.market, order, at);
    order.price = price;
    order.remaining = remaining;
    order.initial = request.count;
    return this.#enter(order, true, "Amend", at);
  }

  #refuseAmend(order: MemberOrder, request: AmendOrder, remaining: Count, at: Micros): Refusal | null {
    const { market, account } = order;
    const { price, side, clientOrderId, newClientOrderId: renamed } = request;
    if (order.side !== side) return refuse("order_side_mismatch");
    if (clientOrderId !== null && clientOrderId !== order.clientOrderId) {
      return refuse("order_id_and_client_order_id_mismatch");
    }
    if (!market.grid.has(price)) return refuse("invalid_price");
    if (remaining <= 0) return refuse("invalid_order_size");
    if (order.terms.reduceOnly && remaining > Math.max(order.remaining, reducible(account, market, side))) {
      return refuse("invalid_order", "reduce only order would not reduce the position");
    }
    if (request.expiresAt !== undefined && request.expiresAt !== null && request.expiresAt <= at) {
      return refuse("invalid_order", "Expiration timestamp must be in the future");
    }
    if (renamed !== null && this.#clientIds.has(renamed)) return refuse("order_already_exists");
    const added: BindingOrder = { side, price, remaining, role: "taker" };
    return this.#affords(market, account, added, order) ? null : refuse("insufficient_balance");
  }

  /** The resting order of this address, or the answer for there being none. All reasons look the same from outside. */
  #locate(address: OrderAddress): MemberOrder | Refusal {
    const order = this.#orders.get(address.orderId);
    if (order === undefined || order.account.subaccount !== address.subaccount) return refuse("not_found");
    const shard = address.ticker !== null ? this.#parts.market(address.ticker)?.shard : address.shard ?? DEFAULT_SHARD;
    if (shard !== order.market.shard) return refuse("not_found");
    if (address.shard !== null && address.shard !== order.market.shard) return refuse("not_found");
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

  /** Reduce-only orders never outgrow what there is to reduce (KALSHI.md 4.5). */
  #followPosition(account: Account, market: ListedMarket, at: Micros): void {
    for (const order of this.restingIn(market)) {
      if (!order.terms.reduceOnly || order.account !== account) continue;
      const most = reducible(account, market, order.side);
      if (most === 0) this.#withdraw(order, "ReduceOnlyCancel", at);
      else if (order.remaining > most) this.#shrink(order, (order.remaining - most) as Count, "ReduceOnlyCancel", at);
    }
  }

  /** Whether the market's shard has the cash for everything that would then rest on it. */
  #affords(market: ListedMarket, account: Account, added: BindingOrder, replaced: MemberOrder | null): boolean {
    return this.#resting.bound(market.shard, account, { market, added, replaced }) <= account.cash(market.shard);
  }
}

function reducible(account: Account, market: ListedMarket, side: Side): Count {
  const contracts = account.contracts(market.ticker);
  return Math.max(0, side === "bid" ? -contracts : contracts) as Count;
}

/** A fill-or-kill that meets one of its owner's own behaves like immediate-or-cancel (KALSHI.md 4.2). */
function fillableWhole(market: ListedMarket, request: CreateOrder, count: Count, { owner }: Account): boolean {
  return market.book.fillable(request.side, request.price, owner) >= count ||
    market.book.meetsOwn(request.side, request.price, owner);
}
