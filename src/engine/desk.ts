/**
 * The trading desk: the only place where orders are made, and where answers, fills and settlements are booked.
 * Everything it wants done or remembered goes to the outbox it was given.
 * @module
 */

import type { Action } from "../core/action.ts";
import { worstCaseFee } from "../core/fees.ts";
import type { AccountInput, FillInput, Input } from "../core/input.ts";
import type { Market, MarketResult } from "../core/market.ts";
import type { OrderIntent } from "../core/order.ts";
import type { AuditRecord, StateRecord } from "../core/record.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import {
  type Count,
  count,
  formatCount,
  formatMoney,
  formatPrice,
  type Micros,
  micros,
  MICROS_PER_SECOND,
  type Money,
  money,
  type Price,
} from "../core/units.ts";
import { Ledger, type Position } from "../execution/ledger.ts";
import { Orders, type OrderState, remaining } from "../execution/orders.ts";
import { PaperVenue } from "../execution/paper.ts";
import { dailyLossReason, Halts } from "../risk/halts.ts";
import { checkOrder, openingCost, type Refusal, type Stakes } from "../risk/limits.ts";
import type { Target } from "../strategies/strategy.ts";
import { AccountCheck } from "./account_check.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions } from "./options.ts";
import { dayOf, orderRecord, positionRecord, tradeRecord } from "./records.ts";

/** The answers of a venue, paper or live. */
export type VenueAnswer = Extract<Input, {
  type:
    | "order_accepted"
    | "order_rejected"
    | "order_unknown"
    | "order_cancelled"
    | "cancel_failed"
    | "order_update"
    | "order_absent"
    | "fill";
}>;

export interface DeskTotals {
  orders: number;
  fills: number;
}

/** A fill count told without its executions is asked for again after this. */
const FILL_PATIENCE = 2 * MICROS_PER_SECOND;
/** After the close the exchange cancels what rests; an order still open this long after is asked for. */
const CLOSE_PATIENCE = 3 * MICROS_PER_SECOND;
/** Executions just before the newest one known are read again too: reads are not in order to the microsecond. */
const FILL_OVERLAP = 60 * MICROS_PER_SECOND;

export class Desk {
  readonly orders: Orders;
  readonly halts: Halts;
  readonly totals: DeskTotals;
  readonly refusals = new Map<string, number>();
  ledger: Ledger;
  readonly #options: EngineOptions;
  readonly #out: (action: Action) => void;
  readonly #market: (ticker: string) => MarketState | undefined;
  readonly #paper: PaperVenue;
  readonly #accountCheck = new AccountCheck();
  readonly #lastRefusal = new Map<string, string>();
  #at: Micros;
  #nextIntent: number;
  #audits = 0;
  #accountKnown: boolean;
  #day: string;
  #dayStartNav: Money;
  #peakNav: Money;
  #lastFillAt: Micros | null;
  #fillsAskedAt = 0;
  #changed = true;
  readonly #changedPositions = new Set<string>();

  constructor(
    options: EngineOptions,
    out: (action: Action) => void,
    market: (ticker: string) => MarketState | undefined,
  ) {
    const { account, positions, openOrders, halts, recentTradeIds, lastFillAt } = options.resume;
    this.#options = options;
    this.#out = out;
    this.#market = market;
    this.#at = options.startedAt;
    this.ledger = account === null ? new Ledger(options.capital ?? money(0)) : Ledger.resume(account, positions);
    this.#accountKnown = account !== null || options.execution === "paper";
    this.#nextIntent = account?.nextIntent ?? 1;
    this.totals = { orders: account?.orders ?? 0, fills: account?.fills ?? 0 };
    this.#day = account?.day ?? dayOf(options.startedAt);
    this.#dayStartNav = account?.dayStartNav ?? this.ledger.cash;
    this.#peakNav = account?.peakNav ?? this.ledger.cash;
    this.#lastFillAt = lastFillAt;
    this.orders = new Orders(recentTradeIds);
    this.halts = new Halts(halts, (record) => this.#record(record));
    this.#paper = new PaperVenue(options.paper, (ticker) => {
      const state = market(ticker);
      return state === undefined ? undefined : { market: state.market, book: state.book };
    });
    for (const record of openOrders) {
      const order = this.orders.resume(record);
      if (options.execution === "live") continue;
      this.orders.cancelled(order, options.startedAt, "Paper orders do not outlive their run");
      this.#recordOrder(order);
    }
  }

  /** Whether the account is known, without which nothing is sent. */
  get ready(): boolean {
    return this.#accountKnown;
  }

  get dayStartNav(): Money {
    return this.#dayStartNav;
  }

  get nav(): Money {
    return money(this.ledger.cash + this.ledger.marketValue((ticker) => this.#market(ticker)?.mark ?? null));
  }

  /** Moves the desk's time on; on paper, everything that fell due until now happens first. */
  advance(at: Micros): void {
    this.#at = at;
    if (this.#options.execution === "paper") this.#answers(this.#paper.advance(at));
  }

  // --- what risk sees -----------------------------------------------------------------------------------------------

  stakes(market: Market): Stakes {
    let open = 0;
    let inMarket = 0;
    let inCategory = 0;
    const category = categoryOf(market.series);
    const add = (ticker: string, series: string, amount: number) => {
      open += amount;
      if (ticker === market.ticker) inMarket += amount;
      if (categoryOf(series) === category) inCategory += amount;
    };
    let bound = 0;
    for (const order of this.orders.open()) {
      const cost = this.#orderRisk(order);
      bound += cost;
      add(order.intent.ticker, this.#market(order.intent.ticker)?.market.series ?? "", cost);
    }
    for (const order of this.orders.short()) {
      const { ticker, side, price } = order.intent;
      const cost = (order.reported - order.filled) * openingCost(side, price);
      bound += cost;
      add(ticker, this.#market(ticker)?.market.series ?? "", cost);
    }
    for (const position of this.ledger.positions()) {
      add(position.ticker, this.#market(position.ticker)?.market.series ?? "", position.cost);
    }
    return {
      nav: this.nav,
      cash: money(this.ledger.cash - bound),
      market: money(inMarket),
      total: money(open),
      category: money(inCategory),
    };
  }

  /** What an open order could still cost: its whole remainder at its limit, with the worst fee. */
  #orderRisk(order: OrderState): number {
    const left = remaining(order);
    if (left === 0) return 0;
    const { side, price, ticker } = order.intent;
    const fees = this.#market(ticker)?.market.fees;
    const fee = fees === undefined ? 0 : worstCaseFee(fees, price, left, "taker", left / 100 + 1);
    return left * openingCost(side, price) + fee;
  }

  // --- orders out ---------------------------------------------------------------------------------------------------

  /** Checks and sends one order. The refusal where it may not go. */
  place(state: MarketState, target: Target, strategy: string, stakes: Stakes): Refusal | null {
    const { market } = state;
    const fee = worstCaseFee(market.fees, target.price, target.count, "taker", Math.ceil(target.count / 100) + 1);
    const refusal = this.halts.any ? { code: "halted", text: this.halts.list()[0].reason } : checkOrder(
      {
        ticker: market.ticker,
        side: target.side,
        price: target.price,
        count: target.count,
        opening: this.#opening(market.ticker, target),
        worstFee: fee,
        fairProbability: target.evidence.modelProbability ?? NaN,
        kelly: target.kelly,
        isTaker: !target.postOnly,
        depth: target.depth,
      },
      stakes,
      this.#options.risk,
    );
    if (refusal !== null) {
      this.refuse(market.ticker, refusal);
      return refusal;
    }
    this.#send(market, target, strategy);
    return null;
  }

  #opening(ticker: string, target: Target): Count {
    const held = this.ledger.position(ticker)?.position ?? 0;
    const closes = target.side === "bid" ? Math.max(0, -held) : Math.max(0, held);
    return count(Math.max(0, target.count - closes));
  }

  #send(market: Market, target: Target, strategy: string): void {
    const { execution, instance } = this.#options;
    const intent: OrderIntent = {
      clientOrderId: `${instance}-${this.#nextIntent++}`,
      ticker: market.ticker,
      side: target.side,
      price: target.price,
      count: target.count,
      timeInForce: target.timeInForce,
      postOnly: target.postOnly,
      reduceOnly: false,
      expiresAt: null,
      shard: market.shard,
      strategy,
      signal: target.signal,
    };
    const order = this.orders.send(intent, target.evidence, this.#at);
    this.totals.orders++;
    this.#changed = true;
    this.#recordOrder(order);
    this.#out({ type: "place", execution, intent });
    if (execution === "paper") this.#paper.place(intent, this.#at);
    this.#log("info", `${describe(intent)}: sent (${strategy}, ${target.signal})`);
  }

  cancel(order: OrderState, reason: string): void {
    if (order.phase !== "resting" || order.orderId === null || order.cancelAskedAt !== null) return;
    order.cancelAskedAt = this.#at;
    order.reason = reason;
    const { clientOrderId, ticker, shard } = order.intent;
    const { execution } = this.#options;
    this.#out({ type: "cancel", execution, clientOrderId, orderId: order.orderId, ticker, shard, reason });
    if (execution === "paper") this.#paper.cancel(clientOrderId, this.#at);
  }

  cancelAll(reason: string): void {
    this.#out({ type: "cancel_all", execution: this.#options.execution, reason });
    for (const order of this.orders.open()) {
      if (this.#options.execution === "paper") this.#paper.cancel(order.intent.clientOrderId, this.#at);
    }
  }

  /** Counts a refusal, and writes it down when it is another one than the market's last. */
  refuse(ticker: string, refusal: Refusal): void {
    this.refusals.set(refusal.code, (this.refusals.get(refusal.code) ?? 0) + 1);
    if (this.#lastRefusal.get(ticker) === refusal.code) return;
    this.#lastRefusal.set(ticker, refusal.code);
    this.audit("refused", ticker, `${refusal.code}: ${refusal.text}`);
  }

  // --- answers in ---------------------------------------------------------------------------------------------------

  #answers(answers: readonly VenueAnswer[]): void {
    for (const answer of answers) this.answer(answer);
  }

  answer(input: VenueAnswer): void {
    if (input.type === "fill") return this.#fill(input);
    if (input.type === "order_update") {
      return this.#update(input.order.clientOrderId, (order) => this.orders.listed(order, input.order, input.at));
    }
    this.#update(input.clientOrderId, (order) => this.#apply(order, input));
  }

  #apply(order: OrderState, input: Exclude<VenueAnswer, { type: "fill" | "order_update" }>): void {
    const { at } = input;
    switch (input.type) {
      case "order_accepted":
        return this.orders.accepted(order, input.orderId, input.fillCount, input.remainingCount, at);
      case "order_rejected":
        this.#log("warn", `${describe(order.intent)}: rejected, ${input.code}: ${input.reason}`);
        return this.orders.rejected(order, `${input.code}: ${input.reason}`, at);
      case "order_unknown":
        this.#log("warn", `${describe(order.intent)}: no answer (${input.reason}); asking the exchange`);
        return this.orders.unknown(order, input.reason, at);
      case "order_cancelled":
        return this.orders.cancelled(order, at, order.reason);
      case "cancel_failed":
        order.cancelAskedAt = null;
        if (input.gone) this.orders.unknown(order, `Cancel: ${input.reason}`, at);
        return;
      case "order_absent":
        return this.orders.absent(order, at);
    }
  }

  #update(clientOrderId: string, change: (order: OrderState) => void): void {
    const order = this.orders.get(clientOrderId);
    if (order === undefined) {
      if (clientOrderId.startsWith(`${this.#options.instance}-`)) {
        this.audit("unknown_order", null, `The exchange speaks of our order ${clientOrderId}, which is not remembered`);
      }
      return;
    }
    const before = order.phase;
    const updated = order.updatedAt;
    change(order);
    if (order.phase !== before || order.updatedAt !== updated) this.#recordOrder(order);
  }

  #fill(input: FillInput): void {
    const { fill } = input;
    if (!this.orders.isNewExecution(fill)) return;
    const order = this.orders.ownerOf(fill);
    const realised = this.ledger.apply({ ...fill, strategy: order?.intent.strategy ?? "unknown", at: input.at });
    this.totals.fills++;
    this.#lastFillAt = this.#lastFillAt === null || fill.executedAt > this.#lastFillAt
      ? fill.executedAt
      : this.#lastFillAt;
    if (order !== undefined) {
      this.orders.filled(order, fill.count, input.at);
      this.#recordOrder(order);
    } else {
      this.audit("foreign_fill", fill.ticker, `Execution ${fill.tradeId} belongs to no order of this state`);
    }
    this.#record(tradeRecord(fill, order, input.at, realised));
    this.#changed = true;
    this.#changedPositions.add(fill.ticker);
    this.#log(
      "info",
      `${fill.ticker} ${fill.side === "bid" ? "bought YES" : "sold YES"} ${formatCount(fill.count)} at ${
        formatPrice(fill.price)
      }, fee ${formatMoney(fill.fee)}`,
    );
  }

  // --- market events ------------------------------------------------------------------------------------------------

  readonly paper = {
    delta: (input: Extract<Input, { type: "book_delta" }>) => this.#answers(this.#paper.onDelta(input)),
    trade: (input: Extract<Input, { type: "trade" }>) => this.#answers(this.#paper.onTrade(input)),
    snapshot: (ticker: string) => this.#answers(this.#paper.onSnapshot(ticker, this.#at)),
  };

  /** The market closed: on paper the exchange's cancels happen here, live they are heard of. */
  closed(ticker: string): void {
    if (this.#options.execution === "paper") this.#answers(this.#paper.onClose(ticker, this.#at));
  }

  /** Pays a settled market out. */
  settle(ticker: string, result: MarketResult, yesValue: Money): void {
    for (const order of this.orders.openIn(ticker)) this.orders.unknown(order, "Its market settled", this.#at);
    const settled = this.ledger.settle(ticker, result, yesValue);
    this.#lastRefusal.delete(ticker);
    if (settled === null) return;
    this.#record({ kind: "settlement", ticker, result, at: this.#at, ...settled });
    this.#record({ ...positionRecord(CLOSED(ticker, this.#at)), realised: settled.pnl });
    this.#changedPositions.delete(ticker);
    this.#changed = true;
    this.#log(
      "info",
      `${ticker} settled ${result}: ${formatCount(settled.position)} contracts, P&L ${formatMoney(settled.pnl)}`,
    );
  }

  /** The exchange's own account, read whole. */
  account(input: AccountInput): void {
    if (this.#options.execution === "paper") return;
    if (!this.#accountKnown) {
      this.ledger = new Ledger(input.balance);
      for (const { ticker, position } of input.positions) this.ledger.overrule(ticker, position, input.at);
      this.#accountKnown = true;
      this.#dayStartNav = this.nav;
      this.#peakNav = this.nav;
      this.#changed = true;
      this.audit(
        "account",
        null,
        `The account holds ${formatMoney(input.balance)} and ${input.positions.length} positions`,
      );
      return;
    }
    const quiet = this.orders.openCount === 0;
    for (
      const finding of this.#accountCheck.compare(
        input,
        this.ledger,
        quiet,
        (ticker) => this.#market(ticker) !== undefined,
      )
    ) {
      if (finding.kind === "cash") this.ledger.transfer(finding.amount);
      else {
        this.ledger.overrule(finding.ticker, finding.position, input.at);
        this.#changedPositions.add(finding.ticker);
      }
      this.#changed = true;
      this.audit("reconciled", finding.kind === "cash" ? null : finding.ticker, finding.text);
      this.#log("warn", finding.text);
    }
  }

  // --- once a second ------------------------------------------------------------------------------------------------

  /** Orders to ask for, fills that are missing, the day's loss. */
  housekeep(): void {
    const at = this.#at;
    if (this.#options.execution === "live") this.#chase(at);
    const day = dayOf(at);
    const nav = this.nav;
    if (day !== this.#day) {
      this.#day = day;
      this.#dayStartNav = nav;
      this.#changed = true;
    }
    if (nav > this.#peakNav) this.#peakNav = nav;
    if (!this.#accountKnown) return;
    const loss = dailyLossReason(nav, this.#dayStartNav, this.#options.risk);
    if (loss !== null && this.halts.raise("daily_loss", loss, true, at)) this.halted(loss);
  }

  /** A halt began: everything that rests is cancelled. */
  halted(reason: string): void {
    this.audit("halted", null, reason);
    this.#log("error", `Halted: ${reason}`);
    this.cancelAll(reason);
  }

  #chase(at: Micros): void {
    for (const order of this.orders.open()) {
      const closeTime = this.#market(order.intent.ticker)?.market.closeTime;
      const late = closeTime !== undefined && at - closeTime > CLOSE_PATIENCE;
      if (late && order.phase === "resting") this.orders.unknown(order, "Its market closed", at);
    }
    for (const order of this.orders.toAskFor(at)) {
      const { clientOrderId, ticker } = order.intent;
      this.#out({ type: "find_order", clientOrderId, orderId: order.orderId, ticker });
    }
    const missing = [...this.orders.short()].some((order) => at - order.updatedAt > FILL_PATIENCE);
    if (!missing || at - this.#fillsAskedAt < FILL_PATIENCE) return;
    this.#fillsAskedAt = at;
    this.#out({ type: "fetch_fills", since: this.fillsSince });
  }

  /** From where executions must be read so that none is missed. */
  get fillsSince(): Micros {
    return micros(Math.max(0, (this.#lastFillAt ?? this.#options.startedAt) - FILL_OVERLAP));
  }

  // --- records ------------------------------------------------------------------------------------------------------

  /** Writes down what changed in this step: positions and the totals. */
  flush(): void {
    if (!this.#changed) return;
    this.#changed = false;
    for (const ticker of this.#changedPositions) {
      const position = this.ledger.position(ticker);
      if (position !== undefined) this.#record(positionRecord(position));
    }
    this.#changedPositions.clear();
    this.#record({
      kind: "account",
      startingCapital: this.ledger.startingCapital,
      cash: this.ledger.cash,
      realised: this.ledger.realised,
      fees: this.ledger.fees,
      orders: this.totals.orders,
      fills: this.totals.fills,
      settled: this.ledger.settled,
      wins: this.ledger.wins,
      losses: this.ledger.losses,
      nextIntent: this.#nextIntent,
      day: this.#day,
      dayStartNav: this.#dayStartNav,
      peakNav: this.#peakNav,
      updatedAt: this.#at,
    });
  }

  snapshot(): void {
    this.#record({
      kind: "portfolio",
      at: this.#at,
      cash: this.ledger.cash,
      nav: this.nav,
      exposure: this.ledger.exposure(),
    });
  }

  audit(event: string, ticker: string | null, text: string): void {
    const record: AuditRecord = { kind: "audit", at: this.#at, number: ++this.#audits, event, ticker, text };
    this.#record(record);
  }

  #recordOrder(order: OrderState): void {
    this.#record(orderRecord(order));
  }

  #record(record: StateRecord): void {
    this.#out({ type: "record", record });
  }

  #log(level: "debug" | "info" | "warn" | "error", text: string): void {
    this.#out({ type: "log", level, text });
  }
}

const CLOSED = (ticker: string, at: Micros): Position => ({
  ticker,
  position: count(0),
  cost: money(0),
  realised: money(0),
  fees: money(0),
  strategy: "",
  updatedAt: at,
});

/** Events that move together: everything that settles on a crypto index is one category. */
const categoryOf = (series: string): string => settlementIndexOf(series) === null ? series : "crypto";

const describe = ({ ticker, side, count: size, price }: OrderIntent): string =>
  `${ticker} ${side} ${formatCount(size)} at ${formatPrice(price as Price)}`;
