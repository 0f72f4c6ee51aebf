/**
 * What must hold at every step of a simulation, judged by the journal on the disk, by what leaves the process, and by the
 * exchange's own books.
 *
 * | rule | says |
 * | --- | --- |
 * | journal | nothing that may trade leaves before its intent stands in the journal on the disk |
 * | once | no two creates of one client order id arrive at the exchange, and it never has more at rest than reckoned with |
 * | halted | HALTED sends only cancels: nothing is decided while a halt of it stands, and soon nothing leaves |
 * | reducing | REDUCING opens nothing: what is decided is no more than what the strategy itself holds |
 * | strategy | the same of one strategy, by its own halts and by its phase |
 * | forgotten | a run begins with every halt that a person has to lift, and every strategy as it was |
 * | book | what is priced is priced on a book in sync, which the exchange's own book was like not long ago |
 * | caps | at the exchange no order, no market and no account risks more than its cap |
 * | money | at the exchange no money is made or lost |
 * | defect | the program never breaks, and rejects nothing that nobody waits for |
 *
 * @module
 */

import type { OrderIntent } from "../../src/core/order.ts";
import { seriesOf, settlementIndexOf } from "../../src/core/ticker.ts";
import { count, MICROS_PER_SECOND, ONE_DOLLAR_PRICE } from "../../src/core/units.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { remaining } from "../../src/execution/order_state.ts";
import type { Exchange } from "../../src/venues/exchange/exchange.ts";
import { hasOneWinner } from "../../src/venues/exchange/market_bodies.ts";
import type { MemberOrder } from "../../src/venues/exchange/order.ts";
import { RestingOrders } from "../drill/resting_orders.ts";
import { TrueBooks } from "../drill/true_books.ts";
import type { DiskListener } from "./disk.ts";
import type { HttpRequest } from "./server_end.ts";
import { isOver, StandingHalts } from "./standing.ts";

export type Rule =
  | "journal"
  | "once"
  | "halted"
  | "reducing"
  | "strategy"
  | "forgotten"
  | "book"
  | "caps"
  | "money"
  | "defect"
  | "rest"
  | "orders"
  | "fills"
  | "position"
  | "cash"
  | "profit"
  | "replay";

export interface Problem {
  readonly rule: Rule;
  /** Seconds since the simulation began. */
  readonly at: number;
  readonly text: string;
}

/** In micro-dollars. */
export interface Caps {
  readonly order: number;
  readonly market: number;
  readonly exposure: number;
}

export interface WatchParts {
  readonly exchange: Exchange;
  readonly caps: Caps;
  /** Microseconds since the simulation began. */
  readonly now: () => number;
  /** The engine that lives; `null` while there is none. */
  readonly engine: () => Engine | null;
}

/** A create may wait for so long among the requests after it was decided. */
const LEAVES_WITHIN = 3 * MICROS_PER_SECOND;
/** A book may be believed for so long after it has changed: the frame that tells may be lost, the next one tells it. */
const BOOK_AGE_MAX = 20;
/** Costs of partly closed positions are rounded. */
const CAP_TOLERANCE = 10_000;
/** Whoever writes more down without time passing talks to itself. */
const LINES_AT_ONCE_MAX = 20_000;
const PROBLEMS_MAX = 10;
const ORDERS_PATH = /^\/trade-api\/v2\/portfolio\/events\/orders(\/[^/?]+)?(\/amend|\/decrease)?(\?|$)/;

interface JournalFile {
  /** Of the line that is not whole yet. */
  rest: Uint8Array;
  /** Bytes of whole lines. */
  end: number;
  readonly decoder: TextDecoder;
}

/** The line of a decided order. */
interface Place {
  readonly path: string;
  readonly end: number;
  readonly ticker: string;
  readonly strategy: string;
}

/** A decision that may trade. */
type Decided = Pick<OrderIntent, "clientOrderId" | "ticker" | "strategy" | "side" | "count">;

const indexOf = (ticker: string): string | null => settlementIndexOf(seriesOf(ticker));

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const NEWLINE = 10;
const STANDING = /^\{"a":\{"type":"record","record":\{"kind":"(halt|strategy)"/;

export class Watch implements DiskListener {
  readonly problems: Problem[] = [];
  /** How often each rule was looked at. */
  readonly checks = new Map<Rule, number>();
  /** Decided orders by client order id: the journal file and the byte behind the line of each. */
  readonly #places = new Map<string, Place>();
  readonly #parts: WatchParts;
  readonly #books: TrueBooks;
  readonly #journals = new Map<string, JournalFile>();
  readonly #standing = new StandingHalts();
  readonly #created = new Set<string>();
  /** Journal lines that were written at the newest moment. */
  #linesNow = 0;
  #linesAt = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const { exchange } = parts;
    this.#books = new TrueBooks(exchange);
    new RestingOrders(
      exchange,
      (ticker, side) => {
        const engine = parts.engine();
        if (engine === null) return count(Number.MAX_SAFE_INTEGER);
        let sum = 0;
        for (const order of engine.desk.orders.openIn(ticker)) if (order.intent.side === side) sum += remaining(order);
        return count(sum);
      },
      (text) => this.problem("once", text),
    );
    exchange.listen((event) => {
      if (event.type === "order") this.#checkCaps(event.order);
    });
  }

  get books(): TrueBooks {
    return this.#books;
  }

  /** A rule was looked at. */
  checked(rule: Rule, times = 1): void {
    this.checks.set(rule, (this.checks.get(rule) ?? 0) + times);
  }

  problem(rule: Rule, text: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push({ rule, at: this.#parts.now() / MICROS_PER_SECOND, text });
  }

  /** Once in a while: what is not an event. */
  look(): void {
    this.checked("money");
    this.checked("defect");
    const { missing, contracts } = this.#parts.exchange.houseLedger();
    if (missing !== 0 || contracts !== 0) this.problem("money", `Missing ${missing}, ${contracts} contracts too many`);
  }

  /** A new process began: the halts that it starts with stand in its journal. */
  born(): void {
    this.#standing.born();
  }

  // What leaves.

  /** A request leaves the process. */
  leaves({ method, target, body }: HttpRequest): void {
    if (method !== "POST" || !ORDERS_PATH.test(target) || body === "") return;
    for (const asked of itemsOf(body)) {
      const id = asked.client_order_id;
      if (typeof id !== "string") continue;
      const place = this.#places.get(id);
      this.checked("journal");
      this.checked("halted");
      if (place === undefined) this.problem("journal", `Order ${id} leaves, and no journal on the disk holds it`);
      for (const standing of this.#standing.list()) {
        if (standing.level !== "halted" || this.#parts.now() - standing.since <= LEAVES_WITHIN) continue;
        if (place === undefined || isOver(standing, place.strategy, indexOf(place.ticker))) {
          this.problem("halted", `Order ${id} leaves under ${standing.name}`);
        }
      }
    }
  }

  /** A request has arrived at the exchange. */
  arrives({ method, target, body }: HttpRequest): void {
    const match = ORDERS_PATH.exec(target);
    if (method !== "POST" || match === null || match[2] !== undefined || body === "") return;
    for (const asked of itemsOf(body)) {
      const id = asked.client_order_id;
      if (typeof id !== "string") continue;
      this.checked("once");
      if (this.#created.has(id)) this.problem("once", `Order ${id} is asked for a second time`);
      this.#created.add(id);
    }
  }

  // What is written.

  appended(path: string, bytes: Uint8Array, offset: number): void {
    if (!path.endsWith(".ndjson")) return;
    const known = this.#journals.get(path) ?? { rest: new Uint8Array(0), end: 0, decoder: new TextDecoder() };
    this.#journals.set(path, known);
    if (offset !== known.end + known.rest.length) return;
    const last = bytes.lastIndexOf(NEWLINE);
    if (last < 0) {
      known.rest = joined(known.rest, bytes);
      return;
    }
    const whole = joined(known.rest, bytes.subarray(0, last + 1));
    known.rest = bytes.slice(last + 1);
    let at = known.end;
    known.end += whole.length;
    for (const line of decoder.decode(whole).split("\n")) {
      at += encoder.encode(line).length + 1;
      this.#line(path, line, Math.min(at, known.end));
    }
  }

  cut(path: string, size: number): void {
    this.#standing.cut(path, size);
    const known = this.#journals.get(path);
    if (known === undefined) return;
    if (size >= known.end) {
      known.rest = known.rest.slice(0, size - known.end);
      return;
    }
    for (const [id, place] of this.#places) if (place.path === path && place.end > size) this.#places.delete(id);
    known.end = size;
    known.rest = new Uint8Array(0);
  }

  removed(path: string): void {
    this.#journals.delete(path);
  }

  #line(path: string, line: string, end: number): void {
    const now = this.#parts.now();
    this.#linesNow = now === this.#linesAt ? this.#linesNow + 1 : 1;
    this.#linesAt = now;
    if (this.#linesNow === LINES_AT_ONCE_MAX) {
      this.problem("defect", `${LINES_AT_ONCE_MAX} journal lines at one moment`);
    }
    if (line.startsWith('{"a":{"type":"place"')) {
      const intent: OrderIntent = JSON.parse(line).a.intent;
      if (this.#places.has(intent.clientOrderId)) this.problem("once", `${intent.clientOrderId} is decided twice`);
      const { ticker, strategy, clientOrderId } = intent;
      this.#places.set(clientOrderId, { path, end, ticker, strategy });
      this.#decided(intent);
    } else if (line.startsWith('{"a":{"type":"amend"')) {
      const { clientOrderId, reason, terms } = JSON.parse(line).a;
      const order = this.#parts.engine()?.desk.orders.get(clientOrderId);
      if (reason === "Still wanted" || order === undefined) return;
      this.#decided({ ...order.intent, count: count(terms.count - Math.max(order.filled, order.reported)) });
    } else if (STANDING.test(line)) {
      this.#standing.take(JSON.parse(line).a.record, now);
    } else if (line.startsWith('{"h":')) {
      this.#standing.whole(path, end);
    } else if (line.startsWith('{"kbot_journal"')) {
      const { halts, strategies = [] } = JSON.parse(line).config.resume;
      this.checked("forgotten");
      for (const fault of this.#standing.begins(halts, strategies, now)) this.problem("forgotten", fault);
    }
  }

  /** Something was decided that may trade. */
  #decided(decided: Decided): void {
    const { clientOrderId, ticker } = decided;
    const where = `${clientOrderId} in ${ticker}`;
    this.#checkStanding(decided, where);
    this.checked("book");
    const book = this.#parts.engine()?.markets.get(ticker)?.book;
    if (book === undefined) return;
    if (book.phase !== "synced") return this.problem("book", `Decided on a book that is ${book.phase}: ${where}`);
    const age = this.#books.age(ticker, book);
    if (age === Infinity) this.problem("book", `Decided on a book that the exchange never had: ${where}`);
    else if (age > BOOK_AGE_MAX) this.problem("book", `Decided on a book ${age} s old: ${where}`);
  }

  /** Nothing of a halt, and of what reduces no more than closes the strategy's own part. */
  #checkStanding({ ticker, strategy, side, count: wanted }: Decided, where: string): void {
    for (const rule of ["halted", "reducing", "strategy"] as const) this.checked(rule);
    const own = this.#parts.engine()?.desk.ledger.partOf(ticker, strategy) ?? 0;
    const closes = Math.max(0, side === "bid" ? -own : own);
    for (const standing of this.#standing.list()) {
      if (!isOver(standing, strategy, indexOf(ticker))) continue;
      const rule = standing.strategy === null ? standing.level : "strategy";
      if (standing.level === "halted") this.problem(rule, `Decided under ${standing.name}: ${where}`);
      else if (wanted > closes) {
        this.problem(rule, `${wanted} decided under ${standing.name}, where ${closes} would close: ${where}`);
      }
    }
  }

  // What the exchange has.

  #checkCaps(order: MemberOrder): void {
    const { exchange, caps } = this.#parts;
    if (order.status !== "resting") return;
    const check = (what: string, risk: number, cap: number): void => {
      this.checked("caps");
      if (risk > cap + CAP_TOLERANCE) {
        this.problem("caps", `${what} risks ${risk / 1e6} dollars of ${cap / 1e6}: order ${order.clientOrderId}`);
      }
    };
    const resting = new Map<string, MemberOrder[]>();
    for (const each of exchange.desk.orders) {
      if (each.status !== "resting") continue;
      const { ticker } = each.market;
      resting.set(ticker, [...resting.get(ticker) ?? [], each]);
    }
    const { account } = exchange.desk;
    const tickers = new Set([...resting.keys(), ...[...account.positions].map(({ market }) => market.ticker)]);
    let total = 0;
    const events = new Map<string, MarketRisk[]>();
    for (const ticker of tickers) {
      const risk = riskOf(account.position(ticker), resting.get(ticker) ?? []);
      check(ticker, risk.most, caps.market);
      const market = exchange.markets.get(ticker);
      if (market === undefined || !hasOneWinner(market.series)) total += risk.most;
      else events.set(market.event, [...events.get(market.event) ?? [], risk]);
    }
    for (const risks of events.values()) total += worstOutcome(risks);
    check("The account", total, caps.exposure);
    const held = account.contracts(order.market.ticker);
    const closes = Math.max(0, order.side === "bid" ? -held : held);
    check("An order", Math.max(0, order.remaining - closes) * unitCost(order), caps.order);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b.slice();
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

interface Asked {
  readonly client_order_id?: unknown;
}

/** One order, or those of a batch. */
function itemsOf(body: string): readonly Asked[] {
  const parsed = JSON.parse(body);
  return Array.isArray(parsed.orders) ? parsed.orders : [parsed];
}

const unitCost = ({ side, price }: Pick<MemberOrder, "side" | "price">): number =>
  side === "bid" ? price : ONE_DOLLAR_PRICE - price;

interface MarketRisk {
  /** Where it pays YES, and where it pays NO. */
  readonly yes: number;
  readonly no: number;
  /** Whichever it pays, if nothing more fills, all bids, or all asks. */
  readonly most: number;
}

/** Of markets of which one at most pays YES: each in turn does, and none. */
const worstOutcome = (risks: readonly MarketRisk[]): number =>
  Math.max(
    ...[-1, ...risks.keys()].map((winner) =>
      risks.reduce((lost, { yes, no }, k) => lost + (k === winner ? yes : no), 0)
    ),
  );

/** What could be lost in a market at worst. */
function riskOf(
  position: { readonly contracts: number; readonly cost: number } | undefined,
  orders: readonly MemberOrder[],
): MarketRisk {
  const { contracts = 0, cost = 0 } = position ?? {};
  let most = cost;
  const lost = { bid: 0, ask: 0 };
  for (const side of ["bid", "ask"] as const) {
    const mine = orders.filter((order) => order.side === side).sort((a, b) => unitCost(a) - unitCost(b));
    const closable = Math.max(0, side === "bid" ? -contracts : contracts);
    let left = closable;
    let paid = 0;
    for (const order of mine) {
      const closes = Math.min(left, order.remaining);
      left -= closes;
      paid += (order.remaining - closes) * unitCost(order);
    }
    most = Math.max(most, (closable === 0 ? cost : cost * left / closable) + paid);
    lost[side] = paid + ((side === "bid" ? contracts > 0 : contracts < 0) ? cost : 0);
  }
  return { yes: lost.ask, no: lost.bid, most };
}
