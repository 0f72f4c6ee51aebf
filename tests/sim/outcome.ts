/**
 * What must hold in the end: when the storm is over and nothing is on its way any more, what the bot has written down is
 * what the exchange has.
 * @module
 */

import type { AccountRecord, OrderRecord, PositionRecord, TradeRecord } from "../../src/core/record.ts";
import { formatCount, formatMoney, MICROS_PER_SECOND, money } from "../../src/core/units.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { decodeLine } from "../../src/engine/journal.ts";
import { Replay } from "../../src/engine/replay.ts";
import type { Exchange } from "../../src/venues/exchange/exchange.ts";
import type { TrueBooks } from "../drill/true_books.ts";
import type { DatabaseFile } from "./database.ts";
import type { SimulatedDisk } from "./disk.ts";
import type { Rule } from "./watch.ts";

/** Hears what is looked at, and what is wrong. */
export interface Judge {
  checked(rule: Rule, times?: number): void;
  problem(rule: Rule, text: string): void;
}

/** A bot that is asked to end has done so within this: what is paid out meanwhile is nothing that it could know. */
const ENDS_WITHIN = 10 * MICROS_PER_SECOND;

/** What time should mend; `""` where there is nothing. */
export function openMatters(engine: Engine, exchange: Exchange, books: TrueBooks): string {
  const { orders, ledger } = engine.desk;
  if (!engine.desk.ready) return "the account is not known";
  if (orders.openCount > 0) return `${orders.openCount} orders are open`;
  if (orders.short().size > 0) return "fills are missing";
  for (const { ticker, status, series } of exchange.markets.values()) {
    if (status !== "active" || !isFollowed(engine, series.ticker)) continue;
    const state = engine.markets.get(ticker);
    if (state === undefined) return `${ticker} is not known`;
    if (state.closed) return `${ticker} counts as closed`;
    if (state.book.phase !== "synced" || !books.is(ticker, state.book)) return `the book of ${ticker} is not in sync`;
  }
  for (const { market: { ticker }, contracts } of exchange.desk.account.positions) {
    const market = exchange.markets.get(ticker);
    if (contracts === 0 || market === undefined || market.settledAt !== null) continue;
    if (market.closeTime < exchange.now + ENDS_WITHIN) return `${ticker} is about to be paid out`;
  }
  for (const { ticker, position } of ledger.positions()) {
    const market = exchange.markets.get(ticker);
    if (position !== 0 && market?.settledAt != null) return `${ticker} is not paid out`;
  }
  for (const fill of exchange.desk.fills) {
    const { ticker } = fill.order.market;
    const held = exchange.desk.account.contracts(ticker);
    if (exchange.markets.get(ticker)?.settledAt == null && (ledger.position(ticker)?.position ?? 0) !== held) {
      return `the position in ${ticker} is another one`;
    }
  }
  return "";
}

const isFollowed = (engine: Engine, series: string): boolean =>
  [...engine.markets.values()].some(({ market }) => market.ticker.startsWith(`${series}-`));

function rowsOf<Row>(database: DatabaseFile, table: string): Row[] {
  return [...database.rows.values()].filter(({ key }) => key[0] === table).map(({ value }) => value as Row);
}

/** How the exchange calls what is known here as this phase. */
const STATUS: Readonly<Record<string, string>> = { resting: "resting", filled: "executed", cancelled: "canceled" };

/** Compares what the store holds, after the last process ended in order, with the exchange. */
export function compare(database: DatabaseFile, exchange: Exchange, judge: Judge): void {
  compareOrders(rowsOf<OrderRecord>(database, "orders"), exchange, judge);
  compareFills(rowsOf<TradeRecord>(database, "trades"), exchange, judge);
  const positions = rowsOf<PositionRecord>(database, "positions");
  comparePositions(positions, exchange, judge);
  const [account] = rowsOf<AccountRecord>(database, "account");
  if (account !== undefined) compareMoney(account, positions, exchange, judge);
  else if (exchange.desk.fills.length > 0) judge.problem("cash", "The store knows no account");
}

function compareOrders(orders: readonly OrderRecord[], exchange: Exchange, judge: Judge): void {
  const ours = new Map(orders.map((order) => [order.clientOrderId, order]));
  const theirs = new Set<string>();
  judge.checked("orders", ours.size + exchange.desk.orders.length);
  for (const { clientOrderId: id, status, filled } of exchange.desk.orders) {
    if (theirs.has(id)) judge.problem("once", `The exchange has two orders ${id}`);
    theirs.add(id);
    const order = ours.get(id);
    if (status === "resting") judge.problem("orders", `Order ${id} still rests at the exchange after the end`);
    if (order === undefined) judge.problem("orders", `Order ${id} is ${status} at the exchange, and unknown here`);
    else if (STATUS[order.phase] !== status || order.filled !== filled) {
      const here = `${order.phase} with ${formatCount(order.filled)} filled here`;
      judge.problem("orders", `Order ${id} is ${here}, at the exchange ${status} with ${formatCount(filled)}`);
    }
  }
  for (const { clientOrderId: id, phase } of orders) {
    if (phase !== "rejected" && !theirs.has(id)) {
      judge.problem("orders", `Order ${id} is ${phase} here, the exchange has none`);
    }
  }
}

function compareFills(trades: readonly TradeRecord[], exchange: Exchange, judge: Judge): void {
  const ours = new Set(trades.map(({ tradeId }) => tradeId));
  const theirs = new Set(exchange.desk.fills.map(({ tradeId }) => tradeId));
  judge.checked("fills", ours.size + theirs.size);
  for (const id of theirs) if (!ours.has(id)) judge.problem("fills", `Fill ${id} was never heard of`);
  for (const id of ours) if (!theirs.has(id)) judge.problem("fills", `Fill ${id} never happened`);
}

function comparePositions(positions: readonly PositionRecord[], exchange: Exchange, judge: Judge): void {
  const ours = new Map(positions.map(({ ticker, position }) => [ticker, position]));
  for (const { market, contracts } of exchange.desk.account.positions) {
    const { ticker } = market;
    if (exchange.markets.get(ticker)?.settledAt != null) continue;
    judge.checked("position");
    const held = ours.get(ticker) ?? 0;
    if (held !== contracts) {
      judge.problem("position", `${ticker}: ${held} here, ${contracts} at the exchange, hundredths`);
    }
  }
}

function compareMoney(
  account: AccountRecord,
  positions: readonly PositionRecord[],
  exchange: Exchange,
  judge: Judge,
): void {
  const { desk } = exchange;
  const cash = desk.account.totalCash;
  judge.checked("cash");
  judge.checked("profit", 2);
  if (account.cash !== cash) {
    judge.problem("cash", `${formatMoney(account.cash)} here, ${formatMoney(cash)} at the exchange`);
  }
  const unsettled = (ticker: string): boolean => exchange.markets.get(ticker)?.settledAt == null;
  let theirCost = 0;
  for (const { market, cost } of desk.account.positions) if (unsettled(market.ticker)) theirCost += cost;
  let ourCost = 0;
  for (const { ticker, cost } of positions) if (unsettled(ticker)) ourCost += cost;
  const identity = account.startingCapital + account.realised - ourCost;
  if (identity !== account.cash) {
    const sum = `${formatMoney(account.startingCapital)} + ${formatMoney(account.realised)} - ${
      formatMoney(money(ourCost))
    }`;
    judge.problem("profit", `Capital, profit and cost do not add up: ${sum} is not ${formatMoney(account.cash)}`);
  }
  // Fills that were heard of late are booked late: while contracts are open, what of a profit is realised by then differs.
  const open = new Set<string>();
  let theirs = cash + theirCost - exchange.settings.cash;
  for (const { market, contracts, realized, fees } of desk.account.positions) {
    if (contracts === 0 || !unsettled(market.ticker)) continue;
    open.add(market.ticker);
    theirs -= realized - fees;
  }
  let ours: number = account.realised;
  for (const { ticker, realised } of positions) if (open.has(ticker)) ours -= realised;
  if (Math.abs(theirs - ours) > COST_TOLERANCE) {
    judge.problem("profit", `${formatMoney(money(ours))} here, ${formatMoney(money(theirs))} by the exchange's books`);
  }
}

/** Costs of partly closed positions are rounded down, on either side by its own rule: a micro-dollar or two each. */
const COST_TOLERANCE = 100;

/** Runs every journal on the disk again: its inputs alone must lead to its decisions. */
export function replayAll(disk: SimulatedDisk, judge: Judge): void {
  const root = "/sim/state/journal";
  const text = new TextDecoder();
  for (const { name: run } of disk.isDirectory(root) ? disk.list(root) : []) {
    const replay = new Replay();
    let line = 0;
    const files = disk.list(`${root}/${run}`);
    // What was packed is not read here.
    if (files.some(({ name }) => !name.endsWith(".ndjson"))) continue;
    for (const { name } of files) {
      for (const each of text.decode(disk.file(`${root}/${run}/${name}`).content).split("\n").slice(0, -1)) {
        line++;
        judge.checked("replay");
        const decoded = decodeLine(each);
        const refused = decoded.ok ? replay.take(decoded.entry, line) : decoded.reason;
        if (refused !== null) judge.problem("replay", `${run}:${line}: ${refused}`);
      }
    }
    const { difference } = replay;
    if (difference !== null) {
      judge.problem("replay", `${run}:${difference.line}: ${difference.expected}, not ${difference.found}`);
    }
  }
}
