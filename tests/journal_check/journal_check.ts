/**
 * Checks a run's journal against the promises of risk, without a line of the code that made it: it counts orders,
 * executions and money afresh from what the exchange said, and tells every order that should not have left.
 *
 * | rule | an order may not |
 * | --- | --- |
 * | id | bear an id that another one bore |
 * | halted | leave while a halt of the whole, of its strategy or of its market's index stands |
 * | reducing | close more than its strategy holds, while such a halt lets out only what closes |
 * | market | leave for a market that is not known, not open, or past its close |
 * | grid | have a price that is not on its market's grid, or no size |
 * | book | leave while its market's book is not in sync |
 * | reduce_only | open anything where it says that it does not |
 * | order, market, exposure | put more at stake than the caps in dollars |
 * | category, correlated, group | put more of NAV at stake in markets that move together than allowed |
 * | position_limit | put more at stake in a market than the exchange allows one member there |
 * | budget | put more at stake than its strategy's budget |
 * | cash | cost more than the cash that no other order needs |
 *
 * What is at stake is what could be lost at worst: the cost of what is held, and of what could still fill, without fees. So
 * it is never more than what the engine reckons with. Of an event with one winner at most every outcome is looked at, and the
 * worst one counts; what wins is not set against what loses.
 *
 * Run alone: `deno run --allow-read tests/journal_check/main.ts JOURNAL_DIRECTORY`.
 * @module
 */

import { CheckedBooks } from "./books.ts";
import { CheckedLedger, shareOf, unitCost } from "./ledger.ts";

export interface StrategyCount {
  orders: number;
  fills: number;
  /** The most that it had at stake right after one of its orders left, micro-dollars. */
  mostInUse: number;
}

export interface Findings {
  readonly orders: number;
  readonly fills: number;
  readonly strategies: ReadonlyMap<string, StrategyCount>;
  /** In words, the first {@link VIOLATIONS_MAX} of them. */
  readonly violations: readonly string[];
}

export const VIOLATIONS_MAX = 100;
/** NAV is counted with marks of our own: they may lie half a price apart from the engine's. */
const NAV_TOLERANCE = 1.005;

interface Order {
  readonly id: string;
  readonly ticker: string;
  readonly side: "bid" | "ask";
  readonly strategy: string;
  price: number;
  count: number;
  /** A change that was asked for and not answered: the order may be as before or so. */
  pending: { readonly price: number; readonly count: number } | null;
  filled: number;
  /** By the exchange's own count. */
  reported: number;
  over: boolean;
  absences: number;
}

// deno-lint-ignore no-explicit-any -- the journal is read as it is, without the types of those who wrote it
type Json = any;

export class JournalCheck {
  readonly #ledger = new CheckedLedger();
  readonly #books = new CheckedBooks();
  readonly #markets = new Map<string, Json>();
  readonly #orders = new Map<string, Order>();
  readonly #byOrderId = new Map<string, string>();
  readonly #open = new Set<Order>();
  readonly #trades = new Set<string>();
  readonly #halts = new Map<string, Json>();
  readonly #paid = new Set<string>();
  /** What markets were determined as, by ticker. */
  readonly #determined = new Map<string, Json>();
  readonly #budgets = new Map<string, number>();
  readonly #strategies = new Map<string, StrategyCount>();
  readonly #violations: string[] = [];
  #limits: Json = null;
  #known = false;
  #now = 0;
  #fills = 0;

  /** One line of the journal, in order. */
  line(text: string): void {
    const record: Json = JSON.parse(text);
    if (record.config !== undefined) this.#limits = record.config.risk;
    else if (record.i !== undefined) this.#input(record.i);
    else if (record.a !== undefined) this.#action(record.a);
  }

  findings(): Findings {
    return {
      orders: this.#orders.size,
      fills: this.#fills,
      strategies: this.#strategies,
      violations: this.#violations,
    };
  }

  #input(input: Json): void {
    this.#now = Math.max(this.#now, input.at);
    switch (input.type) {
      case "market":
        this.#markets.set(input.market.ticker, input.market);
        if (input.market.status === "finalized") this.#settle(input.market);
        return;
      case "lifecycle":
        if (input.event === "determined") this.#determined.set(input.ticker, input);
        // What was determined before is not said again.
        if (input.event === "settled") {
          this.#settle(input.result === "" ? this.#determined.get(input.ticker) ?? input : input);
        }
        return;
      case "book_snapshot":
        return this.#books.snapshot(input.ticker, input.yes, input.no);
      case "book_delta":
        return this.#books.delta(input.ticker, input.side, input.price, input.delta);
      case "book_stale":
        for (const ticker of input.tickers) this.#books.stale(ticker);
        return;
      case "account":
        if (!this.#known) this.#ledger.cash = input.balance;
        this.#known = true;
        return;
      case "fill":
        return this.#fill(input.fill);
      default:
        return this.#answer(input);
    }
  }

  #answer(input: Json): void {
    const order = this.#orders.get(input.clientOrderId ?? input.order?.clientOrderId);
    if (order === undefined) return;
    switch (input.type) {
      case "order_accepted":
        this.#byOrderId.set(input.orderId, order.id);
        return this.#reported(order, input.fillCount, input.remainingCount === 0);
      case "order_rejected":
        return this.#reported(order, order.reported, true);
      case "order_cancelled":
        // Of what it was reduced from is not known while a change is under way.
        return this.#reported(order, order.pending === null ? order.count - input.reducedBy : order.reported, true);
      case "order_changed":
        order.price = input.terms?.price ?? order.price;
        order.count = Math.max(order.reported, input.fillCount ?? 0) + input.remainingCount;
        order.pending = null;
        return this.#reported(order, input.fillCount ?? order.reported, input.remainingCount === 0);
      case "change_failed":
        order.pending = null;
        return;
      case "order_update":
        this.#byOrderId.set(input.order.orderId, order.id);
        order.price = input.order.price;
        order.count = input.order.fillCount + input.order.remainingCount || order.count;
        order.pending = null;
        return this.#reported(order, input.order.fillCount, input.order.status !== "resting");
      case "order_absent":
        order.absences++;
        return this.#reported(order, order.reported, order.absences >= 3);
    }
  }

  #reported(order: Order, filled: number, over: boolean): void {
    order.reported = Math.max(order.reported, filled);
    order.over ||= over;
    if (order.over && order.filled >= order.reported) this.#open.delete(order);
  }

  #fill(fill: Json): void {
    if (this.#trades.has(fill.tradeId)) return;
    this.#trades.add(fill.tradeId);
    this.#fills++;
    const order = this.#orders.get(fill.clientOrderId ?? this.#byOrderId.get(fill.orderId) ?? "");
    const strategy = order?.strategy ?? "unknown";
    this.#ledger.execute(fill.ticker, fill.side, fill.price, fill.count, fill.fee, strategy);
    if (order === undefined) return;
    order.filled += fill.count;
    this.#count(strategy).fills++;
    this.#reported(order, order.filled, order.filled >= order.count);
  }

  #settle({ ticker, result, settlementValue }: Json): void {
    if (this.#paid.has(ticker)) return;
    const value = settlementValue ?? (result === "yes" ? 1_000_000 : result === "no" ? 0 : null);
    if (value === null) return;
    this.#paid.add(ticker);
    for (const order of this.#open) if (order.ticker === ticker) this.#open.delete(order);
    this.#ledger.settle(ticker, value);
  }

  #action(action: Json): void {
    if (action.type === "record" && action.record.kind === "halt") {
      if (action.record.active) this.#halts.set(action.record.name, action.record);
      else this.#halts.delete(action.record.name);
    } else if (action.type === "record" && action.record.kind === "budget") {
      this.#budgets.set(action.record.strategy, action.record.budget);
    } else if (action.type === "place") this.#place(action.intent);
    else if (action.type === "amend") this.#amend(action);
  }

  #place(intent: Json): void {
    const { clientOrderId: id, ticker, side, price, count, strategy } = intent;
    const blame = (rule: string, text: string): void => this.#blame(`${rule}: order ${id} of ${strategy}: ${text}`);
    if (this.#orders.has(id)) blame("id", "its id was used before");
    const opens = this.#opens(ticker, side, count);
    if (intent.reduceOnly && opens > 0) blame("reduce_only", `it opens ${opens / 100} contracts`);
    const order: Order = {
      id,
      ticker,
      side,
      strategy,
      price,
      count,
      pending: null,
      filled: 0,
      reported: 0,
      over: false,
      absences: 0,
    };
    this.#orders.set(id, order);
    this.#count(strategy).orders++;
    this.#checkPlace(intent, blame);
    const before = this.#stake();
    this.#open.add(order);
    this.#checkCaps(order, opens * unitCost(side, price), before, blame);
  }

  /** A change counts as the larger of what the order was and what it is to be, until the exchange has said. */
  #amend({ clientOrderId, terms }: Json): void {
    const order = this.#orders.get(clientOrderId);
    if (order === undefined) return this.#blame(`id: order ${clientOrderId} is changed, and never left`);
    const before = this.#stake();
    const worse = unitCost(order.side, terms.price) > unitCost(order.side, order.price);
    const grows = Math.max(0, terms.count - order.count);
    order.pending = { price: terms.price, count: terms.count };
    const risk = grows * unitCost(order.side, terms.price);
    if (!worse && grows === 0) return;
    this.#checkCaps(
      order,
      risk,
      before,
      (rule, text) => this.#blame(`${rule}: change of order ${clientOrderId}: ${text}`),
    );
  }

  #checkPlace({ ticker, side, price, count, strategy }: Json, blame: (rule: string, text: string) => void): void {
    const market = this.#markets.get(ticker);
    for (const halt of this.#halts.values()) {
      if (!isOver(halt, strategy, ticker)) continue;
      const part = this.#ledger.held.get(ticker)?.parts.get(strategy) ?? 0;
      if (halt.level !== "reducing") blame("halted", `${halt.name} stood`);
      else if (count > (side === "bid" ? -part : part)) {
        blame("reducing", `${halt.name} stood, and it closes no more than ${part / 100} contracts`);
      }
    }
    if (!(count > 0)) blame("grid", `its size is ${count}`);
    if (market === undefined) return blame("market", `nobody had named ${ticker}`);
    if (market.status !== "active") blame("market", `${ticker} was ${market.status}`);
    if (this.#now >= market.closeTime) blame("market", `${ticker} had closed`);
    const onGrid = market.priceRanges.some(({ start, end, step }: Json) =>
      price >= start && price <= end && (price - start) % step === 0
    );
    if (!onGrid || price <= 0 || price >= 10_000) blame("grid", `${price} is no price of ${ticker}`);
    if (!this.#books.isSynced(ticker)) blame("book", `the book of ${ticker} was not in sync`);
  }

  #checkCaps(order: Order, risk: number, before: Stakes, blame: (rule: string, text: string) => void): void {
    const now = this.#stake();
    const mine = now.strategies.get(order.strategy) ?? 0;
    const row = this.#count(order.strategy);
    row.mostInUse = Math.max(row.mostInUse, mine);
    if (risk <= 0) return;
    const nav = this.#ledger.nav((ticker) => this.#books.mark(ticker)) * NAV_TOLERANCE;
    const limits = this.#limits;
    const check = (rule: string, used: number, limit: number): void => {
      if (used > limit + 1) blame(rule, `${used / 1e6} dollars are at stake, allowed ${limit / 1e6}`);
    };
    check("order", risk, Math.min(limits.order, 500_000_000));
    check("market", now.markets.get(order.ticker) ?? 0, limits.market);
    const { positionLimit } = this.#markets.get(order.ticker) ?? {};
    if (positionLimit !== undefined) check("position_limit", now.markets.get(order.ticker) ?? 0, positionLimit);
    check("exposure", now.total, limits.openExposure);
    check("category", now.categories.get(categoryOf(order.ticker)) ?? 0, nav * limits.categoryPercent / 100);
    check(
      "correlated",
      now.correlated.get(this.#correlationOf(order.ticker)) ?? 0,
      nav * limits.correlatedPercent / 100,
    );
    for (const [key, percent] of this.#groupsOf(order.ticker)) {
      check("group", now.groups.get(key) ?? 0, nav * percent / 100);
    }
    const budget = this.#budgets.get(order.strategy);
    if (budget !== undefined) check("budget", mine, budget);
    check("cash", risk, this.#ledger.cash - before.orders);
  }

  /** What could be lost at worst, as things stand. */
  #stake(): Stakes {
    const stakes: Stakes = {
      total: 0,
      orders: 0,
      markets: new Map(),
      categories: new Map(),
      correlated: new Map(),
      groups: new Map(),
      strategies: new Map(),
    };
    const tickers = new Set([...this.#ledger.held.keys(), ...[...this.#open].map(({ ticker }) => ticker)]);
    for (const ticker of tickers) add(stakes.markets, ticker, this.#worst(ticker));
    for (const together of this.#together(tickers)) {
      const [ticker] = together;
      const worst = together.length === 1
        ? stakes.markets.get(ticker) ?? 0
        : worstOutcome(together.map((each) => this.#losses(each)));
      stakes.total += worst;
      add(stakes.categories, categoryOf(ticker), worst);
      add(stakes.correlated, this.#correlationOf(ticker), worst);
      for (const [key] of this.#groupsOf(ticker)) add(stakes.groups, key, worst);
    }
    const shares = new Map<string, Map<string, Losses>>();
    for (const [ticker, held] of this.#ledger.held) {
      const loses = held.position > 0 ? "no" : "yes";
      for (const strategy of held.parts.keys()) addShare(shares, strategy, ticker, loses, shareOf(held, strategy));
    }
    const left = new Map<string, number>();
    for (const order of this.#open) {
      const opens = Math.max(0, leftOf(order) - (left.get(`${order.ticker} ${order.side}`) ?? this.#closable(order)));
      left.set(
        `${order.ticker} ${order.side}`,
        Math.max(0, (left.get(`${order.ticker} ${order.side}`) ?? this.#closable(order)) - leftOf(order)),
      );
      const cost = opens * costOf(order);
      stakes.orders += cost;
      const { ticker, strategy, side } = order;
      addShare(shares, strategy, ticker, side === "bid" ? "no" : "yes", cost);
    }
    for (const [strategy, own] of shares) {
      for (const together of this.#together(own.keys())) {
        const losses = together.map((ticker) => own.get(ticker) ?? { yes: 0, no: 0 });
        // By itself a market may cost whatever is at stake on both of its sides.
        add(stakes.strategies, strategy, losses.length === 1 ? losses[0].yes + losses[0].no : worstOutcome(losses));
      }
    }
    return stakes;
  }

  /** Markets of which one at most can pay YES in one list, every other market in a list of its own. */
  #together(tickers: Iterable<string>): readonly (readonly string[])[] {
    const lists = new Map<string, string[]>();
    for (const ticker of tickers) {
      const market = this.#markets.get(ticker);
      const key = market?.exclusive === true ? `${market.event} until ${market.closeTime}` : ticker;
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [ticker]);
      else list.push(ticker);
    }
    return [...lists.values()];
  }

  /** What one market loses at worst in either outcome. */
  #losses(ticker: string): Losses {
    return { yes: this.#lostTo(ticker, "ask"), no: this.#lostTo(ticker, "bid") };
  }

  /** By what is bought, or could be, on one side: all of it is lost where the market ends on the other. */
  #lostTo(ticker: string, side: "bid" | "ask"): number {
    const { position = 0, cost = 0 } = this.#ledger.held.get(ticker) ?? {};
    let lost = (side === "bid" ? position > 0 : position < 0) ? cost : 0;
    let closable = this.#closable({ ticker, side });
    const orders = [...this.#open].filter((order) => order.ticker === ticker && order.side === side);
    for (const order of orders.sort((a, b) => costOf(a) - costOf(b))) {
      const closes = Math.min(closable, leftOf(order));
      closable -= closes;
      lost += (leftOf(order) - closes) * costOf(order);
    }
    return lost;
  }

  #correlationOf(ticker: string): string {
    const name = CRYPTO.exec(ticker)?.[1] ?? ticker.split("-")[0];
    const close = this.#limits.correlation?.by === "close" ? this.#markets.get(ticker)?.closeTime : undefined;
    return close === undefined ? name : `${name} ${close}`;
  }

  /** The groups that a market is in, by name and day, with the per cent that each may have at stake. */
  #groupsOf(ticker: string): readonly (readonly [key: string, percent: number])[] {
    const [series, day = ""] = ticker.split("-");
    const found: [string, number][] = [];
    for (const { name, series: patterns, percent, sameDay } of this.#limits.correlation?.groups ?? []) {
      const isIn = patterns.some((pattern: string) => new RegExp(`^${pattern.replace("*", ".*")}$`).test(series));
      if (isIn) found.push([sameDay ? `${name} ${day.slice(0, 7)}` : name, percent]);
    }
    return found;
  }

  /** Of one market: if all its bids fill, if all its asks do, or if nothing does. */
  #worst(ticker: string): number {
    const { position = 0, cost = 0 } = this.#ledger.held.get(ticker) ?? {};
    let worst = cost;
    for (const side of ["bid", "ask"] as const) {
      const orders = [...this.#open].filter((order) => order.ticker === ticker && order.side === side);
      // The dearest open something, the cheapest close.
      orders.sort((a, b) => costOf(a) - costOf(b));
      let closable = Math.max(0, side === "bid" ? -position : position);
      const closableBefore = closable;
      let paid = 0;
      for (const order of orders) {
        const closes = Math.min(closable, leftOf(order));
        closable -= closes;
        paid += (leftOf(order) - closes) * costOf(order);
      }
      const kept = closableBefore === 0 ? cost : cost * closable / closableBefore;
      worst = Math.max(worst, kept + paid);
    }
    return worst;
  }

  #closable({ ticker, side }: Pick<Order, "ticker" | "side">): number {
    const position = this.#ledger.held.get(ticker)?.position ?? 0;
    return Math.max(0, side === "bid" ? -position : position);
  }

  /** Contracts of a new order that nothing held and no other open order closes. */
  #opens(ticker: string, side: "bid" | "ask", count: number): number {
    let closable = this.#closable({ ticker, side });
    for (const order of this.#open) if (order.ticker === ticker && order.side === side) closable -= leftOf(order);
    return count - Math.min(count, Math.max(0, closable));
  }

  #count(strategy: string): StrategyCount {
    let row = this.#strategies.get(strategy);
    if (row === undefined) this.#strategies.set(strategy, row = { orders: 0, fills: 0, mostInUse: 0 });
    return row;
  }

  #blame(text: string): void {
    if (this.#violations.length < VIOLATIONS_MAX) {
      this.#violations.push(`${new Date(this.#now / 1_000).toISOString()} ${text}`);
    }
  }
}

interface Stakes {
  total: number;
  /** What open orders may cost. */
  orders: number;
  readonly markets: Map<string, number>;
  readonly categories: Map<string, number>;
  readonly correlated: Map<string, number>;
  readonly groups: Map<string, number>;
  readonly strategies: Map<string, number>;
}

/** What is lost where a market pays YES, and where it pays NO. */
interface Losses {
  yes: number;
  no: number;
}

/** What a strategy has at stake in a market, by the outcome that takes it. */
function addShare(
  shares: Map<string, Map<string, Losses>>,
  strategy: string,
  ticker: string,
  loses: "yes" | "no",
  cost: number,
): void {
  let own = shares.get(strategy);
  if (own === undefined) shares.set(strategy, own = new Map());
  let losses = own.get(ticker);
  if (losses === undefined) own.set(ticker, losses = { yes: 0, no: 0 });
  losses[loses] += cost;
}

/** Of markets of which one at most pays YES: each of them does in turn, and none. */
function worstOutcome(markets: readonly Losses[]): number {
  let worst = 0;
  for (let winner = -1; winner < markets.length; winner++) {
    let lost = 0;
    markets.forEach(({ yes, no }, k) => lost += k === winner ? yes : no);
    worst = Math.max(worst, lost);
  }
  return worst;
}

/** What may still fill, whichever of its terms count. */
const leftOf = ({ over, reported, count, pending, filled }: Order): number =>
  Math.max(0, (over ? reported : Math.max(count, pending?.count ?? 0)) - filled);

/** What a contract of it costs, whichever of its terms count. */
const costOf = ({ side, price, pending }: Order): number =>
  Math.max(unitCost(side, price), pending === null ? 0 : unitCost(side, pending.price));

/** Whether a halt keeps back what a strategy would send in a market. One of an index: that of the market's coin. */
function isOver({ name, strategy, index }: Json, of: string, ticker: string): boolean {
  const fused = /^order_group (.*)$/.exec(name)?.[1] ?? strategy;
  if (fused !== undefined) return fused === of;
  const coin = CRYPTO.exec(ticker)?.[1];
  return index === undefined || (coin !== undefined && index.startsWith(coin === "BTC" ? "BRTI" : coin));
}

const CRYPTO = /^KX(BTC|ETH|SOL|XRP|DOGE|BNB|HYPE|NEAR|ZEC)(15M|D)?-/;
const categoryOf = (ticker: string): string => CRYPTO.test(ticker) ? "crypto" : ticker.split("-")[0];

const add = (sums: Map<string, number>, key: string, amount: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + amount);
};
