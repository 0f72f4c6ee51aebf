/**
 * What the engine believes held against what the exchange knows: an account of every difference.
 * @module
 */

import type { OrderRecord } from "../../src/core/record.ts";
import { formatCount, formatMoney } from "../../src/core/units.ts";
import type { Drill } from "./drill.ts";

/** The part of `/sim/ledger` that is compared. */
interface Ledger {
  readonly shards: Readonly<Record<string, { readonly cash: string }>>;
  readonly positions: readonly { readonly ticker: string; readonly position_fp: string }[];
  readonly orders: Readonly<Record<string, { readonly status: string; readonly fill_count_fp: string }>>;
  readonly fills: readonly { readonly trade_id: string }[];
  readonly conservation: { readonly missing: string };
}

/** How the exchange calls what is known here as this phase. */
const STATUS: Readonly<Record<string, string>> = { resting: "resting", filled: "executed", cancelled: "canceled" };

async function ledgerOf(drill: Drill): Promise<Ledger> {
  const response = await fetch(new URL("/sim/ledger", drill.exchange.info.rest));
  return await response.json();
}

/** Every difference in words; none where all is as it should be. */
export async function differences(drill: Drill): Promise<string[]> {
  const ledger = await ledgerOf(drill);
  return [
    ...booksThatDiffer(drill),
    ...ordersThatDiffer(drill, ledger),
    ...fillsThatDiffer(drill, ledger),
    ...positionsThatDiffer(drill, ledger),
    ...cashThatDiffers(drill, ledger),
  ];
}

/** What differs in ways that time mends; `""` where nothing does. Cheap, for a look at every step. */
export function openMatters({ engine, exchange, books, network }: Drill): string {
  const { orders, ledger } = engine.desk;
  if (network.late > 0) return "answers are on their way";
  if (orders.openCount > 0) return `${orders.openCount} orders are open`;
  if (orders.short().size > 0) return "fills are missing";
  for (const { ticker, status } of exchange.exchange.markets.values()) {
    const state = engine.markets.get(ticker);
    if (status !== "active") continue;
    if (state === undefined) return `${ticker} is not known`;
    if (state.closed) return `${ticker} counts as closed`;
    if (state.book.phase !== "synced" || !books.is(ticker, state.book)) return `The book of ${ticker} is not in sync`;
  }
  for (const { ticker, position } of ledger.positions()) {
    const market = exchange.exchange.markets.get(ticker);
    if (position !== 0 && market?.settledAt != null) return `${ticker} is not paid out here`;
  }
  return "";
}

function booksThatDiffer({ engine, exchange, books }: Drill): string[] {
  const found: string[] = [];
  for (const { ticker, status } of exchange.exchange.markets.values()) {
    if (status !== "active") continue;
    const book = engine.markets.get(ticker)?.book;
    if (book?.phase !== "synced") {
      found.push(`Book of ${ticker} is ${book?.phase ?? "unknown"} here: ${book?.staleReason}`);
    } else if (!books.is(ticker, book)) found.push(`Book of ${ticker} is another one here than at the exchange`);
  }
  return found;
}

function ordersThatDiffer({ memory, engine }: Drill, ledger: Ledger): string[] {
  const found: string[] = [];
  for (const [id, { status, fill_count_fp }] of Object.entries(ledger.orders)) {
    const order = memory.orders.get(id);
    if (order === undefined) found.push(`Order ${id} is ${status} at the exchange and was never sent`);
    else if (STATUS[order.phase] !== status || formatCount(order.filled) !== fill_count_fp) {
      found.push(`Order ${id} is ${describe(order)}, at the exchange ${status} with ${fill_count_fp} filled`);
    }
  }
  for (const [id, order] of memory.orders) {
    const exists = Object.hasOwn(ledger.orders, id);
    if (!exists && order.phase !== "rejected") found.push(`Order ${id} is ${describe(order)}, the exchange has none`);
  }
  for (const { intent, phase } of engine.desk.orders.open()) {
    found.push(`Order ${intent.clientOrderId} is still ${phase}`);
  }
  return found;
}

function fillsThatDiffer({ memory }: Drill, ledger: Ledger): string[] {
  const { tradeIds } = memory;
  const ours = new Set(tradeIds);
  const theirs = new Set(ledger.fills.map((fill) => fill.trade_id));
  return [
    ...(ours.size === tradeIds.length ? [] : [`${tradeIds.length - ours.size} fills were booked twice`]),
    ...[...theirs].filter((id) => !ours.has(id)).map((id) => `Fill ${id} was never heard of`),
    ...[...ours].filter((id) => !theirs.has(id)).map((id) => `Fill ${id} never happened`),
  ];
}

function positionsThatDiffer({ engine }: Drill, ledger: Ledger): string[] {
  const found: string[] = [];
  const theirs = new Map(ledger.positions.map(({ ticker, position_fp }) => [ticker, position_fp]));
  for (const ticker of new Set([...theirs.keys(), ...[...engine.desk.ledger.positions()].map((each) => each.ticker)])) {
    const here = engine.desk.ledger.position(ticker)?.position;
    const held = here === undefined ? "0.00" : formatCount(here);
    const there = theirs.get(ticker) ?? "0.00";
    if (held !== there) found.push(`Position in ${ticker} is ${held} here and ${there} at the exchange`);
  }
  return found;
}

function cashThatDiffers({ engine }: Drill, ledger: Ledger): string[] {
  const here = formatMoney(engine.desk.ledger.cash);
  const there = ledger.shards["2"]?.cash ?? "0";
  const found = Number(here) === Number(there) ? [] : [`Cash is ${here} here and ${there} at the exchange`];
  if (Number(ledger.conservation.missing) !== 0) found.push(`The exchange itself lost ${ledger.conservation.missing}`);
  return found;
}

const describe = (order: OrderRecord): string => `${order.phase} with ${formatCount(order.filled)} filled here`;
