/**
 * For tests: one valid frame of every type there is (KALSHI.md 5.3, 5.6 to 5.9), to be spoiled.
 * @module
 */

import type { ParsedFrame } from "./frames.ts";

export const TICKER = "KXBTC15M-26MAY250300-00";
export const delta = {
  type: "orderbook_delta",
  sid: 1,
  seq: 8,
  msg: {
    market_ticker: TICKER,
    market_id: "ea9de313",
    price_dollars: "0.5000",
    delta_fp: "-64.00",
    side: "yes",
    ts: "2026-05-25T06:48:44.274087Z",
    ts_ms: 1_779_691_724_274,
  },
};
export const trade = {
  type: "trade",
  sid: 2,
  seq: 1,
  msg: {
    trade_id: "4a71c273",
    market_ticker: TICKER,
    yes_price_dollars: "0.7400",
    no_price_dollars: "0.2600",
    count_fp: "3.00",
    taker_side: "no",
    taker_book_side: "ask",
    ts: 1_779_691_724,
    ts_ms: 1_779_691_724_285,
  },
};
export const fill = {
  type: "fill",
  sid: 13,
  msg: {
    trade_id: "d91bc706",
    order_id: "ee587a1c",
    client_order_id: "my-order-1",
    market_ticker: TICKER,
    is_taker: true,
    side: "yes",
    action: "buy",
    book_side: "bid",
    yes_price_dollars: "0.7500",
    count_fp: "278.00",
    fee_cost: "3.648750",
    ts_ms: 1_671_899_397_000,
  },
};
export const order = {
  type: "user_order",
  sid: 22,
  msg: {
    order_id: "ee587a1c",
    ticker: TICKER,
    status: "resting",
    side: "yes",
    book_side: "bid",
    yes_price_dollars: "0.3500",
    initial_count_fp: "10.00",
    fill_count_fp: "0.00",
    remaining_count_fp: "10.00",
    client_order_id: "my-order-1",
  },
};
export const index = {
  type: "cfbenchmarks_value",
  sid: 1,
  seq: 1,
  msg: {
    index_id: "BRTI",
    received_at: 1_791_180_714_074,
    data: '{"type":"value","time":1791180714000,"id":"BRTI","value":"85850.67"}',
  },
  sending_ts_ms: 1_791_180_714_077,
};
export const determined = {
  type: "market_lifecycle_v2",
  sid: 4,
  seq: 279_597,
  msg: {
    market_ticker: TICKER,
    determination_ts: 1_784_501_722,
    result: "no",
    settlement_value: "0.0000",
    event_type: "determined",
  },
};
export const snapshot = {
  type: "orderbook_snapshot",
  id: 6,
  sid: 1,
  seq: 2,
  msg: {
    market_ticker: TICKER,
    market_id: "ea9de313",
    yes_dollars_fp: [["0.0010", "1002.00"], ["0.4700", "0.17"]],
    no_dollars_fp: [["0.4800", "2.00"]],
  },
};
export const ticker = {
  type: "ticker",
  sid: 11,
  msg: {
    market_ticker: TICKER,
    market_id: "ea9de313",
    price_dollars: "0.4800",
    yes_bid_dollars: "0.4500",
    yes_ask_dollars: "0.5300",
    volume_fp: "33896.00",
    dollar_volume: 16_948,
    ts_ms: 1_669_149_841_000,
  },
};
export const indexAtClose = {
  ...index,
  seq: 3,
  msg: {
    ...index.msg,
    last_60s_windowed_average_15min: { value: "85851.10000000", window_size: 14, window_start_ts_ms: 0 },
  },
};
export const metadata = {
  type: "market_lifecycle_v2",
  sid: 4,
  seq: 279_598,
  msg: {
    market_ticker: TICKER,
    event_type: "metadata_updated",
    strike_type: "greater_or_equal",
    floor_strike: 83_950.62,
    close_ts: 1_784_501_722,
  },
};
export const priceLevels = {
  type: "market_lifecycle_v2",
  sid: 4,
  seq: 279_599,
  msg: {
    market_ticker: TICKER,
    event_type: "price_level_structure_updated",
    price_level_structure: "linear_cent",
    price_ranges: [{ start: "0.0000", end: "1.0000", step: "0.0100" }],
  },
};
export const feeUpdate = {
  type: "event_fee_update",
  sid: 5,
  seq: 10,
  msg: { event_ticker: "KXBTCD-26MAY2018", fee_type_override: "quadratic", fee_multiplier_override: 1 },
};
export const eventListed = {
  type: "event_lifecycle",
  sid: 5,
  seq: 9,
  msg: {
    event_ticker: "KXBTC15M-26MAY250300",
    exchange_index: 2,
    title: "BTC price up in next 15 mins?",
    subtitle: "",
    collateral_return_type: "MECNET",
    series_ticker: "KXBTC15M",
  },
};
export const position = {
  type: "market_position",
  sid: 14,
  msg: {
    user_id: "user123",
    market_ticker: TICKER,
    position_fp: "-100.50",
    position_cost_dollars: "50.0000",
    realized_pnl_dollars: "-10.0000",
    fees_paid_dollars: "1.000001",
    position_fee_cost_dollars: "0.5000",
    volume_fp: "115.00",
    subaccount: 3,
  },
};
export const orderGroup = {
  type: "order_group_updates",
  sid: 21,
  seq: 7,
  msg: {
    event_type: "limit_updated",
    order_group_id: "og_123",
    contracts_limit_fp: "150.00",
    ts_ms: 1_733_047_200_000,
  },
};
export const fastIndex = {
  type: "cfbenchmarks_value_5hz",
  sid: 9,
  seq: 5,
  msg: {
    index_id: "BRTI",
    value_usd: "68000.12000000",
    source_ts_ms: 1_791_180_714_200,
    received_at: 1_791_180_714_274,
    data: '{"type":"value","time":1791180714200,"id":"BRTI","value":"68000.12"}',
  },
};
export const indexList = {
  type: "cfbenchmarks_value_indexlist",
  id: 11,
  sid: 9,
  seq: 1,
  msg: { index_ids: ["BRTI", "ETHUSD_RTI"] },
};

/** Every frame with what it is read as. */
export const FRAME_CASES: readonly (readonly [name: string, frame: object, kind: ParsedFrame["kind"]])[] = [
  ["orderbook_delta", delta, "input"],
  ["orderbook_snapshot", snapshot, "input"],
  ["trade", trade, "input"],
  ["fill", fill, "input"],
  ["user_order", order, "input"],
  ["cfbenchmarks_value", index, "input"],
  ["cfbenchmarks_value in the final minute", indexAtClose, "input"],
  ["determined", determined, "input"],
  ["metadata_updated", metadata, "notice"],
  ["price_level_structure_updated", priceLevels, "notice"],
  ["event_fee_update", feeUpdate, "notice"],
  ["event_lifecycle", eventListed, "notice"],
  ["market_position", position, "notice"],
  ["order_group_updates", orderGroup, "notice"],
  ["cfbenchmarks_value_5hz", fastIndex, "input"],
  ["cfbenchmarks_value_indexlist", indexList, "notice"],
  ["ticker", ticker, "quote"],
  ["subscribed", { id: 1, type: "subscribed", msg: { channel: "trade", sid: 2 } }, "reply"],
  ["ok", { id: 4, sid: 1, seq: 222, type: "ok", msg: { market_tickers: ["A", "B"] } }, "reply"],
  ["unsubscribed", { id: 7, sid: 2, seq: 7, type: "unsubscribed" }, "reply"],
  ["error", { id: 9, type: "error", sid: 1, seq: 9, msg: { code: 25, msg: "Buffer overflow" } }, "reply"],
  ["rfq_created", { type: "rfq_created", sid: 6, seq: 3, msg: { id: "rfq_1", market_ticker: TICKER } }, "ignored"],
  ["pyth_value", { type: "pyth_value", sid: 7, seq: 4, msg: { underlying_ticker: "XAU" } }, "ignored"],
];
