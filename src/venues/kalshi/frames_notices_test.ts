import assert from "node:assert/strict";
import type { Micros } from "../../core/units.ts";
import { UnknownFields } from "./fields.ts";
import { eventListed, fastIndex, FRAME_CASES, indexList, orderGroup, position, TICKER } from "./frames_cases.ts";
import { type ParsedFrame, parseFrame } from "./frames.ts";

const AT = 1_779_691_725_000_000 as Micros;
const parse = (frame: unknown, unknown?: UnknownFields): ParsedFrame =>
  parseFrame(JSON.stringify(frame), AT, 3, unknown);

function noticeOf(frame: unknown) {
  const parsed = parse(frame);
  return parsed.kind === "notice" ? parsed : assert.fail(JSON.stringify(parsed));
}

/** The frame with other fields in its message; `undefined` takes one out. */
const spoiled = (frame: { readonly msg: object }, fields: Readonly<Record<string, unknown>>) => ({
  ...frame,
  msg: { ...frame.msg, ...fields },
});

for (const [name, frame, kind] of FRAME_CASES) {
  Deno.test(`a frame ${name} is read as ${kind}, knows all its fields and tells its number`, () => {
    const unknown = new UnknownFields();
    const parsed = parse(frame, unknown);
    assert.equal(parsed.kind, kind, JSON.stringify(parsed));
    assert.deepEqual(unknown.counts(), {});
    const { sid, seq } = frame as { sid?: number; seq?: number };
    assert.deepEqual(parsed.sequence, seq === undefined ? null : { connection: 3, sid, seq });
  });
}

Deno.test("our position is a notice in whole units, signed, and has no number", () => {
  const { notice, sequence } = noticeOf(position);
  assert.deepEqual(notice, {
    event: "position",
    ticker: TICKER,
    position: -10_050,
    cost: 50_000_000,
    realized: -10_000_000,
    fees: 1_000_001,
    volume: 11_500,
    subaccount: 3,
  });
  assert.equal(sequence, null);
});

Deno.test("an order group's limit is there where the change is about it", () => {
  assert.deepEqual(noticeOf(orderGroup).notice, {
    event: "order_group",
    change: "limit_updated",
    groupId: "og_123",
    limit: 15_000,
    exchangeTime: 1_733_047_200_000_000,
  });
  for (const change of ["created", "triggered", "reset", "deleted"]) {
    const { notice } = noticeOf(spoiled(orderGroup, { event_type: change, contracts_limit_fp: undefined }));
    assert.ok(notice.event === "order_group");
    assert.deepEqual([notice.change, notice.limit], [change, null]);
  }
});

Deno.test("an event that is listed is a notice, with its shard or without", () => {
  const expected = { event: "event_lifecycle", eventTicker: "KXBTC15M-26MAY250300", seriesTicker: "KXBTC15M" };
  assert.deepEqual(noticeOf(eventListed).notice, { ...expected, shard: 2 });
  assert.deepEqual(noticeOf(spoiled(eventListed, { exchange_index: undefined })).notice, { ...expected, shard: null });
});

Deno.test("a list of indices tells which command it answers, on either index channel", () => {
  const expected = { event: "index_list", id: 11, indices: ["BRTI", "ETHUSD_RTI"] };
  assert.deepEqual(noticeOf(indexList).notice, expected);
  assert.deepEqual(noticeOf({ ...indexList, type: "cfbenchmarks_value_5hz_indexlist" }).notice, expected);
  assert.deepEqual(noticeOf({ ...indexList, id: undefined }).notice, { ...expected, id: null });
});

const WRONG: [what: string, frame: object, path: string][] = [
  ["a position that is a number", spoiled(position, { position_fp: 100 }), "msg.position_fp"],
  ["a position finer than a hundredth", spoiled(position, { position_fp: "1.005" }), "msg.position_fp"],
  ["a position without market", spoiled(position, { market_ticker: undefined }), "msg.market_ticker"],
  ["a cost that is NaN", spoiled(position, { position_cost_dollars: "NaN" }), "msg.position_cost_dollars"],
  ["a profit that is a number", spoiled(position, { realized_pnl_dollars: -10 }), "msg.realized_pnl_dollars"],
  ["no fees", spoiled(position, { fees_paid_dollars: undefined }), "msg.fees_paid_dollars"],
  ["a negative volume", spoiled(position, { volume_fp: "-1.00" }), "msg.volume_fp"],
  ["half a subaccount", spoiled(position, { subaccount: 0.5 }), "msg.subaccount"],
  ["a position without message", { ...position, msg: undefined }, "msg"],
  ["a change of a group that nobody knows", spoiled(orderGroup, { event_type: "melted" }), "msg.event_type"],
  ["a group without id", spoiled(orderGroup, { order_group_id: "" }), "msg.order_group_id"],
  [
    "a new limit that is missing",
    spoiled(orderGroup, { contracts_limit_fp: undefined }),
    "msg.contracts_limit_fp",
  ],
  ["a negative limit", spoiled(orderGroup, { contracts_limit_fp: "-1.00" }), "msg.contracts_limit_fp"],
  ["a group's stamp that is a text", spoiled(orderGroup, { ts_ms: "1733047200000" }), "msg.ts_ms"],
  ["an event without ticker", spoiled(eventListed, { event_ticker: null }), "msg.event_ticker"],
  ["an event without series", spoiled(eventListed, { series_ticker: undefined }), "msg.series_ticker"],
  ["a shard that is a text", spoiled(eventListed, { exchange_index: "2" }), "msg.exchange_index"],
  ["a fast value that is a number", spoiled(fastIndex, { value_usd: 68_000.12 }), "msg.value_usd"],
  ["a fast value of zero", spoiled(fastIndex, { value_usd: "0" }), "msg.value_usd"],
  ["a fast value that is Infinity", spoiled(fastIndex, { value_usd: "Infinity" }), "msg.value_usd"],
  ["a fast value without index", spoiled(fastIndex, { index_id: undefined }), "msg.index_id"],
  ["a fast value without time", spoiled(fastIndex, { source_ts_ms: undefined }), "msg.source_ts_ms"],
  ["indices that are no list", spoiled(indexList, { index_ids: "BRTI" }), "msg.index_ids"],
  ["an index that is no text", spoiled(indexList, { index_ids: ["BRTI", 7] }), "msg.index_ids[1]"],
  ["too many indices", spoiled(indexList, { index_ids: new Array(1_001).fill("X") }), "msg.index_ids"],
  ["an answer to a command that is no number", { ...indexList, id: "11" }, "id"],
];

for (const [what, frame, path] of WRONG) {
  Deno.test(`a frame with ${what} is refused at ${path}, and its number is told`, () => {
    const parsed = parse(frame);
    assert.ok(parsed.kind === "refused", JSON.stringify(parsed));
    assert.equal(parsed.path, path);
    const { sid, seq } = frame as { sid: number; seq?: number };
    assert.deepEqual(parsed.sequence, seq === undefined ? null : { connection: 3, sid, seq });
  });
}

Deno.test("what is out of scope is ignored by name and keeps its number", () => {
  for (const type of ["rfq_created", "rfq_deleted", "quote_created", "quote_accepted", "pyth_value"]) {
    assert.deepEqual(parse({ type, sid: 5, seq: 10, msg: {} }), {
      kind: "ignored",
      type,
      sequence: { connection: 3, sid: 5, seq: 10 },
    });
  }
});
