/**
 * For tests: the REST calls about the exchange and its markets, none of which needs a key.
 * @module
 */

import {
  at,
  candle,
  CUTOFF,
  EVENT,
  event,
  FEES,
  FROM,
  levels,
  market,
  parsedCandle,
  parsedRun,
  pastCandle,
  type RestCase,
  TICKER,
  TO,
  trade,
} from "./rest_case_bodies.ts";

/** Calls that need no key. */
export const PUBLIC_CASES: readonly RestCase[] = [
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
    name: "live data of an event",
    call: (rest) => rest.eventLiveData("KXBTC15M-26SEP251515", "15min"),
    sends: "GET /live_data/events/KXBTC15M-26SEP251515?range=15min",
    answer: {
      live_data: { type: "crypto", details: { asset: "BTC" }, is_historical: false, range_options: ["15min"] },
    },
    value: { type: "crypto", details: { asset: "BTC" }, historical: false },
  },
  {
    name: "temperature index of a city",
    call: (rest) => rest.weatherIndex("miami", 120),
    sends: "GET /live_data/weather/miami?last_sec=120",
    answer: {
      city: "miami",
      config_version: "miami-temperature-v1.0",
      units: "fahrenheit",
      timeseries: [
        { t: 1_791_180_720_000, status: "incomplete" },
        { t: 1_791_180_660_000, v: 81.25, status: "normal", contributors: 4 },
      ],
    },
    value: {
      city: "miami",
      version: "miami-temperature-v1.0",
      points: [
        { at: 1_791_180_660_000_000, fahrenheit: 81.25, status: "normal", contributors: 4 },
        { at: 1_791_180_720_000_000, fahrenheit: null, status: "incomplete", contributors: null },
      ],
    },
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
export const MARKET_CASES: readonly RestCase[] = [
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
