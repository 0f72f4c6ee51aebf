import assert from "node:assert/strict";
import type { FrameReply } from "./frames.ts";
import { type Command, Subscriptions } from "./subscriptions.ts";

const reply = (fields: Partial<FrameReply>): FrameReply => ({
  reply: "ok",
  id: null,
  sid: null,
  channel: null,
  error: null,
  ...fields,
});
const brief = ({ cmd, params }: Command) => ({ cmd, ...params });

/** Everything asked for is confirmed: orderbook_delta is sid 1, trade 2, the rest as they come. */
function subscribed(...tickers: string[]): Subscriptions {
  const subscriptions = new Subscriptions([], false, false);
  let sid = 10;
  for (const { id, params } of subscriptions.reconcile(new Set(tickers))) {
    for (const channel of params.channels as string[]) {
      const number = channel === "orderbook_delta" ? 1 : channel === "trade" ? 2 : sid++;
      subscriptions.take(reply({ reply: "subscribed", id, sid: number, channel }));
    }
  }
  return subscriptions;
}

Deno.test("the first reconcile asks for the private channels before everything that can cause their frames", () => {
  const subscriptions = new Subscriptions(["BRTI"], true, false);
  assert.deepEqual(subscriptions.reconcile(new Set(["A"])).map(brief), [
    { cmd: "subscribe", channels: ["fill"] },
    { cmd: "subscribe", channels: ["user_orders"] },
    { cmd: "subscribe", channels: ["market_positions"] },
    { cmd: "subscribe", channels: ["order_group_updates"] },
    { cmd: "subscribe", channels: ["market_lifecycle_v2"] },
    { cmd: "subscribe", channels: ["cfbenchmarks_value"], index_ids: ["BRTI"] },
    { cmd: "subscribe", channels: ["orderbook_delta", "trade"], market_tickers: ["A"], use_yes_price: false },
  ]);
  assert.deepEqual(subscriptions.reconcile(new Set(["A"])), [], "nothing is asked for twice");
});

Deno.test("index values are asked for when they may come, and everything else before", () => {
  const subscriptions = new Subscriptions(["BRTI"], false, false);
  assert.deepEqual(subscriptions.reconcile(new Set(), false).map(brief), [
    { cmd: "subscribe", channels: ["market_lifecycle_v2"] },
  ]);
  assert.deepEqual(subscriptions.reconcile(new Set(), true).map(brief), [
    { cmd: "subscribe", channels: ["cfbenchmarks_value"], index_ids: ["BRTI"] },
  ]);
});

Deno.test("values between two seconds are asked for of the indices that have them", () => {
  const subscriptions = new Subscriptions(["BRTI", "ZECUSD_RTI"], false, true);
  assert.deepEqual(subscriptions.reconcile(new Set()).slice(1).map(brief), [
    { cmd: "subscribe", channels: ["cfbenchmarks_value"], index_ids: ["BRTI", "ZECUSD_RTI"] },
    { cmd: "subscribe", channels: ["cfbenchmarks_value_5hz"], index_ids: ["BRTI"] },
  ]);
  const none = new Subscriptions(["ZECUSD_RTI"], false, true);
  assert.equal(none.reconcile(new Set()).length, 2);
});

Deno.test("books are not subscribed before a market is wanted", () => {
  const subscriptions = new Subscriptions([], false, false);
  assert.deepEqual(subscriptions.reconcile(new Set()).map(brief), [
    { cmd: "subscribe", channels: ["market_lifecycle_v2"] },
  ]);
});

Deno.test("markets come and go on both subscriptions by their sids", () => {
  const subscriptions = subscribed("A", "B");
  assert.deepEqual(subscriptions.reconcile(new Set(["B", "C"])).map(brief), [
    { cmd: "update_subscription", sids: [1], action: "add_markets", market_tickers: ["C"] },
    { cmd: "update_subscription", sids: [1], action: "delete_markets", market_tickers: ["A"] },
    { cmd: "update_subscription", sids: [2], action: "add_markets", market_tickers: ["C"] },
    { cmd: "update_subscription", sids: [2], action: "delete_markets", market_tickers: ["A"] },
  ]);
  assert.deepEqual([...subscriptions.bookTickers()], ["B", "C"]);
});

Deno.test("snapshots can be asked for once the subscription is confirmed", () => {
  const fresh = new Subscriptions([], false, false);
  fresh.reconcile(new Set(["A"]));
  assert.equal(fresh.snapshots(["A"]), null);
  const command = subscribed("A").snapshots(["A"]);
  assert.ok(command !== null);
  assert.deepEqual(brief(command), {
    cmd: "update_subscription",
    sids: [1],
    action: "get_snapshot",
    market_tickers: ["A"],
  });
});

for (const code of [10, 25]) {
  Deno.test(`error ${code} ends the subscription: its books are lost and it is made anew`, () => {
    const subscriptions = subscribed("A", "B");
    const outcome = subscriptions.take(reply({ reply: "error", sid: 1, error: { code, text: "over" } }));
    assert.deepEqual(outcome.lost, ["A", "B"]);
    assert.ok(outcome.retry);
    assert.match(outcome.problem ?? "", new RegExp(`error ${code}`));
    assert.equal(subscriptions.channelOf(1), null);
    assert.deepEqual(subscriptions.reconcile(new Set(["A", "B"])).map(brief), [
      { cmd: "subscribe", channels: ["orderbook_delta"], market_tickers: ["A", "B"], use_yes_price: false },
    ]);
  });
}

Deno.test("a subscription that the exchange does not know any more is made anew, and its books are lost meanwhile", () => {
  const subscriptions = subscribed("A");
  const { id } = subscriptions.snapshots(["A"]) ?? assert.fail("Books are subscribed");
  const outcome = subscriptions.take(
    reply({ reply: "error", id, error: { code: 7, text: "Unknown subscription ID" } }),
  );
  assert.deepEqual([outcome.lost, outcome.retry], [["A"], true]);
  assert.deepEqual(subscriptions.reconcile(new Set(["A"])).map(brief), [
    { cmd: "subscribe", channels: ["orderbook_delta"], market_tickers: ["A"], use_yes_price: false },
  ]);
});

Deno.test("a channel that the exchange does not know is not asked for again and again", () => {
  const subscriptions = new Subscriptions(["BRTI"], false, false);
  const commands = subscriptions.reconcile(new Set());
  const index = commands.find(({ params }) => (params.channels as string[])[0] === "cfbenchmarks_value");
  assert.ok(index !== undefined);
  const outcome = subscriptions.take(reply({ reply: "error", id: index.id, error: { code: 8, text: "Unknown" } }));
  assert.equal(outcome.retry, false);
  assert.match(outcome.problem ?? "", /subscribe cfbenchmarks_value: Unknown/);
  assert.deepEqual(subscriptions.reconcile(new Set()), []);
});

Deno.test("a passing failure to subscribe is tried again, and its books are lost meanwhile", () => {
  const subscriptions = new Subscriptions([], false, false);
  const commands = subscriptions.reconcile(new Set(["A"]));
  const outcome = subscriptions.take(
    reply({ reply: "error", id: commands[1].id, error: { code: 27, text: "too many requests" } }),
  );
  assert.deepEqual([outcome.retry, outcome.lost], [true, ["A"]]);
  assert.equal(subscriptions.reconcile(new Set(["A"])).length, 1);
});

Deno.test("a command with two channels is answered by its second reply", () => {
  const subscriptions = new Subscriptions([], false, false);
  const [, books] = subscriptions.reconcile(new Set(["A"]));
  assert.equal(books.answers, 2);
  assert.equal(subscriptions.answered(books.id), false);
  assert.equal(subscriptions.answered(books.id), true);
  assert.equal(subscriptions.answered(9_999), false);
});

Deno.test("a new connection starts from nothing, and no id is used twice", () => {
  const subscriptions = subscribed("A");
  const before = subscriptions.snapshots(["A"]);
  subscriptions.reset();
  assert.equal(subscriptions.channelOf(1), null);
  assert.equal(subscriptions.snapshots(["A"]), null);
  const ids = subscriptions.reconcile(new Set(["A"])).map(({ id }) => id);
  assert.ok(before !== null && ids.every((id) => id > before.id));
});
