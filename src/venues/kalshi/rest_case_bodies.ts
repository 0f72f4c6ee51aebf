/**
 * For tests: what requests carry and the exchange answers, shared by the cases of the REST calls.
 * @module
 */

import type { OrderIntent } from "../../core/order.ts";
import type { Count, Micros, Price } from "../../core/units.ts";
import type { ApiResult } from "./failure.ts";
import type { KalshiRest } from "./rest.ts";

export interface RestCase {
  readonly name: string;
  readonly call: (rest: KalshiRest) => Promise<ApiResult<unknown>>;
  /** Method, path and query below the base. */
  readonly sends: string;
  readonly body?: unknown;
  readonly status?: number;
  /** `null` for an answer without a body. */
  readonly answer: unknown;
  /** What the result's value holds, as far as the case cares; a list is the items of its pages. */
  readonly value?: unknown;
}

export const TICKER = "KXBTC15M-26SEP251515-15";
export const EVENT = "KXBTC15M-26SEP251515";
export const at = (seconds: number): Micros => seconds * 1_000_000 as Micros;
export const FROM = at(1_790_000_000);
export const TO = at(1_790_000_900);

export const INTENT: OrderIntent = {
  clientOrderId: "k-1",
  ticker: TICKER,
  side: "bid",
  price: 5600 as Price,
  count: 150 as Count,
  timeInForce: "good_till_canceled",
  postOnly: true,
  reduceOnly: false,
  expiresAt: at(1_790_000_060.5),
  shard: 2,
  strategy: "s1",
  signal: "x",
};
export const CREATE = {
  ticker: TICKER,
  side: "bid",
  count: "1.50",
  price: "0.5600",
  time_in_force: "good_till_canceled",
  self_trade_prevention_type: "taker_at_cross",
  client_order_id: "k-1",
  exchange_index: 2,
  post_only: true,
  expiration_time: 1_790_000_060,
};

export const market = {
  ticker: TICKER,
  event_ticker: EVENT,
  status: "active",
  open_time: "2026-09-25T19:00:00Z",
  close_time: "2026-09-25T19:15:00Z",
  strike_type: "greater_or_equal",
  floor_strike: 83950.62,
  custom_strike: { round_digits: "2" },
  exchange_index: 2,
  result: "",
  expiration_value: "",
  price_ranges: [{ start: "0.0000", end: "1.0000", step: "0.0100" }],
};
export const event = {
  event_ticker: EVENT,
  series_ticker: "KXBTC15M",
  title: "Up?",
  mutually_exclusive: false,
  collateral_return_type: "",
  fee_type_override: null,
  fee_multiplier_override: 0.5,
  exchange_index: 2,
};
export const order = {
  order_id: "o-1",
  client_order_id: "k-1",
  ticker: TICKER,
  book_side: "bid",
  status: "resting",
  yes_price_dollars: "0.5600",
  initial_count_fp: "1.50",
  fill_count_fp: "0.50",
  remaining_count_fp: "1.00",
  exchange_index: 2,
};
export const fill = {
  trade_id: "t-1",
  order_id: "o-1",
  ticker: TICKER,
  book_side: "bid",
  count_fp: "0.50",
  yes_price_dollars: "0.5500",
  is_taker: true,
  fee_cost: "0.017500",
  created_time: "2026-09-25T19:01:00.5Z",
};
export const trade = {
  trade_id: "t-1",
  ticker: TICKER,
  yes_price_dollars: "0.4700",
  count_fp: "1.00",
  taker_book_side: "ask",
  created_time: "2026-09-25T19:01:00Z",
};
export const position = { ticker: TICKER, position_fp: "-3.00" };
export const levels = { yes_dollars: [["0.4700", "3.00"]], no_dollars: [["0.4800", "2.00"]] };
export const run = { open_dollars: "0.4000", low_dollars: "0.3000", high_dollars: "0.5000", close_dollars: "0.4500" };
export const candle = {
  end_period_ts: 1_790_000_060,
  yes_bid: run,
  yes_ask: run,
  price: { previous_dollars: "0.4100" },
  volume_fp: "12.00",
  open_interest_fp: "30.00",
};
export const pastRun = { open: "0.4000", low: "0.3000", high: "0.5000", close: "0.4500" };
export const pastCandle = {
  end_period_ts: 1_789_999_940,
  yes_bid: pastRun,
  yes_ask: pastRun,
  price: { ...pastRun, mean: "0.4321", previous: null },
  volume: "5.00",
  open_interest: "6.00",
};
export const created = {
  order_id: "o-1",
  client_order_id: "k-1",
  fill_count: "0.50",
  remaining_count: "1.00",
  ts_ms: 1,
};
export const cancelled = { order_id: "o-1", reduced_by: "1.00", ts_ms: 1 };
export const FEES = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;
export const CUTOFF = {
  market_settled_ts: "2026-07-27T00:00:00Z",
  trades_created_ts: "2026-07-27T00:00:00Z",
  orders_updated_ts: "2026-09-11T00:00:00Z",
};
export const parsedRun = { open: 4000, low: 3000, high: 5000, close: 4500 };
export const parsedCandle = {
  end: at(1_790_000_060),
  bid: parsedRun,
  ask: parsedRun,
  traded: null,
  previous: 4100,
  volume: 1200,
  openInterest: 3000,
};
