import assert from "node:assert/strict";
import type { Micros } from "../../core/units.ts";
import { UnknownFields } from "./fields.ts";
import { delta, determined, fill, index, order, TICKER, trade } from "./frames_cases.ts";
import { FRAME_LENGTH_MAX, type ParsedFrame, parseFrame, parseFrameObject } from "./frames.ts";

const AT = 1_779_691_725_000_000 as Micros;
const parse = (frame: unknown): ParsedFrame => parseFrame(JSON.stringify(frame), AT, 3);

function inputOf(frame: unknown) {
  const parsed = parse(frame);
  assert.equal(parsed.kind, "input", JSON.stringify(parsed));
  return parsed.kind === "input" ? parsed.input : assert.fail();
}

Deno.test("a book change becomes a delta with its place in the sequence", () => {
  assert.deepEqual(inputOf(delta), {
    type: "book_delta",
    at: AT,
    ticker: TICKER,
    sequence: { connection: 3, sid: 1, seq: 8 },
    side: "yes",
    price: 5000,
    delta: -6400,
    exchangeTime: 1_779_691_724_274_000,
  });
});

Deno.test("a snapshot's missing sides are empty sides", () => {
  const frame = { type: "orderbook_snapshot", sid: 1, seq: 4_047_832, msg: { market_ticker: TICKER, market_id: "x" } };
  assert.deepEqual(inputOf(frame), {
    type: "book_snapshot",
    at: AT,
    ticker: TICKER,
    sequence: { connection: 3, sid: 1, seq: 4_047_832 },
    yes: [],
    no: [],
    exchangeTime: null,
  });
});

Deno.test("a snapshot keeps sub-cent prices, fractional counts and the id of the command it answers", () => {
  const parsed = parse({
    type: "orderbook_snapshot",
    id: 6,
    sid: 1,
    seq: 2,
    msg: {
      market_ticker: TICKER,
      yes_dollars_fp: [["0.0010", "1002.00"], ["0.4700", "0.17"]],
      no_dollars_fp: [["0.4800", "2.00"]],
    },
  });
  assert.ok(parsed.kind === "input" && parsed.input.type === "book_snapshot");
  assert.equal(parsed.id, 6);
  assert.deepEqual(parsed.input.yes, [[10, 100_200], [4700, 17]]);
  assert.deepEqual(parsed.input.no, [[4800, 200]]);
});

Deno.test("a public trade names its taker's side of the YES book, whichever vocabulary it uses", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ taker_book_side: "ask", taker_side: "no" }, "ask"],
    [{ taker_outcome_side: "yes" }, "bid"],
    [{ taker_side: "no" }, "ask"],
    [{ taker_side: "yes" }, "bid"],
  ];
  const { taker_side: _side, taker_book_side: _bookSide, ...rest } = trade.msg;
  for (const [words, side] of cases) {
    const input = inputOf({ ...trade, msg: { ...rest, ...words } });
    assert.ok(input.type === "trade");
    assert.equal(input.takerSide, side);
    assert.equal(input.price, 7400);
    assert.equal(input.exchangeTime, 1_779_691_724_285_000);
  }
});

Deno.test("a trade without milliseconds is dated by its seconds", () => {
  const { ts_ms: _milliseconds, ...msg } = trade.msg;
  const input = inputOf({ ...trade, msg });
  assert.ok(input.type === "trade");
  assert.equal(input.exchangeTime, 1_779_691_724_000_000);
});

Deno.test("a fill is read with its fee exact", () => {
  const input = inputOf(fill);
  assert.ok(input.type === "fill");
  assert.deepEqual(input.fill, {
    tradeId: "d91bc706",
    orderId: "ee587a1c",
    clientOrderId: "my-order-1",
    ticker: TICKER,
    side: "bid",
    price: 7500,
    count: 27_800,
    fee: 3_648_750,
    isTaker: true,
    executedAt: 1_671_899_397_000_000,
  });
});

Deno.test("an order of ours is read from user_order, whose market is called ticker", () => {
  const input = inputOf(order);
  assert.ok(input.type === "order_update");
  assert.equal(input.order.ticker, TICKER);
  assert.equal(input.order.status, "resting");
  assert.equal(input.order.remainingCount, 1000);
});

Deno.test("an index value is read from the JSON text inside, with the venue's own average in the final minute", () => {
  const plain = inputOf(index);
  assert.ok(plain.type === "index");
  assert.deepEqual([plain.index, plain.value, plain.sourceTime], ["BRTI", 85_850.67, 1_791_180_714_000_000]);
  assert.equal(plain.venueAverage, null);
  const average = { value: "85851.10000000", window_size: 14, window_start_ts_ms: 0, window_end_ts_exclusive: 0 };
  const late = inputOf({ ...index, msg: { ...index.msg, last_60s_windowed_average_15min: average } });
  assert.ok(late.type === "index");
  assert.deepEqual(late.venueAverage, { value: 85_851.1, count: 14 });
});

Deno.test("how a market ended is an input, everything else about its life a notice", () => {
  const end = inputOf(determined);
  assert.ok(end.type === "lifecycle");
  assert.deepEqual([end.event, end.result, end.settlementValue], ["determined", "no", 0]);
  const settled = inputOf({
    ...determined,
    msg: { market_ticker: TICKER, event_type: "settled", settled_ts: 1_784_500_206 },
  });
  assert.ok(settled.type === "lifecycle");
  assert.deepEqual([settled.event, settled.result, settled.settlementValue], ["settled", "", null]);
  const notice = parse({
    ...determined,
    msg: {
      market_ticker: TICKER,
      event_type: "metadata_updated",
      floor_strike: 83_950.62,
      strike_type: "greater_or_equal",
    },
  });
  assert.ok(notice.kind === "notice");
  assert.deepEqual(notice.sequence, { connection: 3, sid: 4, seq: 279_597 });
  assert.ok(notice.notice.event === "metadata_updated");
  assert.equal(notice.notice.floorStrike, 83_950.62);
  assert.equal(notice.notice.strikeType, "greater_or_equal");
});

Deno.test("an event's word on its fees is a notice; without the words it takes them back", () => {
  const frame = (fields: Readonly<Record<string, unknown>>) =>
    parse({ type: "event_fee_update", sid: 5, seq: 10, msg: { event_ticker: "KXBTCD-26MAY2018", ...fields } });
  const set = frame({ fee_type_override: "quadratic_with_maker_fees", fee_multiplier_override: 0.5 });
  assert.ok(set.kind === "notice");
  assert.deepEqual(set.notice, {
    event: "fee_update",
    eventTicker: "KXBTCD-26MAY2018",
    override: { type: "quadratic_with_maker_fees", multiplierMillionths: 500_000 },
  });
  assert.equal(set.sequence?.seq, 10);
  const lifted = frame({ fee_type_override: null, fee_multiplier_override: null });
  assert.ok(lifted.kind === "notice" && lifted.notice.event === "fee_update");
  assert.equal(lifted.notice.override, null);
  assert.equal(frame({ fee_multiplier_override: "1" }).kind, "refused");
});

Deno.test("replies are told apart, and those that consumed a number say so", () => {
  const subscribed = parse({ id: 1, type: "subscribed", msg: { channel: "orderbook_delta", sid: 1 } });
  assert.ok(subscribed.kind === "reply");
  assert.deepEqual(subscribed.reply, { reply: "subscribed", id: 1, sid: 1, channel: "orderbook_delta", error: null });
  assert.equal(subscribed.sequence, null);
  const ok = parse({ id: 4, sid: 1, seq: 222, type: "ok", msg: { market_tickers: ["A"] } });
  assert.deepEqual(ok.kind === "reply" && ok.sequence, { connection: 3, sid: 1, seq: 222 });
  const ended = parse({ id: 7, sid: 2, seq: 7, type: "unsubscribed" });
  assert.equal(ended.kind === "reply" && ended.reply.reply, "unsubscribed");
  const error = parse({ type: "error", sid: 1, seq: 9, msg: { code: 25, msg: "Subscription buffer overflow" } });
  assert.deepEqual(error.kind === "reply" && error.reply.error, { code: 25, text: "Subscription buffer overflow" });
  const list = parse({ id: 8, type: "ok", msg: [{ channel: "orderbook_delta", sid: 1 }] });
  assert.equal(list.kind, "reply");
});

Deno.test("types that nobody here needs are ignored by name and keep their number", () => {
  const parsed = parse({ type: "rfq_created", sid: 5, seq: 10, msg: { event_ticker: "X" } });
  assert.deepEqual(parsed, { kind: "ignored", type: "rfq_created", sequence: { connection: 3, sid: 5, seq: 10 } });
});

Deno.test("a quote's empty sides read as null", () => {
  const parsed = parse({
    type: "ticker",
    sid: 11,
    msg: { market_ticker: TICKER, yes_bid_dollars: "0.0000", yes_ask_dollars: "1.0000", ts_ms: 1_669_149_841_000 },
  });
  assert.ok(parsed.kind === "quote");
  assert.deepEqual([parsed.quote.bid, parsed.quote.ask], [null, null]);
});

const WRONG: [what: string, frame: unknown, path: string][] = [
  ["a price that is a number", { ...delta, msg: { ...delta.msg, price_dollars: 0.5 } }, "msg.price_dollars"],
  ["a price of 1", { ...delta, msg: { ...delta.msg, price_dollars: "1.0000" } }, "msg.price_dollars"],
  ["a price below the finest unit", { ...delta, msg: { ...delta.msg, price_dollars: "0.50005" } }, "msg.price_dollars"],
  ["no delta", { ...delta, msg: { ...delta.msg, delta_fp: undefined } }, "msg.delta_fp"],
  ["a side that is none", { ...delta, msg: { ...delta.msg, side: "bid" } }, "msg.side"],
  ["an empty ticker", { ...delta, msg: { ...delta.msg, market_ticker: "" } }, "msg.market_ticker"],
  ["a stamp that is a text", { ...delta, msg: { ...delta.msg, ts_ms: "1" } }, "msg.ts_ms"],
  ["no message", { type: "orderbook_delta", sid: 1, seq: 8 }, "msg"],
  ["a message that is a list", { ...delta, msg: [] }, "msg"],
  ["a number without its sid", { ...delta, sid: undefined }, "sid"],
  ["a number that is a text", { ...delta, seq: "8" }, "seq"],
  ["no type", { sid: 1, seq: 8 }, "type"],
  ["a level that is no pair", snapshotWith([["0.47"]]), "msg.yes_dollars_fp[0]"],
  ["a level with a wrong price", snapshotWith([["0.4700", "1"], ["x", "1"]]), "msg.yes_dollars_fp[1][0]"],
  ["a level of negative size", snapshotWith([["0.4700", "-1.00"]]), "msg.yes_dollars_fp[0][1]"],
  ["levels that are no list", snapshotWith("many"), "msg.yes_dollars_fp"],
  ["too many levels", snapshotWith(new Array(10_000).fill(["0.4700", "1.00"])), "msg.yes_dollars_fp"],
  ["a trade of a negative count", { ...trade, msg: { ...trade.msg, count_fp: "-3.00" } }, "msg.count_fp"],
  ["a trade without id", { ...trade, msg: { ...trade.msg, trade_id: null } }, "msg.trade_id"],
  ["a fill without fee", { ...fill, msg: { ...fill.msg, fee_cost: undefined } }, "msg.fee_cost"],
  ["a fill whose taker flag is a text", { ...fill, msg: { ...fill.msg, is_taker: "true" } }, "msg.is_taker"],
  ["an order status that is none", { ...order, msg: { ...order.msg, status: "cancelled" } }, "msg.status"],
  ["an order without side", { ...order, msg: { ...order.msg, book_side: undefined } }, "msg.book_side"],
  ["an index whose data is no JSON", { ...index, msg: { ...index.msg, data: "85850.67x" } }, "msg.data"],
  ["an index whose data is null", indexWith("null"), "msg.data"],
  ["an index whose data is a list", indexWith("[]"), "msg.data"],
  ["an index value that is a number", indexWith('{"time":1791180714000,"value":85850.67}'), "msg.data.value"],
  ["an index value of zero", indexWith('{"time":1791180714000,"value":"0"}'), "msg.data.value"],
  ["an index without time", indexWith('{"value":"85850.67"}'), "msg.data.time"],
  [
    "a lifecycle event nobody knows",
    { ...determined, msg: { ...determined.msg, event_type: "exploded" } },
    "msg.event_type",
  ],
  ["a result nobody knows", { ...determined, msg: { ...determined.msg, result: "maybe" } }, "msg.result"],
  ["a subscription without sid", { id: 1, type: "subscribed", msg: { channel: "trade" } }, "msg.sid"],
  ["an error without code", { id: 1, type: "error", msg: { msg: "?" } }, "msg.code"],
];

function snapshotWith(levels: unknown) {
  return { type: "orderbook_snapshot", sid: 1, seq: 1, msg: { market_ticker: TICKER, yes_dollars_fp: levels } };
}

function indexWith(data: string) {
  return { ...index, msg: { ...index.msg, data } };
}

for (const [what, frame, path] of WRONG) {
  Deno.test(`a frame with ${what} is refused at ${path}`, () => {
    const parsed = parse(frame);
    assert.equal(parsed.kind, "refused");
    assert.ok(parsed.kind === "refused");
    assert.equal(parsed.path, path);
    assert.ok(parsed.wanted.length > 0 && parsed.found.length > 0);
  });
}

Deno.test("a refused frame still says whose it was and which number it consumed", () => {
  const parsed = parse({ ...delta, msg: { ...delta.msg, delta_fp: "many" } });
  assert.ok(parsed.kind === "refused");
  assert.deepEqual([parsed.ticker, parsed.sid, parsed.seq], [TICKER, 1, 8]);
  assert.deepEqual(parsed.sequence, { connection: 3, sid: 1, seq: 8 });
});

Deno.test("texts that are no JSON object are refused whole", () => {
  const text = JSON.stringify(delta);
  for (const broken of ["", "null", "[]", "7", '"x"', text.slice(0, -1), text.slice(0, 40), `${text}}`, "heartbeat"]) {
    const parsed = parseFrame(broken, AT, 1);
    assert.ok(parsed.kind === "refused", broken);
    assert.equal(parsed.path, "frame");
  }
});

Deno.test("a frame longer than the exchange's own limit is refused unread", () => {
  const parsed = parseFrame(" ".repeat(FRAME_LENGTH_MAX + 1), AT, 1);
  assert.ok(parsed.kind === "refused");
  assert.match(parsed.found, /characters/);
});

Deno.test("fields nobody knows are ignored and counted by path, with a bound", () => {
  const unknown = new UnknownFields();
  const frame = { ...delta, shard: 2, msg: { ...delta.msg, own: true } };
  for (let round = 0; round < 2; round++) {
    assert.equal(parseFrameObject(frame, AT, 1, unknown).kind, "input");
  }
  assert.deepEqual(unknown.counts(), { shard: 2, "msg.own": 2 });
  for (let key = 0; key < 1_000; key++) unknown.note({ [`k${key}`]: 1 }, new Set(), "");
  assert.ok(Object.keys(unknown.counts()).length <= 201);
  assert.equal(unknown.counts()["(other)"], 1_000 - 198);
});
