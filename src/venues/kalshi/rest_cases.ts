/**
 * For tests: every call of the REST interface, what it is to send, an answer of the exchange, and what is to be read there.
 * @module
 */

import type { OrderIntent } from "../../core/order.ts";
import type { Count, Micros, Money, Price } from "../../core/units.ts";
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
const EVENT = "KXBTC15M-26SEP251515";
const at = (seconds: number): Micros => seconds * 1_000_000 as Micros;
const FROM = at(1_790_000_000);
const TO = at(1_790_000_900);

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
const CREATE = {
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

const market = {
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
const event = {
  event_ticker: EVENT,
  series_ticker: "KXBTC15M",
  title: "Up?",
  mutually_exclusive: false,
  collateral_return_type: "",
  fee_type_override: null,
  fee_multiplier_override: 0.5,
  exchange_index: 2,
};
const order = {
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
const fill = {
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
const trade = {
  trade_id: "t-1",
  ticker: TICKER,
  yes_price_dollars: "0.4700",
  count_fp: "1.00",
  taker_book_side: "ask",
  created_time: "2026-09-25T19:01:00Z",
};
const position = { ticker: TICKER, position_fp: "-3.00" };
const levels = { yes_dollars: [["0.4700", "3.00"]], no_dollars: [["0.4800", "2.00"]] };
const run = { open_dollars: "0.4000", low_dollars: "0.3000", high_dollars: "0.5000", close_dollars: "0.4500" };
const candle = {
  end_period_ts: 1_790_000_060,
  yes_bid: run,
  yes_ask: run,
  price: { previous_dollars: "0.4100" },
  volume_fp: "12.00",
  open_interest_fp: "30.00",
};
const pastRun = { open: "0.4000", low: "0.3000", high: "0.5000", close: "0.4500" };
const pastCandle = {
  end_period_ts: 1_789_999_940,
  yes_bid: pastRun,
  yes_ask: pastRun,
  price: { ...pastRun, mean: "0.4321", previous: null },
  volume: "5.00",
  open_interest: "6.00",
};
const created = { order_id: "o-1", client_order_id: "k-1", fill_count: "0.50", remaining_count: "1.00", ts_ms: 1 };
const cancelled = { order_id: "o-1", reduced_by: "1.00", ts_ms: 1 };
const FEES = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;
const CUTOFF = {
  market_settled_ts: "2026-07-27T00:00:00Z",
  trades_created_ts: "2026-07-27T00:00:00Z",
  orders_updated_ts: "2026-09-11T00:00:00Z",
};
const parsedRun = { open: 4000, low: 3000, high: 5000, close: 4500 };
const parsedCandle = {
  end: at(1_790_000_060),
  bid: parsedRun,
  ask: parsedRun,
  traded: null,
  previous: 4100,
  volume: 1200,
  openInterest: 3000,
};

/** Calls that need no key. */
const PUBLIC: readonly RestCase[] = [
  {
    name: "status",
    call: (rest) => rest.status(),
    sends: "GET /exchange/status",
    answer: {
      exchange_active: true,
      trading_active: true,
      exchange_index_statuses: [{
        exchange_index: 2,
        description: "crypto",
        exchange_active: true,
        trading_active: false,
      }],
    },
    value: {
      exchangeActive: true,
      tradingActive: true,
      resumeTime: null,
      shards: [{ shard: 2, description: "crypto", exchangeActive: true, tradingActive: false }],
    },
  },
  {
    name: "schedule",
    call: (rest) => rest.schedule(),
    sends: "GET /exchange/schedule",
    answer: {
      schedule: {
        standard_hours: [{
          start_time: "2026-01-01T00:00:00Z",
          end_time: "2027-01-01T00:00:00Z",
          monday: [{ open_time: "08:00", close_time: "03:00" }],
        }],
        maintenance_windows: [{ start_datetime: "2026-10-01T07:00:00Z", end_datetime: "2026-10-01T09:00:00Z" }],
      },
    },
    value: {
      weeks: [{
        start: "2026-01-01T00:00:00Z",
        end: "2027-01-01T00:00:00Z",
        days: {
          monday: [{ open: "08:00", close: "03:00" }],
          tuesday: [],
          wednesday: [],
          thursday: [],
          friday: [],
          saturday: [],
          sunday: [],
        },
      }],
      maintenance: [{ start: "2026-10-01T07:00:00Z", end: "2026-10-01T09:00:00Z" }],
    },
  },
  {
    name: "user data time",
    call: (rest) => rest.userDataTime(),
    sends: "GET /exchange/user_data_timestamp",
    answer: { as_of_time: "2026-09-25T19:00:00.5Z" },
    value: 1_790_362_800_500_000,
  },
  {
    name: "series",
    call: (rest) => rest.series("KXBTC15M"),
    sends: "GET /series/KXBTC15M",
    answer: { series: { ticker: "KXBTC15M", fee_type: "quadratic", fee_multiplier: 0.5, exchange_index: 2 } },
    value: {
      ticker: "KXBTC15M",
      title: "",
      fees: { type: "quadratic", multiplierMillionths: 500_000 },
      shard: 2,
    },
  },
  {
    name: "list of series",
    call: (rest) => rest.seriesList({ category: "Crypto", tags: ["BTC", "Hourly"] }),
    sends: "GET /series?category=Crypto&tags=BTC%2CHourly",
    answer: { series: [{ ticker: "KXBTC", fee_type: "quadratic_with_maker_fees", fee_multiplier: 1 }] },
    value: [{
      ticker: "KXBTC",
      title: "",
      fees: { type: "quadratic_with_maker_fees", multiplierMillionths: 1_000_000 },
      shard: null,
    }],
  },
  {
    name: "fee changes of a series",
    call: (rest) => rest.seriesFeeChanges("KXBTC15M", true),
    sends: "GET /series/fee_changes?series_ticker=KXBTC15M&show_historical=true",
    answer: {
      series_fee_change_arr: [{
        id: "f1",
        series_ticker: "KXBTC15M",
        fee_type: "quadratic",
        fee_multiplier: 2,
        scheduled_ts: "2026-10-01T00:00:00Z",
      }],
    },
    value: [{
      id: "f1",
      series: "KXBTC15M",
      fees: { type: "quadratic", multiplierMillionths: 2_000_000 },
      at: 1_790_812_800_000_000,
    }],
  },
  {
    name: "fee changes of events",
    call: (rest) => rest.eventFeeChanges(),
    sends: "GET /events/fee_changes?limit=1000",
    answer: {
      event_fee_changes: [{
        id: "f2",
        event_ticker: EVENT,
        series_ticker: "KXBTC15M",
        fee_type_override: null,
        fee_multiplier_override: null,
        scheduled_ts: "2026-10-01T00:00:00Z",
      }],
      cursor: "",
    },
    value: [{ id: "f2", event: EVENT, override: null, at: 1_790_812_800_000_000 }],
  },
  {
    name: "incentive programs",
    call: (rest) => rest.incentivePrograms({ status: "active", type: "liquidity" }),
    sends: "GET /incentive_programs?limit=1000&status=active&type=liquidity",
    answer: {
      incentive_programs: [{
        id: "i1",
        market_ticker: TICKER,
        incentive_type: "liquidity",
        start_date: "2026-10-01T00:00:00Z",
        end_date: "2026-10-02T00:00:00Z",
        period_reward: 250_000,
        paid_out: false,
        target_size_fp: "300.00",
      }],
      next_cursor: "",
    },
    value: [{
      id: "i1",
      ticker: TICKER,
      type: "liquidity",
      start: 1_790_812_800_000_000,
      end: 1_790_899_200_000_000,
      reward: 25_000_000,
      paidOut: false,
      targetSize: 30_000,
    }],
  },
  {
    name: "historical cutoff",
    call: (rest) => rest.historicalCutoff(),
    sends: "GET /historical/cutoff",
    answer: CUTOFF,
    value: {
      marketsSettled: 1_785_110_400_000_000,
      tradesCreated: 1_785_110_400_000_000,
      ordersUpdated: 1_789_084_800_000_000,
    },
  },
  {
    name: "costs of requests",
    call: (rest) => rest.endpointCosts(),
    sends: "GET /account/endpoint_costs",
    answer: { default_cost: 10, endpoint_costs: [{ method: "delete", path: "/trade-api/v2/x/:id", cost: 2 }] },
    value: { defaultCost: 10, costs: [{ method: "DELETE", path: "/x/:id", cost: 2 }] },
  },
];

/** Calls about markets, live and past. */
const MARKETS: readonly RestCase[] = [
  { name: "market", call: (rest) => rest.market(TICKER, FEES), sends: `GET /markets/${TICKER}`, answer: { market } },
  {
    name: "markets by every filter",
    call: (rest) =>
      rest.markets({
        series: "KXBTC15M",
        event: EVENT,
        tickers: ["A", "B"],
        status: "closed",
        combos: "exclude",
        minCreatedSeconds: 1,
        maxCreatedSeconds: 2,
        minCloseSeconds: 3,
        maxCloseSeconds: 4,
        minSettledSeconds: 5,
        maxSettledSeconds: 6,
        minUpdatedSeconds: 7,
      }, () => FEES),
    sends: `GET /markets?limit=1000&series_ticker=KXBTC15M&event_ticker=${EVENT}&tickers=A%2CB&status=closed` +
      "&mve_filter=exclude&min_created_ts=1&max_created_ts=2&min_close_ts=3&max_close_ts=4&min_settled_ts=5" +
      "&max_settled_ts=6&min_updated_ts=7",
    answer: { markets: [market], cursor: "" },
  },
  {
    name: "historical market",
    call: (rest) => rest.historicalMarket(TICKER, FEES),
    sends: `GET /historical/markets/${TICKER}`,
    answer: { market },
  },
  {
    name: "historical markets",
    call: (rest) => rest.historicalMarkets({ series: "KXBTC15M" }, () => FEES),
    sends: "GET /historical/markets?limit=1000&series_ticker=KXBTC15M",
    answer: { markets: [market], cursor: "" },
  },
  {
    name: "events",
    call: (rest) => rest.events({ series: "KXBTC15M", status: "open", minCloseSeconds: 9 }),
    sends: "GET /events?limit=200&series_ticker=KXBTC15M&status=open&min_close_ts=9",
    answer: { events: [event], cursor: "" },
    value: [{
      ticker: EVENT,
      series: "KXBTC15M",
      title: "Up?",
      mutuallyExclusive: false,
      collateralReturn: "",
      feeOverride: { type: null, multiplierMillionths: 500_000 },
      shard: 2,
    }],
  },
  {
    name: "event",
    call: (rest) => rest.event(EVENT, () => FEES),
    sends: `GET /events/${EVENT}`,
    answer: { event, markets: [market] },
  },
  {
    name: "metadata of an event",
    call: (rest) => rest.eventMetadata(EVENT),
    sends: `GET /events/${EVENT}/metadata`,
    answer: {
      image_url: "x.png",
      settlement_sources: [{ name: "CF", url: "y" }],
      market_details: [{ market_ticker: TICKER, image_url: "", color_code: "" }],
    },
    value: { imageUrl: "x.png", settlementSources: [{ name: "CF", url: "y" }], tickers: [TICKER] },
  },
  {
    name: "book",
    call: (rest) => rest.orderbook(TICKER, 5),
    sends: `GET /markets/${TICKER}/orderbook?depth=5`,
    answer: { orderbook_fp: levels },
    value: { yes: [[4700, 300]], no: [[4800, 200]] },
  },
  {
    name: "books",
    call: (rest) => rest.orderbooks([TICKER, "B"]),
    sends: `GET /markets/orderbooks?tickers=${TICKER}&tickers=B`,
    answer: { orderbooks: [{ ticker: TICKER, orderbook_fp: levels }] },
    value: new Map([[TICKER, { yes: [[4700, 300]], no: [[4800, 200]] }]]),
  },
  {
    name: "newest trades",
    call: (rest) => rest.trades(TICKER, 7),
    sends: `GET /markets/trades?limit=1000&ticker=${TICKER}&min_ts=7`,
    answer: { trades: [trade], cursor: "" },
    value: [{
      tradeId: "t-1",
      ticker: TICKER,
      price: 4700,
      count: 100,
      takerSide: "ask",
      createdTime: 1_790_362_860_000_000,
    }],
  },
  {
    name: "candles of several markets",
    call: (rest) => rest.candlesOf(["A", "B"], FROM, TO, 1),
    sends: "GET /markets/candlesticks?market_tickers=A%2CB&start_ts=1790000000&end_ts=1790000900&period_interval=1",
    answer: { markets: [{ market_ticker: "A", candlesticks: [candle] }, { market_ticker: "B", candlesticks: [] }] },
    value: new Map<string, unknown>([["A", [parsedCandle]], ["B", []]]),
  },
  {
    name: "candles of an event",
    call: (rest) => rest.eventCandles(EVENT, FROM, TO, 60),
    sends: `GET /series/KXBTC15M/events/${EVENT}/candlesticks?start_ts=1790000000&end_ts=1790000900&period_interval=60`,
    answer: { market_tickers: ["A"], market_candlesticks: [[pastCandle]], adjusted_end_ts: 1 },
    value: new Map([["A", [{
      end: at(1_789_999_940),
      bid: parsedRun,
      ask: parsedRun,
      traded: parsedRun,
      previous: null,
      volume: 500,
      openInterest: 600,
    }]]]),
  },
];

/** Calls that read our account. */
const ACCOUNT: readonly RestCase[] = [
  {
    name: "balance of a shard",
    call: (rest) => rest.balance({ shard: 2, subaccount: 3 }),
    sends: "GET /portfolio/balance?subaccount=3&exchange_index=2",
    answer: {
      balance: 9801,
      balance_dollars: "98.0186",
      balance_breakdown: [{ exchange_index: 2, balance: "98.0186" }],
    },
    value: { total: 98_018_600, byShard: new Map([[2, 98_018_600]]) },
  },
  {
    name: "balances of subaccounts",
    call: (rest) => rest.subaccountBalances(),
    sends: "GET /portfolio/subaccounts/balances",
    answer: { subaccount_balances: [{ subaccount_number: 1, exchange_index: 2, balance: "1.5", updated_ts: 1 }] },
    value: [{ subaccount: 1, shard: 2, balance: 1_500_000 }],
  },
  {
    name: "positions",
    call: (rest) => rest.positions({ event: EVENT, settlement: "unsettled", shard: 2 }),
    sends: `GET /portfolio/positions?limit=1000&count_filter=position&event_ticker=${EVENT}` +
      "&settlement_status=unsettled&exchange_index=2",
    answer: { market_positions: [position], event_positions: [], cursor: "" },
    value: [{ ticker: TICKER, position: -300 }],
  },
  {
    name: "fills",
    call: (rest) => rest.fills({ ticker: TICKER, orderId: "o-1", minSeconds: 1, maxSeconds: 2, subaccount: 0 }),
    sends: `GET /portfolio/fills?limit=1000&ticker=${TICKER}&order_id=o-1&min_ts=1&max_ts=2&subaccount=0`,
    answer: { fills: [fill], cursor: "" },
  },
  {
    name: "orders",
    call: (rest) => rest.orders({ events: [EVENT], status: "resting", shard: 2 }),
    sends: `GET /portfolio/orders?limit=1000&event_ticker=${EVENT}&status=resting&exchange_index=2`,
    answer: { orders: [order], cursor: "" },
    value: [{
      orderId: "o-1",
      clientOrderId: "k-1",
      ticker: TICKER,
      side: "bid",
      price: 5600,
      status: "resting",
      initialCount: 150,
      fillCount: 50,
      remainingCount: 100,
      shard: 2,
    }],
  },
  { name: "order", call: (rest) => rest.order("o/1"), sends: "GET /portfolio/orders/o%2F1", answer: { order } },
  {
    name: "historical fills",
    call: (rest) => rest.historicalFills({ maxSeconds: 9 }),
    sends: "GET /historical/fills?limit=1000&max_ts=9",
    answer: { fills: [fill], cursor: "" },
  },
  {
    name: "historical orders",
    call: (rest) => rest.historicalOrders({ ticker: TICKER }),
    sends: `GET /historical/orders?limit=1000&ticker=${TICKER}`,
    answer: { orders: [order], cursor: "" },
  },
  {
    name: "historical positions",
    call: (rest) => rest.historicalPositions(),
    sends: "GET /historical/positions?limit=1000",
    answer: { market_positions: [position], cursor: "" },
  },
  {
    name: "settlements",
    call: (rest) => rest.settlements({ minSeconds: 5 }),
    sends: "GET /portfolio/settlements?limit=1000&min_ts=5",
    answer: {
      settlements: [{
        ticker: TICKER,
        event_ticker: EVENT,
        exchange_index: 2,
        market_result: "yes",
        yes_count_fp: "3.00",
        yes_total_cost_dollars: "2.500000",
        no_count_fp: "0.00",
        no_total_cost_dollars: "0.000000",
        revenue: 300,
        settled_time: "2026-09-25T19:15:08Z",
        fee_cost: "0.018900",
        value: 100,
      }],
      cursor: "",
    },
    value: [{
      ticker: TICKER,
      event: EVENT,
      result: "yes",
      yesCount: 300,
      yesCost: 2_500_000,
      noCount: 0,
      noCost: 0,
      revenue: 3_000_000,
      fee: 18_900,
      value: 1_000_000,
      settledAt: 1_790_363_708_000_000,
    }],
  },
  {
    name: "queue positions",
    call: (rest) => rest.queuePositions({ tickers: ["A", "B"] }),
    sends: "GET /portfolio/orders/queue_positions?market_tickers=A%2CB",
    answer: { queue_positions: [{ order_id: "o-1", market_ticker: "A", queue_position_fp: "12.50" }] },
    value: [{ orderId: "o-1", ticker: "A", ahead: 1250 }],
  },
  {
    name: "queue position",
    call: (rest) => rest.queuePosition("o-1"),
    sends: "GET /portfolio/orders/o-1/queue_position",
    answer: { queue_position_fp: "0.00" },
    value: 0,
  },
  {
    name: "order groups",
    call: (rest) => rest.orderGroups(),
    sends: "GET /portfolio/order_groups",
    answer: { order_groups: [{ id: "g", contracts_limit_fp: "100.00", is_auto_cancel_enabled: true }] },
    value: [{ id: "g", limit: 10_000, autoCancel: true, shard: null, orderIds: [] }],
  },
  {
    name: "order group",
    call: (rest) => rest.orderGroup("g", 1),
    sends: "GET /portfolio/order_groups/g?subaccount=1",
    answer: { contracts_limit_fp: "100.00", is_auto_cancel_enabled: false, orders: ["o-1"], exchange_index: 2 },
    value: { id: "g", limit: 10_000, autoCancel: false, shard: 2, orderIds: ["o-1"] },
  },
  {
    name: "transfers",
    call: (rest) => rest.transfers(),
    sends: "GET /portfolio/intra_exchange_instance_transfers?limit=1000",
    answer: {
      transfers: [{
        transfer_id: "x",
        source: "event_contract",
        destination: "event_contract",
        source_exchange_shard: 0,
        destination_exchange_shard: 2,
        amount: "12.5000",
        status: "pending",
        created_ts: 1_790_000_000,
      }],
      cursor: "",
    },
    value: [{
      transferId: "x",
      fromShard: 0,
      toShard: 2,
      amount: 12_500_000,
      complete: false,
      createdAt: 1_790_000_000_000_000,
    }],
  },
  {
    name: "limits",
    call: (rest) => rest.accountLimits(),
    sends: "GET /account/limits",
    answer: {
      usage_tier: "basic",
      read: { refill_rate: 1_000_000, bucket_capacity: 1_000_000 },
      write: { refill_rate: 1_000_000, bucket_capacity: 1_000_000 },
      grants: [],
    },
  },
  {
    name: "past values of an index",
    call: (rest) => rest.indexValues("BRTI"),
    sends: "GET /cfbenchmarks/values?id=BRTI",
    answer: { data: { serverTime: "x", payload: [{ value: "84826.69", time: 1_791_180_714_000 }] } },
    value: [{ second: 1_791_180_714, value: 84826.69 }],
  },
];

/** Calls that change something. */
const WRITES: readonly RestCase[] = [
  {
    name: "create",
    call: (rest) =>
      rest.createOrder(INTENT, 0.02, {
        subaccount: 4,
        orderGroupId: "g",
        cancelOnPause: true,
        selfTrade: "maker",
      }),
    sends: "POST /portfolio/events/orders",
    body: {
      ...CREATE,
      self_trade_prevention_type: "maker",
      subaccount: 4,
      order_group_id: "g",
      cancel_order_on_pause: true,
    },
    status: 201,
    answer: created,
    value: { orderId: "o-1", clientOrderId: "k-1", fillCount: 50, remainingCount: 100 },
  },
  {
    name: "batch of creates",
    call: (rest) => rest.createOrders([INTENT, { ...INTENT, clientOrderId: "k-2" }, INTENT]),
    sends: "POST /portfolio/events/orders/batched",
    body: { orders: [CREATE, { ...CREATE, client_order_id: "k-2" }, CREATE] },
    status: 201,
    answer: {
      orders: [
        created,
        { client_order_id: "k-2", error: { code: "insufficient_balance", message: "insufficient balance" } },
        { error: { code: "internal_server_error", message: "x" } },
      ],
    },
    value: [
      { ok: true, value: { orderId: "o-1", clientOrderId: "k-1", fillCount: 50, remainingCount: 100 } },
      {
        ok: false,
        failure: {
          kind: "http",
          status: 400,
          code: "insufficient_balance",
          message: "insufficient balance",
          details: "",
        },
      },
      { ok: false, failure: { kind: "http", status: 503, code: "internal_server_error", message: "x", details: "" } },
    ],
  },
  {
    name: "amend",
    call: (rest) =>
      rest.amendOrder({
        orderId: "o-1",
        ticker: TICKER,
        side: "ask",
        price: 6100 as Price,
        count: 200 as Count,
        shard: 2,
        clientOrderId: "k-1",
        newClientOrderId: "k-9",
        expiresAt: null,
        subaccount: 1,
      }),
    sends: "POST /portfolio/events/orders/o-1/amend?subaccount=1",
    body: {
      ticker: TICKER,
      side: "ask",
      price: "0.6100",
      count: "2.00",
      exchange_index: 2,
      client_order_id: "k-1",
      updated_client_order_id: "k-9",
      expiration_time: 0,
    },
    answer: { order_id: "o-1", client_order_id: "k-9", remaining_count: "1.50", fill_count: "0.50", ts_ms: 1 },
    value: { orderId: "o-1", clientOrderId: "k-9", fillCount: 50, remainingCount: 150 },
  },
  {
    name: "decrease by",
    call: (rest) => rest.decreaseOrder({ orderId: "o-1", ticker: TICKER, shard: 2, change: { by: 50 as Count } }),
    sends: "POST /portfolio/events/orders/o-1/decrease",
    body: { reduce_by: "0.50", market_ticker: TICKER, exchange_index: 2 },
    answer: { order_id: "o-1", remaining_count: "0.50", ts_ms: 1 },
    value: { orderId: "o-1", remainingCount: 50 },
  },
  {
    name: "decrease to",
    call: (rest) => rest.decreaseOrder({ orderId: "o-1", ticker: TICKER, shard: null, change: { to: 50 as Count } }),
    sends: "POST /portfolio/events/orders/o-1/decrease",
    body: { reduce_to: "0.50", market_ticker: TICKER },
    answer: { order_id: "o-1", remaining_count: "0.50", ts_ms: 1 },
  },
  {
    name: "cancel",
    call: (rest) => rest.cancelOrder({ orderId: "o-1", ticker: TICKER, shard: 2 }),
    sends: `DELETE /portfolio/events/orders/o-1?exchange_index=2&market_ticker=${TICKER}`,
    answer: cancelled,
    value: { orderId: "o-1", reducedBy: 100 },
  },
  {
    name: "cancel where the shard is not known",
    call: (rest) => rest.cancelOrder({ orderId: "o-1", ticker: TICKER, shard: null }),
    sends: `DELETE /portfolio/events/orders/o-1?market_ticker=${TICKER}`,
    answer: cancelled,
  },
  {
    name: "batch of cancels",
    call: (rest) =>
      rest.cancelOrders([{ orderId: "o-1", ticker: TICKER, shard: 2 }, { orderId: "o-2", ticker: "B", shard: 0 }]),
    sends: "DELETE /portfolio/events/orders/batched",
    body: {
      orders: [
        { order_id: "o-1", market_ticker: TICKER, exchange_index: 2 },
        { order_id: "o-2", market_ticker: "B", exchange_index: 0 },
      ],
    },
    answer: {
      orders: [cancelled, { order_id: "o-2", reduced_by: "0.00", error: { code: "not_found", message: "not found" } }],
    },
    value: [
      { ok: true, value: { orderId: "o-1", reducedBy: 100 } },
      {
        ok: false,
        failure: { kind: "http", status: 400, code: "not_found", message: "not found", details: "" },
      },
    ],
  },
  {
    name: "cancel all",
    call: (rest) => rest.cancelAll(),
    sends: "DELETE /portfolio/events/orders",
    status: 204,
    answer: null,
    value: null,
  },
  {
    name: "new order group",
    call: (rest) => rest.createOrderGroup(10_000 as Count, 2),
    sends: "POST /portfolio/order_groups/create",
    body: { contracts_limit_fp: "100.00", exchange_index: 2 },
    status: 201,
    answer: { order_group_id: "g", subaccount: 0, exchange_index: 2 },
    value: { id: "g", shard: 2 },
  },
  {
    name: "reset of a group",
    call: (rest) => rest.resetOrderGroup("g"),
    sends: "PUT /portfolio/order_groups/g/reset",
    answer: {},
    value: null,
  },
  {
    name: "trigger of a group",
    call: (rest) => rest.triggerOrderGroup("g", 2),
    sends: "PUT /portfolio/order_groups/g/trigger?subaccount=2",
    answer: {},
    value: null,
  },
  {
    name: "limit of a group",
    call: (rest) => rest.limitOrderGroup("g", 500 as Count),
    sends: "PUT /portfolio/order_groups/g/limit",
    body: { contracts_limit_fp: "5.00" },
    answer: {},
    value: null,
  },
  {
    name: "end of a group",
    call: (rest) => rest.deleteOrderGroup("g"),
    sends: "DELETE /portfolio/order_groups/g",
    answer: {},
    value: null,
  },
  {
    name: "transfer between shards",
    call: (rest) => rest.transfer({ amount: 12_500_000 as Money, fromShard: 0, toShard: 2, clientTransferId: "tr-1" }),
    sends: "POST /portfolio/intra_exchange_instance_transfer",
    body: {
      source: "event_contract",
      destination: "event_contract",
      amount: 125_000,
      source_exchange_shard: 0,
      destination_exchange_shard: 2,
      client_transfer_id: "tr-1",
    },
    answer: { transfer_id: "x" },
    value: "x",
  },
];

export const REST_CASES: readonly RestCase[] = [...PUBLIC, ...MARKETS, ...ACCOUNT, ...WRITES];
