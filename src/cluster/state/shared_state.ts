/**
 * What the leader tells the others all the time, so that whoever takes over has forgotten nothing that counts.
 *
 * | of the leader's state | where the next leader has it from |
 * | --- | --- |
 * | halts that a person lifts (kill, reduce, the day's loss, the drawdown) | here |
 * | the day's start, its base and the peak, from which losses are counted | here |
 * | strategies: stopped, wound up, failed, markets lost in a row, fuses | here |
 * | budgets of the strategies, and their finished days | here |
 * | positions, what they cost, which strategy's they are; cash; counts | here, then compared with the exchange's account |
 * | orders that are open or whose fate is not known | here, then asked for at the exchange |
 * | executions of the last minutes | here, and every later one from the exchange, each counted once |
 * | orders and executions that were never told here | the exchange: what rests is taken back, what was filled counts |
 * | paper: the whole account | here alone; its open orders end |
 * | prices, books, volatility, price minutes | each bot hears them itself |
 * | old trades, settlements, points of the portfolio, audit trail, journals | they stay with the bot that traded |
 *
 * @module
 */

import type { BudgetDayRecord, ResumeState, StateRecord, TradeRecord } from "../../core/record.ts";
import { checkRecord } from "../../engine/journal_record_shape.ts";
import { isObject } from "../../engine/journal_shape.ts";

export interface SharedState {
  /** Under which it was written. */
  readonly epoch: number;
  /** Whose it is. */
  readonly name: string;
  readonly instance: string;
  /** Its run: a bot whose store has that run knows at least as much. */
  readonly run: string;
  /** The newest order of a standby to kill that was carried out; `null` for none. */
  readonly heard: string | null;
  readonly resume: ResumeState;
  readonly trades: readonly TradeRecord[];
}

/** What a standby was told to tell the leader. */
export interface KillNotice {
  /** Another one for each. */
  readonly id: string;
  /** The bot that it was told to. */
  readonly name: string;
  /** How: `page`, `file`, ... */
  readonly via: string;
}

const isText = (value: unknown, longest = 200): value is string => typeof value === "string" && value.length <= longest;

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The records of a list, where each is one of that kind; `null` where any is not. */
function records<K extends StateRecord["kind"]>(kind: K, value: unknown): Extract<StateRecord, { kind: K }>[] | null {
  if (!Array.isArray(value)) return null;
  const isOne = (record: unknown): record is Extract<StateRecord, { kind: K }> =>
    isObject(record) && record.kind === kind && checkRecord(record) === null;
  return value.every(isOne) ? value : null;
}

/** `null` where the text is no such state: half of one would be worse than none. */
export function parseShared(text: string): SharedState | null {
  const value = parse(text);
  if (value === null || !isObject(value.resume)) return null;
  const { epoch, name, instance, run, heard } = value;
  if (!Number.isSafeInteger(epoch) || !isText(name) || !isText(instance) || !isText(run)) return null;
  if (heard !== null && !isText(heard)) return null;
  const resume = parseResume(value.resume);
  const trades = records("trade", value.trades);
  if (resume === null || trades === null) return null;
  return { epoch: Number(epoch), name, instance, run, heard, resume, trades };
}

function parseResume(value: Record<string, unknown>): ResumeState | null {
  const account = value.account === null ? [] : records("account", [value.account]);
  const positions = records("position", value.positions);
  const openOrders = records("order", value.openOrders);
  const halts = records("halt", value.halts);
  const budgets = records("budget", value.budgets);
  const strategies = records("strategy", value.strategies);
  const { recentTradeIds, lastFillAt } = value;
  if (account === null || positions === null || openOrders === null || halts === null) return null;
  if (budgets === null || strategies === null) return null;
  if (!Array.isArray(recentTradeIds) || !recentTradeIds.every((id) => isText(id))) return null;
  if (lastFillAt !== null && !Number.isSafeInteger(lastFillAt)) return null;
  return {
    account: account[0] ?? null,
    ...{ positions, openOrders, halts, budgets, strategies, recentTradeIds },
    lastFillAt: lastFillAt as ResumeState["lastFillAt"],
  };
}

/** The strategies' finished days; `null` where the text holds none. */
export function parseDays(text: string): readonly BudgetDayRecord[] | null {
  return records("budget_day", parse(text)?.days);
}

export function parseKill(text: string): KillNotice | null {
  const value = parse(text);
  if (value === null) return null;
  const { id, name, via } = value;
  return isText(id) && isText(name) && isText(via) ? { id, name, via } : null;
}
