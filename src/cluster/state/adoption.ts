/**
 * A new leader goes on from what the one before it told, in place of what its own store knows from when it led last.
 * @module
 */

import type {
  BudgetDayRecord,
  HaltRecord,
  OrderRecord,
  PositionRecord,
  ResumeState,
  StateRecord,
} from "../../core/record.ts";
import { count, type Micros, money } from "../../core/units.ts";
import type { SharedState } from "./shared_state.ts";

export interface Adoption {
  /** What the engine starts from. */
  readonly resume: ResumeState;
  /** What makes the own store say the same: written into it and into the journal's header. */
  readonly records: readonly StateRecord[];
}

/**
 * Whether a store that has the run that was told of knows all that was told: not where it is of before, because it was copied or
 * restored while that run went on, or because its machine lost what it had not written.
 */
export const knowsAll = (own: ResumeState, told: ResumeState): boolean =>
  told.account === null || (own.account !== null && own.account.updatedAt >= told.account.updatedAt);

/** Of a bot whose own store does not know the run that was told of. @param own what its store knows */
export function adopt(
  own: ResumeState,
  shared: SharedState,
  days: readonly BudgetDayRecord[],
  at: Micros,
): Adoption {
  const { resume, trades, name } = shared;
  // Numbers of orders are never used twice, whichever of both counted further.
  const nextIntent = Math.max(resume.account?.nextIntent ?? 1, own.account?.nextIntent ?? 1);
  const account = resume.account === null ? null : { ...resume.account, nextIntent };
  const adopted: ResumeState = { ...resume, account, budgetDays: days };
  const reason = `${name} led since, and does not know it any more`;
  const records: StateRecord[] = [
    ...gone(own.positions, resume.positions, ({ ticker }) => ticker).map((position) => closed(position, at)),
    ...gone(own.openOrders, resume.openOrders, (order) => order.clientOrderId).map((order) => over(order, at, reason)),
    ...gone(own.halts, resume.halts, (halt) => halt.name).map((halt) => lifted(halt, at, reason)),
    ...trades,
    ...resume.positions,
    ...resume.openOrders,
    ...resume.halts,
    ...resume.strategies ?? [],
    ...resume.budgets ?? [],
    ...days,
    ...(account === null ? [] : [account]),
  ];
  return { resume: adopted, records };
}

/** What is in the first list and not in the second. */
function gone<T>(before: readonly T[], now: readonly T[], keyOf: (record: T) => string): readonly T[] {
  const kept = new Set(now.map(keyOf));
  return before.filter((record) => !kept.has(keyOf(record)));
}

const closed = (record: PositionRecord, updatedAt: Micros): PositionRecord => ({
  ...record,
  position: count(0),
  cost: money(0),
  parts: {},
  updatedAt,
});

const over = (record: OrderRecord, updatedAt: Micros, reason: string): OrderRecord => ({
  ...record,
  phase: "cancelled",
  updatedAt,
  reason,
});

const lifted = (record: HaltRecord, at: Micros, reason: string): HaltRecord => ({
  ...record,
  active: false,
  reason,
  at,
});
