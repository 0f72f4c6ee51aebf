import assert from "node:assert/strict";
import { count, micros, price } from "../../core/units.ts";
import { EventText } from "./event_text.ts";
import { type QuietExchange, quietExchange } from "./quiet_exchange_fixture.ts";
import { type DeltaTrick, Session } from "./session.ts";

// deno-lint-ignore no-explicit-any -- frames of every shape
type Frame = any;

interface Wired extends QuietExchange {
  readonly session: Session;
  readonly frames: Frame[];
  readonly sink: { buffer: number; dropped: boolean; trick: DeltaTrick };
  command(command: unknown): Frame[];
}

function wired(): Wired {
  const quiet = quietExchange();
  const frames: Frame[] = [];
  const sink: Wired["sink"] = { buffer: 0, dropped: false, trick: "send" };
  const session = new Session({
    exchange: quiet.exchange,
    sink: {
      send: (text) => void frames.push(JSON.parse(text)),
      buffered: () => sink.buffer,
      drop: () => void (sink.dropped = true),
    },
    trick: () => sink.trick,
    bufferMax: 1_000,
    marketsMax: 5,
  });
  quiet.exchange.listen((event) => session.hear(EventText.of(event, "user")));
  const command = (value: unknown) => {
    const before = frames.length;
    session.receive(typeof value === "string" ? value : JSON.stringify(value));
    return frames.slice(before);
  };
  return { ...quiet, session, frames, sink, command };
}

const subscribe = (channels: string[], params: Record<string, unknown> = {}) => ({
  id: 1,
  cmd: "subscribe",
  params: { channels, ...params },
});

Deno.test("each channel gets a sid of its own, counting from 1, and the book its snapshot", () => {
  const { command, market } = wired();
  const replies = command(subscribe(["orderbook_delta", "trade"], { market_tickers: [market.ticker] }));
  assert.deepEqual(replies.map((frame) => [frame.type, frame.sid ?? frame.msg.sid, frame.seq ?? null]), [
    ["subscribed", 1, null],
    ["orderbook_snapshot", 1, 1],
    ["subscribed", 2, null],
  ]);
});

Deno.test("an empty side has no key in a snapshot; both empty, only the market is named", () => {
  const { command, market, offer } = wired();
  const [, empty] = command(subscribe(["orderbook_delta"], { market_ticker: market.ticker }));
  assert.deepEqual(empty.msg, { market_ticker: market.ticker, market_id: market.id });
  offer("bid", 4_700, 3);
  const [half] = command({
    id: 2,
    cmd: "update_subscription",
    params: { sid: 1, action: "get_snapshot", market_tickers: [market.ticker] },
  });
  assert.deepEqual(half.msg.yes_dollars_fp, [["0.4700", "3.00"]]);
  assert.equal("no_dollars_fp" in half.msg, false);
  assert.equal(half.id, 2);
});

Deno.test("NO levels are in NO prices, ascending, and in YES prices with use_yes_price", () => {
  const { command, market, offer, frames } = wired();
  offer("ask", 5_200, 1);
  offer("ask", 5_500, 2);
  const [, plain] = command(subscribe(["orderbook_delta"], { market_ticker: market.ticker }));
  assert.deepEqual(plain.msg.no_dollars_fp, [["0.4500", "2.00"], ["0.4800", "1.00"]]);
  offer("ask", 5_300, 4);
  assert.deepEqual([frames.at(-1).msg.side, frames.at(-1).msg.price_dollars], ["no", "0.4700"]);
  const other = wired();
  other.offer("ask", 5_200, 1);
  const [, yes] = other.command(subscribe(["orderbook_delta"], { market_ticker: market.ticker, use_yes_price: true }));
  assert.deepEqual(yes.msg.no_dollars_fp, [["0.5200", "1.00"]]);
  other.offer("ask", 5_300, 4);
  assert.equal(other.frames.at(-1).msg.price_dollars, "0.5300");
});

Deno.test("seq counts every frame of its sid over all markets, ok and unsubscribed included, without a hole", () => {
  const { command, frames, market, offer, exchange } = wired();
  const other = [...exchange.markets.values()].find((each) => each.status === "active" && each !== market);
  assert.ok(other !== undefined);
  command(subscribe(["orderbook_delta"], { market_tickers: [market.ticker] }));
  offer("bid", 4_000, 1);
  const added = command({
    id: 5,
    cmd: "update_subscription",
    params: { sids: [1], action: "add_markets", market_tickers: [other.ticker] },
  });
  assert.deepEqual(added.map((frame) => frame.type), ["ok", "orderbook_snapshot"]);
  assert.deepEqual(added[0].msg.market_tickers, [market.ticker, other.ticker]);
  offer("bid", 4_100, 1);
  command({
    id: 6,
    cmd: "update_subscription",
    params: { sid: 1, action: "delete_markets", market_tickers: [other.ticker] },
  });
  exchange.advanceTo(micros(exchange.now + 5_000_000));
  command({ id: 7, cmd: "unsubscribe", params: { sids: [1] } });
  const numbers = frames.filter((frame) => frame.sid === 1).map((frame) => frame.seq);
  assert.deepEqual(numbers, Array.from({ length: numbers.length }, (_, k) => k + 1));
  assert.equal(frames.at(-1).type, "unsubscribed");
  const before = frames.length;
  offer("bid", 4_200, 1);
  assert.equal(frames.length, before, "nothing comes after unsubscribed");
});

Deno.test("every data frame has sending_ts_ms; ticker and private channels have no seq", () => {
  const { command, market, offer, exchange, request, frames } = wired();
  command(subscribe(["ticker", "fill", "user_orders", "market_positions"], {}));
  offer("ask", 5_000, 1);
  exchange.desk.create(request({ count: count(100), price: price(5_000), clientOrderId: "abc" }), exchange.now);
  const data = frames.filter((frame) => frame.type !== "subscribed");
  assert.deepEqual(
    new Set(data.map((frame) => frame.type)),
    new Set(["ticker", "fill", "market_position", "user_order"]),
  );
  for (const frame of data) {
    assert.equal(frame.seq, undefined);
    assert.equal(frame.sending_ts_ms, Math.floor(exchange.now / 1_000));
  }
  const fill = data.find((frame) => frame.type === "fill").msg;
  assert.deepEqual([fill.client_order_id, fill.market_ticker, fill.post_position_fp], ["abc", market.ticker, "1.00"]);
});

Deno.test("a delta that an order of ours caused carries its client order id, others do not", () => {
  const { command, market, offer, exchange, request, frames } = wired();
  command(subscribe(["orderbook_delta"], { market_ticker: market.ticker }));
  offer("bid", 4_000, 1);
  assert.equal("client_order_id" in frames.at(-1).msg, false);
  exchange.desk.create(request({ clientOrderId: "mine" }), exchange.now);
  assert.equal(frames.at(-1).msg.client_order_id, "mine");
});

Deno.test("index values come with their averages, 75 ms after the second, and the settlement average in the last minute", () => {
  const { command, exchange, frames, market } = wired();
  command(subscribe(["cfbenchmarks_value"], { index_ids: ["BRTI"] }));
  exchange.advanceTo(micros(exchange.now + 2_000_000));
  const values = frames.filter((frame) => frame.type === "cfbenchmarks_value");
  assert.equal(values.length, 2);
  const source = JSON.parse(values[0].msg.data);
  assert.deepEqual([source.type, source.id, source.time % 1_000], ["value", "BRTI", 0]);
  assert.equal(values[0].msg.received_at, source.time + 75);
  assert.equal(values[0].msg.avg_60s_data.window_size, 60);
  assert.equal("last_60s_windowed_average_15min" in values[0].msg, false);
  exchange.advanceTo(micros(market.closeTime + 100_000));
  const minute = frames.filter((frame) => frame.msg.last_60s_windowed_average_15min !== undefined);
  assert.deepEqual(
    minute.map((frame) => frame.msg.last_60s_windowed_average_15min.window_size),
    Array.from({ length: 60 }, (_, k) => k + 1),
  );
  exchange.advanceTo(micros(market.closeTime + 5_000_000));
  const last = Number(minute.at(-1).msg.last_60s_windowed_average_15min.value);
  assert.ok(Math.abs(last - (market.expirationValue ?? 0)) <= 0.005 + 1e-6);
});

const ERRORS: readonly [string, unknown, number][] = [
  ["text that is no JSON", "{", 1],
  ["an unknown command", { id: 9, cmd: "dance", params: {} }, 5],
  ["a command without params", { id: 9, cmd: "subscribe" }, 2],
  ["a subscribe without channels", { id: 9, cmd: "subscribe", params: {} }, 3],
  ["an unknown channel", subscribe(["ticker_v2"]), 8],
  ["a book without tickers", subscribe(["orderbook_delta"]), 14],
  ["an unsubscribe without sids", { id: 9, cmd: "unsubscribe", params: {} }, 4],
  ["an unknown sid", { id: 9, cmd: "unsubscribe", params: { sids: [44] } }, 7],
  ["an update of two sids", { id: 9, cmd: "update_subscription", params: { sids: [1, 2], action: "add_markets" } }, 12],
  ["an update without action", { id: 9, cmd: "update_subscription", params: { sid: 1 } }, 15],
  ["an update with an unknown action", { id: 9, cmd: "update_subscription", params: { sid: 1, action: "x" } }, 13],
];

for (const [what, command, code] of ERRORS) {
  Deno.test(`${what} gets error ${code}`, () => {
    const [frame] = wired().command(command);
    assert.deepEqual([frame.type, frame.msg.code], ["error", code]);
  });
}

Deno.test("list_subscriptions names what is open, and subscribing again adds to it", () => {
  const { command, market, exchange } = wired();
  command(subscribe(["trade"], { market_tickers: [market.ticker] }));
  const other = [...exchange.markets.keys()].at(-1);
  const [again] = command(subscribe(["trade"], { market_tickers: [other] }));
  assert.deepEqual([again.type, again.sid, again.msg.market_tickers], ["ok", 1, [market.ticker, other]]);
  const [list] = command({ id: 8, cmd: "list_subscriptions" });
  assert.deepEqual(list, { id: 8, type: "ok", msg: [{ channel: "trade", sid: 1 }] });
});

Deno.test("a client that does not read loses its subscription with error 25, and in the end its connection", () => {
  const { command, market, offer, frames, sink } = wired();
  command(subscribe(["orderbook_delta"], { market_ticker: market.ticker }));
  sink.buffer = 1_500;
  offer("bid", 4_000, 1);
  assert.deepEqual([frames.at(-1).type, frames.at(-1).msg.code, frames.at(-1).sid], ["error", 25, 1]);
  assert.equal(sink.dropped, false);
  command(subscribe(["orderbook_delta"], { market_ticker: market.ticker }));
  sink.buffer = 2_500;
  offer("bid", 4_100, 1);
  assert.equal(sink.dropped, true);
});

Deno.test("more markets than a subscription may name get error 26", () => {
  const { command } = wired();
  const tickers = ["A", "B", "C", "D", "E"];
  const [first] = command(subscribe(["trade"], { market_tickers: [...tickers, "F"] }));
  assert.deepEqual([first.type, first.msg.code], ["error", 26]);
  command(subscribe(["trade"], { market_tickers: tickers }));
  const params = { sid: 1, action: "add_markets", market_tickers: ["F"] };
  const [added] = command({ id: 2, cmd: "update_subscription", params });
  assert.deepEqual([added.type, added.sid, added.msg.code], ["error", 1, 26]);
});

Deno.test("more than 10,000 commands in a second get error 27, and the next second is another", () => {
  const { command, exchange } = wired();
  let last: Frame = null;
  for (let k = 0; k <= 10_000; k++) [last] = command({ id: k, cmd: "list_subscriptions" });
  assert.deepEqual([last.type, last.msg.code], ["error", 27]);
  exchange.advanceTo(micros(exchange.now + 1_000_000));
  assert.equal(command({ id: 1, cmd: "list_subscriptions" })[0].type, "ok");
});

Deno.test("five values a second come between the seconds, on the way from one to the next", () => {
  const { command, exchange, frames } = wired();
  command(subscribe(["cfbenchmarks_value_5hz", "cfbenchmarks_value"], { index_ids: ["BRTI"] }));
  const start = Math.ceil(exchange.now / 1_000_000) * 1_000_000;
  exchange.advanceTo(micros(start + 2_080_000));
  const fast = frames.filter((frame) => frame.type === "cfbenchmarks_value_5hz").map((frame) => frame.msg);
  const seconds = new Map(
    frames.filter((frame) => frame.type === "cfbenchmarks_value").map((frame) => {
      const { time, value } = JSON.parse(frame.msg.data);
      return [time as number, Number(value)];
    }),
  );
  const whole = fast.filter((msg) => msg.source_ts_ms % 1_000 === 0);
  assert.ok(whole.length >= 2);
  for (const msg of whole) assert.equal(Number(msg.value_usd), seconds.get(msg.source_ts_ms));
  assert.deepEqual(
    fast.slice(-5).map((msg) => msg.received_at - msg.source_ts_ms),
    [75, 75, 75, 75, 75],
  );
  const [from, to] = [start / 1_000, start / 1_000 + 1_000];
  const between = fast.filter((msg) => msg.source_ts_ms > from && msg.source_ts_ms < to);
  assert.equal(between.length, 4);
  const [low, high] = [seconds.get(from) ?? NaN, seconds.get(to) ?? NaN].sort((a, b) => a - b);
  for (const msg of between) assert.ok(Number(msg.value_usd) >= low && Number(msg.value_usd) <= high);
});

Deno.test("what becomes of an order group is told, numbered, to those who subscribed", () => {
  const { command, exchange, frames } = wired();
  command(subscribe(["order_group_updates"]));
  const { groups } = exchange.desk;
  const group = groups.create(count(500), 0, 2, exchange.now);
  assert.ok("id" in group);
  groups.setLimit(group, count(700), exchange.now);
  groups.trigger(group, exchange.now);
  groups.reset(group, exchange.now);
  groups.delete(group, exchange.now);
  const told = frames.filter((frame) => frame.type === "order_group_updates");
  assert.deepEqual(told.map((frame) => [frame.seq, frame.msg.event_type, frame.msg.contracts_limit_fp ?? null]), [
    [1, "created", "5.00"],
    [2, "limit_updated", "7.00"],
    [3, "triggered", null],
    [4, "reset", null],
    [5, "deleted", null],
  ]);
});

Deno.test("indices are added, listed and taken away; ticker acknowledgements can be short", () => {
  const { command, market } = wired();
  command(subscribe(["cfbenchmarks_value"], { index_ids: ["BRTI"] }));
  const update = (action: string, index_ids?: string[]) =>
    command({ id: 3, cmd: "update_subscription", params: { sid: 1, action, index_ids } })[0];
  assert.deepEqual(update("subscribe_indices", ["all"]).msg.index_ids, ["BRTI", "ETHUSD_RTI"]);
  assert.deepEqual(update("unsubscribe_indices", ["BRTI"]).msg.index_ids, ["ETHUSD_RTI"]);
  const list = update("indexlist");
  assert.deepEqual([list.type, list.seq, list.msg.index_ids], [
    "cfbenchmarks_value_indexlist",
    3,
    ["BRTI", "ETHUSD_RTI"],
  ]);
  assert.equal(update("subscribe_indices").msg.code, 24);
  const replies = command(
    subscribe(["ticker"], { market_tickers: [market.ticker], skip_ticker_ack: true, send_initial_snapshot: true }),
  );
  assert.deepEqual(replies.map((frame) => frame.type), ["subscribed", "ticker"]);
  const params = { sid: 2, action: "add_markets", market_tickers: ["X"] };
  assert.deepEqual(command({ id: 4, cmd: "update_subscription", params })[0].msg, {});
});
