/**
 * The official client, `kalshi-typescript` 3.30 from npm, tours the simulated exchange. Nobody here wrote that client:
 * what it can use unchanged, code written against Kalshi can.
 *
 * Its signatures come from `node:crypto`, which on Deno 2.4 ignores the padding they need: there the tour is skipped.
 */

import assert from "node:assert/strict";
import {
  AccountApi,
  Configuration,
  EventsApi,
  ExchangeApi,
  HistoricalApi,
  IncentiveProgramsApi,
  MarketApi,
  MilestoneApi,
  OrderGroupsApi,
  OrdersApi,
  PortfolioApi,
} from "kalshi-typescript";
import { micros, MICROS_PER_SECOND } from "../src/core/units.ts";
import { type RunningExchange, startExchange } from "../src/venues/exchange/server.ts";

const SHARD = 2;
const old = /^2\.[0-4]\./.test(Deno.version.deno);

interface Tour {
  readonly exchange: RunningExchange;
  readonly exchangeApi: ExchangeApi;
  readonly markets: MarketApi;
  readonly events: EventsApi;
  readonly orders: OrdersApi;
  readonly groups: OrderGroupsApi;
  readonly portfolio: PortfolioApi;
  readonly account: AccountApi;
  readonly history: HistoricalApi;
  readonly incentives: IncentiveProgramsApi;
  readonly milestones: MilestoneApi;
  /** Simulated seconds go by. */
  pass(seconds: number): void;
}

async function onTour(tour: (tour: Tour) => Promise<void>): Promise<void> {
  const exchange = await startExchange({
    port: 0,
    seed: 7,
    speed: 1,
    faults: [],
    mode: "stepped",
    keyDirectory: null,
    tier: "prestige",
  });
  const configuration = new Configuration({
    apiKey: exchange.info.key_id,
    privateKeyPem: exchange.privateKeyPem,
    basePath: exchange.info.rest,
  });
  try {
    await tour({
      exchange,
      exchangeApi: new ExchangeApi(configuration),
      markets: new MarketApi(configuration),
      events: new EventsApi(configuration),
      orders: new OrdersApi(configuration),
      groups: new OrderGroupsApi(configuration),
      portfolio: new PortfolioApi(configuration),
      account: new AccountApi(configuration),
      history: new HistoricalApi(configuration),
      incentives: new IncentiveProgramsApi(configuration),
      milestones: new MilestoneApi(configuration),
      pass: (seconds) => exchange.advance(micros(exchange.now() + Math.round(seconds * MICROS_PER_SECOND))),
    });
  } finally {
    await exchange.stop();
  }
}

/** The market of a series that trades now. */
async function openMarket({ markets }: Tour, series: string) {
  const { data } = await markets.getMarkets(
    10,
    undefined,
    undefined,
    series,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    "open",
  );
  assert.equal(data.markets.length, 1);
  return data.markets[0];
}

const seconds = (tour: Tour): number => Math.floor(tour.exchange.now() / MICROS_PER_SECOND);

async function seeMarketData(tour: Tour): Promise<void> {
  const { exchangeApi, markets, events, account, incentives, milestones, history } = tour;
  const status = (await exchangeApi.getExchangeStatus()).data;
  assert.deepEqual([status.exchange_active, status.trading_active], [true, true]);
  assert.ok(status.exchange_index_statuses?.some((shard) => shard.exchange_index === SHARD && shard.trading_active));
  const { schedule } = (await exchangeApi.getExchangeSchedule()).data;
  assert.deepEqual(schedule.standard_hours[0].thursday.map((hours) => hours.close_time), ["03:00", "00:00"]);
  assert.ok(!Number.isNaN(Date.parse((await exchangeApi.getUserDataTimestamp()).data.as_of_time)));

  const { series } = (await markets.getSeriesList("Crypto")).data;
  assert.deepEqual(series.map((each) => each.ticker), ["KXBTC15M", "KXETH15M"]);
  assert.equal((await markets.getSeries("KXBTC15M")).data.series.fee_type, "quadratic");
  assert.deepEqual((await exchangeApi.getSeriesFeeChanges()).data.series_fee_change_arr, []);
  assert.deepEqual((await events.getEventFeeChanges()).data.event_fee_changes, []);

  const market = await openMarket(tour, "KXBTC15M");
  assert.equal((await markets.getMarket(market.ticker)).data.market.ticker, market.ticker);
  const event = (await events.getEvent(market.event_ticker)).data;
  assert.deepEqual([event.event.series_ticker, event.markets[0].ticker], ["KXBTC15M", market.ticker]);
  const open = await events.getEvents(10, undefined, true, false, "open", "KXBTC15M");
  assert.equal(open.data.events[0].markets?.[0].ticker, market.ticker);
  assert.equal((await events.getEventMetadata(market.event_ticker)).data.market_details.length, 1);

  const book = (await markets.getMarketOrderbook(market.ticker)).data.orderbook_fp;
  assert.ok(book.yes_dollars.length > 0 && book.no_dollars.length > 0);
  const [yes, no] = [book.yes_dollars, book.no_dollars].map((levels) => Number(levels[levels.length - 1][0]));
  assert.ok(yes + no < 1, `crossed: ${yes} and ${no}`);
  const books = (await markets.getMarketOrderbooks([market.ticker])).data.orderbooks;
  assert.deepEqual(books.map((each) => each.ticker), [market.ticker]);
  const { trades } = (await markets.getTrades(5, undefined, market.ticker)).data;
  assert.equal(trades.length, 5);

  const [from, to] = [seconds(tour) - 900, seconds(tour) + 60];
  const { candlesticks } = (await markets.getMarketCandlesticks("KXBTC15M", market.ticker, from, to, 1)).data;
  assert.ok(candlesticks.length > 0);
  assert.match(candlesticks[0].yes_bid.close_dollars, /^[01]\.\d{4}$/);
  const batch = (await markets.batchGetMarketCandlesticks(market.ticker, from, to, 1)).data;
  assert.deepEqual(batch.markets[0].candlesticks, candlesticks);
  const ofEvent = (await events.getMarketCandlesticksByEvent(market.event_ticker, "KXBTC15M", from, to, 1)).data;
  assert.deepEqual([ofEvent.market_tickers, ofEvent.market_candlesticks], [[market.ticker], [candlesticks]]);

  const limits = (await account.getAccountApiLimits()).data;
  assert.deepEqual([limits.usage_tier, limits.read.refill_rate], ["prestige", 12_000]);
  assert.equal((await account.getAccountEndpointCosts()).data.default_cost, 10);
  assert.deepEqual((await incentives.getIncentivePrograms()).data.incentive_programs, []);
  assert.deepEqual((await milestones.getMilestones(10)).data.milestones, []);
  const cutoff = (await history.getHistoricalCutoff()).data;
  assert.ok(Date.parse(cutoff.trades_created_ts) < Date.parse(cutoff.orders_updated_ts));
  assert.deepEqual((await history.getHistoricalMarkets()).data.markets, []);
}

/** A bid far below the market. */
const farBid = (ticker: string, changes: Record<string, unknown> = {}) => ({
  ticker,
  side: "bid" as const,
  count: "10",
  price: "0.0010",
  time_in_force: "good_till_canceled" as const,
  self_trade_prevention_type: "taker_at_cross" as const,
  ...changes,
});

async function dealWithOrders(tour: Tour): Promise<void> {
  const { orders } = tour;
  const { ticker } = await openMarket(tour, "KXETH15M");
  const created = await orders.createOrderV2(farBid(ticker, { client_order_id: "tour-1" }));
  assert.deepEqual([created.status, created.data.remaining_count], [201, "10.00"]);
  const id = created.data.order_id;
  assert.equal((await orders.getOrder(id)).data.order.status, "resting");
  assert.equal((await orders.getOrderQueuePosition(id)).data.queue_position_fp.endsWith(".00"), true);
  const queue = (await orders.getOrderQueuePositions(ticker)).data.queue_positions;
  assert.deepEqual(queue.map((each) => each.order_id), [id]);

  const amended = await orders.amendOrderV2(id, {
    ticker,
    side: "bid",
    price: "0.0020",
    count: "20",
    client_order_id: "tour-1",
    updated_client_order_id: "tour-1b",
  });
  assert.deepEqual([amended.data.client_order_id, amended.data.remaining_count], ["tour-1b", "20.00"]);
  const decreased = await orders.decreaseOrderV2(id, { reduce_by: "5", market_ticker: ticker });
  assert.equal(decreased.data.remaining_count, "15.00");
  const cancelled = await orders.cancelOrderV2(id, undefined, SHARD);
  assert.equal(cancelled.data.reduced_by, "15.00");
  const listed = (await orders.getOrders(ticker, undefined, undefined, undefined, "canceled")).data.orders;
  assert.deepEqual(listed.map((order) => order.client_order_id), ["tour-1b"]);

  const batch =
    (await orders.batchCreateOrdersV2({ orders: [farBid(ticker), farBid(ticker, { price: "0.5555" })] })).data;
  assert.equal(batch.orders[0].remaining_count, "10.00");
  assert.equal(batch.orders[1].error?.code, "invalid_price");
  const [{ order_id = "" }] = batch.orders;
  const gone = (await orders.batchCancelOrdersV2({ orders: [{ order_id, market_ticker: ticker }] })).data;
  assert.deepEqual(gone.orders.map((order) => order.reduced_by), ["10.00"]);
  await orders.createOrderV2(farBid(ticker));
  assert.equal((await orders.cancelAllOrders()).status, 204);
  const left = (await orders.getOrders(undefined, undefined, undefined, undefined, "resting")).data.orders;
  assert.deepEqual(left, []);
}

async function useGroups(tour: Tour): Promise<void> {
  const { groups, orders } = tour;
  const { ticker } = await openMarket(tour, "KXBTC15M");
  const group = (await groups.createOrderGroup({ contracts_limit: 5, exchange_index: SHARD })).data;
  const id = group.order_group_id;
  const order = (await orders.createOrderV2(farBid(ticker, { order_group_id: id }))).data;
  assert.deepEqual((await groups.getOrderGroup(id)).data.orders, [order.order_id]);
  assert.deepEqual((await groups.getOrderGroups()).data.order_groups?.map((each) => each.id), [id]);
  await groups.updateOrderGroupLimit(id, { contracts_limit: 7 }, undefined, SHARD);
  assert.equal((await groups.getOrderGroup(id)).data.contracts_limit_fp, "7.00");
  await groups.triggerOrderGroup(id, undefined, SHARD, {});
  assert.equal((await orders.getOrder(order.order_id)).data.order.status, "canceled");
  await assert.rejects(orders.createOrderV2(farBid(ticker, { order_group_id: id })), /status code 400/);
  await groups.resetOrderGroup(id, undefined, SHARD, {});
  assert.equal((await orders.createOrderV2(farBid(ticker, { order_group_id: id }))).status, 201);
  await groups.deleteOrderGroup(id, undefined, SHARD);
  await assert.rejects(groups.getOrderGroup(id), /status code 404/);
}

async function tradeToSettlement(tour: Tour): Promise<void> {
  const { orders, portfolio, history, markets } = tour;
  const before = (await portfolio.getBalance()).data;
  assert.deepEqual([before.balance, before.balance_dollars], [1_000_000, "10000.0000"]);
  const { ticker } = await openMarket(tour, "KXBTC15M");
  const request = farBid(ticker, { price: "0.9990", time_in_force: "immediate_or_cancel" });
  const taken = (await orders.createOrderV2(request)).data;
  assert.equal(taken.fill_count, "10.00");
  assert.ok(Number(taken.average_fill_price) > 0 && Number(taken.average_fee_paid) > 0);
  const { fills } = (await portfolio.getFills(ticker)).data;
  assert.equal(fills.reduce((sum, fill) => sum + Number(fill.count_fp), 0), 10);
  const { market_positions, event_positions } = (await portfolio.getPositions()).data;
  assert.deepEqual(market_positions.map((position) => [position.ticker, position.position_fp]), [[ticker, "10.00"]]);
  assert.equal(event_positions.length, 1);
  assert.equal((await portfolio.getPortfolioRestingOrderTotalValue()).data.total_resting_order_value, 0);

  tour.pass(130);
  assert.equal((await markets.getMarket(ticker)).data.market.status, "finalized");
  const [settlement] = (await portfolio.getSettlements()).data.settlements;
  assert.deepEqual([settlement.ticker, settlement.yes_count_fp], [ticker, "10.00"]);
  const won = settlement.market_result === "yes" ? 10 : 0;
  assert.equal(settlement.revenue, won * 100);
  const spent = Number(settlement.yes_total_cost_dollars) + Number(settlement.fee_cost);
  const after = Number((await portfolio.getBalance()).data.balance_dollars);
  assert.ok(Math.abs(after - (10_000 - spent + won)) < 1e-4, `${after} after spending ${spent} and winning ${won}`);
  assert.deepEqual((await history.getFillsHistorical()).data.fills, []);
  assert.deepEqual((await history.getHistoricalOrders()).data.orders, []);
}

async function moveMoney({ portfolio }: Tour): Promise<void> {
  const number = (await portfolio.createSubaccount()).data.subaccount_number;
  assert.equal(number, 1);
  await portfolio.applySubaccountTransfer({
    client_transfer_id: "3f1d7f0e-6a53-4b7b-9a0c-0a9fb5a3f001",
    from_subaccount: 0,
    to_subaccount: 1,
    amount_cents: 5_000,
    exchange_index: SHARD,
  });
  const balances = (await portfolio.getSubaccountBalances()).data.subaccount_balances;
  assert.ok(balances.some((row) => row.subaccount_number === 1 && row.balance === "50.0000"));
  assert.equal((await portfolio.getSubaccountTransfers()).data.transfers.length, 1);
  assert.equal((await portfolio.getSubaccountNetting()).data.netting_configs.length, 2);
  const { transfer_id } = (await portfolio.intraExchangeInstanceTransfer({
    source: "event_contract",
    destination: "event_contract",
    amount: 10_000,
    source_exchange_shard: SHARD,
    destination_exchange_shard: 0,
  })).data;
  const { transfers } = (await portfolio.getIntraExchangeInstanceTransfers()).data;
  assert.deepEqual(transfers.map((each) => [each.transfer_id, each.amount, each.status]), [
    [transfer_id, "1.0000", "complete"],
  ]);
}

Deno.test({
  name: "the official client completes its tour of the simulated exchange",
  ignore: old,
  // The client's HTTP agent keeps connections for the next request.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async (test) => {
    await onTour(async (tour) => {
      await test.step("status, series, events, markets, books, trades, candlesticks, limits", () =>
        seeMarketData(tour));
      await test.step("create, amend, decrease, cancel, batches, cancel-all", () => dealWithOrders(tour));
      await test.step("order groups", () => useGroups(tour));
      await test.step("a trade, its fills and position, its settlement", () => tradeToSettlement(tour));
      await test.step("subaccounts and shards", () => moveMoney(tour));
    });
  },
});
