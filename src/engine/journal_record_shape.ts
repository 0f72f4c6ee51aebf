/**
 * The shape of every state record as it stands in a journal's `record` actions: what the store is rebuilt from.
 * @module
 */

import type { OrderTerms } from "../core/order.ts";
import type { Evidence, StateRecord } from "../core/record.ts";
import {
  type Check,
  type FieldChecks,
  finite,
  flag,
  identifier,
  integer,
  integerBetween,
  isObject,
  nullable,
  objectOf,
  oneOf,
  optional,
  recordOf,
  type ShapeFault,
  show,
  text,
} from "./journal_shape.ts";

const whole = integerBetween(0, Infinity);
const side = oneOf("bid", "ask");
const number = nullable(finite);

const evidence = objectOf<Evidence>({
  spot: number,
  strike: number,
  modelProbability: number,
  marketProbability: number,
  edge: number,
  kellyFraction: number,
  expectedValue: number,
  aroc: number,
  worstLoss: optional(finite),
});

const terms = objectOf<OrderTerms>({ price: integer, count: integer, expiresAt: nullable(whole) });

type RecordOf<K extends StateRecord["kind"]> = Extract<StateRecord, { kind: K }>;

const SHAPES: { readonly [K in StateRecord["kind"]]: FieldChecks<Omit<RecordOf<K>, "kind">> } = {
  order: {
    clientOrderId: identifier,
    orderId: nullable(text),
    ticker: identifier,
    side,
    price: integer,
    count: integer,
    expiresAt: optional(nullable(whole)),
    postOnly: optional(flag),
    reduceOnly: optional(flag),
    changing: optional(nullable(terms)),
    filled: integer,
    phase: oneOf("sent", "unknown", "resting", "filled", "cancelled", "rejected"),
    shard: integer,
    strategy: text,
    signal: text,
    evidence,
    sentAt: whole,
    updatedAt: whole,
    reason: text,
  },
  trade: {
    tradeId: identifier,
    clientOrderId: nullable(text),
    ticker: identifier,
    side,
    price: integer,
    count: integer,
    fee: integer,
    isTaker: flag,
    at: whole,
    executedAt: optional(whole),
    strategy: text,
    signal: text,
    evidence,
    realised: integer,
  },
  position: {
    ticker: identifier,
    position: integer,
    cost: integer,
    realised: integer,
    fees: integer,
    strategy: text,
    parts: optional(recordOf(integer)),
    flows: optional(recordOf(integer)),
    updatedAt: whole,
  },
  settlement: {
    ticker: identifier,
    result: oneOf("", "yes", "no", "scalar"),
    position: integer,
    payout: integer,
    pnl: integer,
    at: whole,
  },
  account: {
    startingCapital: integer,
    cash: integer,
    realised: integer,
    fees: integer,
    orders: whole,
    fills: whole,
    settled: whole,
    wins: whole,
    losses: whole,
    nextIntent: whole,
    day: text,
    dayStartNav: integer,
    peakNav: integer,
    dayBaseNav: optional(integer),
    haltPeakNav: optional(integer),
    recovering: optional(flag),
    fillsReadTo: optional(whole),
    takenOverAt: optional(whole),
    updatedAt: whole,
  },
  portfolio: { at: whole, cash: integer, nav: integer, exposure: integer },
  halt: {
    name: identifier,
    active: flag,
    persistent: flag,
    level: optional(oneOf("reducing")),
    strategy: optional(identifier),
    index: optional(identifier),
    reason: text,
    at: whole,
  },
  audit: { at: whole, number: whole, event: text, ticker: nullable(text), text },
  price_minute: {
    asset: identifier,
    start: whole,
    open: finite,
    high: finite,
    low: finite,
    close: finite,
    source: text,
  },
  budget: {
    strategy: identifier,
    day: identifier,
    budget: whole,
    weight: finite,
    active: flag,
    realised: integer,
    opening: integer,
    updatedAt: whole,
  },
  budget_day: { strategy: identifier, day: identifier, pnl: integer, budget: whole, at: whole },
  strategy: {
    name: identifier,
    phase: oneOf("off", "active", "winding_up", "stopped", "failed"),
    reason: text,
    enabled: flag,
    losses: whole,
    since: whole,
    updatedAt: whole,
  },
};

const CHECKS: ReadonlyMap<unknown, Check> = new Map(
  Object.entries(SHAPES).map(([kind, fields]): [string, Check] => [kind, objectOf<object>(fields)]),
);

/** Says where a value is not a {@link StateRecord}; `null` where it is one. */
export function checkRecord(value: unknown): ShapeFault | null {
  if (!isObject(value)) return { path: "", found: show(value), wanted: "a record" };
  const check = CHECKS.get(value.kind);
  if (check === undefined) return { path: ".kind", found: show(value.kind), wanted: "the kind of a record" };
  return check(value);
}
