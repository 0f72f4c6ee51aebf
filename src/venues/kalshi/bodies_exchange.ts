/**
 * REST bodies about the exchange itself: status, schedule, fees of series and events, incentives (KALSHI.md 3.5, 3.16).
 * @module
 */

import type { FeeSchedule } from "../../core/market.ts";
import { type Count, type Micros, type Money, money } from "../../core/units.ts";
import { type FeeOverride, readFeeOverride, readFeeSchedule } from "./bodies_fees.ts";
import { type BodyReader, rows } from "./body_reader.ts";
import type { FieldReader, JsonObject } from "./fields.ts";

/** One shard's word on whether it works (KALSHI.md 3.15). */
export interface ShardStatus {
  readonly shard: number;
  readonly description: string;
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
}

/** The flags on top are about shard 0 alone. */
export interface ExchangeStatus {
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
  /** When it is expected to go on, as the exchange words it. */
  readonly resumeTime: string | null;
  /** Empty where the exchange does not break it down. */
  readonly shards: readonly ShardStatus[];
}

const SHARDS_MAX = 100;
const SPANS_MAX = 1_000;

export const readStatus: BodyReader<ExchangeStatus> = (read, body, path, unknown) => ({
  exchangeActive: read.boolean(body, "exchange_active", path),
  tradingActive: read.boolean(body, "trading_active", path),
  resumeTime: read.optionalText(body, "exchange_estimated_resume_time", path),
  shards: isAbsent(body.exchange_index_statuses) ? [] : readShardStatuses(read, body, path, unknown),
});

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const readShardStatuses = rows("exchange_index_statuses", SHARDS_MAX, (read, row, path): ShardStatus => ({
  shard: read.integer(row, "exchange_index", path),
  description: read.optionalText(row, "description", path) ?? "",
  exchangeActive: read.boolean(row, "exchange_active", path),
  tradingActive: read.boolean(row, "trading_active", path),
}));

/** Whether orders are taken on this shard, as far as the exchange says. */
export function isTradingActive(status: ExchangeStatus, shard: number): boolean {
  const found = status.shards.find((each) => each.shard === shard);
  return found === undefined
    ? status.exchangeActive && status.tradingActive
    : found.exchangeActive && found.tradingActive;
}

export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";
const WEEKDAYS: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** From when to when on one day, `HH:MM` in Eastern time. */
export interface OpenHours {
  readonly open: string;
  readonly close: string;
}

/** Opening hours that hold from `start` to `end`; times as the exchange words them. */
export interface WeeklyHours {
  readonly start: string;
  readonly end: string;
  readonly days: Readonly<Record<Weekday, readonly OpenHours[]>>;
}

export interface ExchangeSchedule {
  readonly weeks: readonly WeeklyHours[];
  readonly maintenance: readonly { readonly start: string; readonly end: string }[];
}

export const readSchedule: BodyReader<ExchangeSchedule> = (read, body, path, unknown) => ({
  weeks: rows("standard_hours", SPANS_MAX, (reader, row, at) => ({
    start: reader.text(row, "start_time", at),
    end: reader.text(row, "end_time", at),
    days: readDays(reader, row, at),
  }))(read, body, path, unknown),
  maintenance: rows("maintenance_windows", SPANS_MAX, (reader, row, at) => ({
    start: reader.text(row, "start_datetime", at),
    end: reader.text(row, "end_datetime", at),
  }))(read, body, path, unknown),
});

function readDays(read: FieldReader, week: JsonObject, path: string): Record<Weekday, readonly OpenHours[]> {
  const days: Partial<Record<Weekday, readonly OpenHours[]>> = {};
  for (const day of WEEKDAYS) days[day] = isAbsent(week[day]) ? [] : readHours(day, read, week, path);
  return days as Record<Weekday, readonly OpenHours[]>;
}

function readHours(day: Weekday, read: FieldReader, week: JsonObject, path: string): readonly OpenHours[] {
  const hours = read.list(week, day, path, SPANS_MAX);
  return hours.map((each, index) => {
    const at = `${path}${day}[${index}].`;
    const row = typeof each === "object" && each !== null ? each as JsonObject : {};
    return { open: read.text(row, "open_time", at), close: read.text(row, "close_time", at) };
  });
}

/** A change of a series' fees that is announced, or past. */
export interface SeriesFeeChange {
  readonly id: string;
  readonly series: string;
  readonly fees: FeeSchedule;
  readonly at: Micros;
}

export const readSeriesFeeChange: BodyReader<SeriesFeeChange> = (read, row, path) => ({
  id: read.text(row, "id", path),
  series: read.text(row, "series_ticker", path),
  fees: readFeeSchedule(read, row, path),
  at: read.time(row, "scheduled_ts", path),
});

/** A change of an event's override; `override` is `null` where it ends. */
export interface EventFeeChange {
  readonly id: string;
  readonly event: string;
  readonly override: FeeOverride | null;
  readonly at: Micros;
}

export const readEventFeeChange: BodyReader<EventFeeChange> = (read, row, path) => ({
  id: read.text(row, "id", path),
  event: read.text(row, "event_ticker", path),
  override: readFeeOverride(read, row, path),
  at: read.time(row, "scheduled_ts", path),
});

/** A reward for resting orders or for volume. */
export interface IncentiveProgram {
  readonly id: string;
  readonly ticker: string;
  /** `liquidity`, `volume`, ... */
  readonly type: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly reward: Money;
  readonly paidOut: boolean;
  /** Contracts that have to rest; `null` where that is no condition. */
  readonly targetSize: Count | null;
}

/** $0.0001, in which rewards and transfers are written (KALSHI.md 0.1). */
const MONEY_PER_CENTICENT = 100;

export const readIncentive: BodyReader<IncentiveProgram> = (read, row, path) => ({
  id: read.text(row, "id", path),
  ticker: read.text(row, "market_ticker", path),
  type: read.text(row, "incentive_type", path),
  start: read.time(row, "start_date", path),
  end: read.time(row, "end_date", path),
  reward: readCenticents(read, row, "period_reward", path),
  paidOut: read.boolean(row, "paid_out", path),
  targetSize: isAbsent(row.target_size_fp) ? null : read.size(row, "target_size_fp", path),
});

function readCenticents(read: FieldReader, body: JsonObject, key: string, path: string): Money {
  const centicents = read.integer(body, key, path);
  if (Math.abs(centicents) <= Number.MAX_SAFE_INTEGER / MONEY_PER_CENTICENT) {
    return money(centicents * MONEY_PER_CENTICENT);
  }
  read.refuse(path + key, centicents, "an amount of money");
  return money(0);
}

/** How fresh reads of the account are. */
export const readAsOf: BodyReader<Micros> = (read, body, path) => read.time(body, "as_of_time", path);

/** What is older than these moments stands under `/historical` (KALSHI.md 3.11). */
export interface HistoricalCutoff {
  readonly marketsSettled: Micros;
  readonly tradesCreated: Micros;
  readonly ordersUpdated: Micros;
}

export const readCutoff: BodyReader<HistoricalCutoff> = (read, body, path) => ({
  marketsSettled: read.time(body, "market_settled_ts", path),
  tradesCreated: read.time(body, "trades_created_ts", path),
  ordersUpdated: read.time(body, "orders_updated_ts", path),
});
