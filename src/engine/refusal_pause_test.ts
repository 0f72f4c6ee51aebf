import assert from "node:assert/strict";
import { after, anIntent } from "../execution/order_fixture.ts";
import { RefusalPause } from "./refusal_pause.ts";
import { accept, liveRig, type Rig, standingOf, TICKER } from "./engine_fixture.ts";

const { shard } = anIntent();
const opens = { ticker: TICKER, shard, closes: false };
const closes = { ...opens, closes: true };
const neighbour = { ...opens, ticker: "KXETH15M-26NOV200715-15" };
const elsewhere = { ...neighbour, shard: shard + 1 };

/** Refused at second 0: who waits then? */
const REACHES = [
  ["exchange_is_paused", opens, [true, true, true, false]],
  ["trading_is_paused", opens, [true, true, true, false]],
  ["insufficient_balance", opens, [true, false, true, false]],
  ["insufficient_balance", closes, [true, true, false, false]],
  ["MARKET_INACTIVE", opens, [true, true, false, false]],
  ["too_many_requests", opens, [true, true, false, false]],
  ["dropped_under_pressure", opens, [true, true, false, false]],
  ["service_unavailable", opens, [true, true, false, false]],
  ["post_only_cross", opens, [false, false, false, false]],
  ["invalid_price", opens, [false, false, false, false]],
  ["", opens, [false, false, false, false]],
] as const;

for (const [code, order, waits] of REACHES) {
  Deno.test(`refused with "${code}"${order.closes ? " to close" : ""}: only what would meet the same waits`, () => {
    const pause = new RefusalPause();
    pause.refused(code, order, after(0), after(0));
    const found = [opens, closes, neighbour, elsewhere].map((each) => pause.reason(each, after(0.5)) !== null);
    assert.deepEqual(found, waits);
    assert.equal(pause.reason(order, after(1)), null, "a second, and not a microsecond longer");
  });
}

Deno.test("pauses double up to a minute, and begin anew once an order was accepted", () => {
  const pause = new RefusalPause();
  let at = 0;
  const lengths: number[] = [];
  const refuse = (): void => {
    pause.refused("trading_is_paused", opens, after(at), after(at));
    const length = Number(/again in (\d+) s$/.exec(pause.reason(opens, after(at)) ?? "")?.[1]);
    lengths.push(length);
    at += length;
  };
  for (let n = 0; n < 8; n++) refuse();
  assert.deepEqual(lengths.splice(0), [1, 2, 4, 8, 16, 32, 60, 60]);
  pause.accepted(neighbour, after(at));
  refuse();
  assert.deepEqual(lengths, [1]);
});

Deno.test("answers to what was sent before a pause neither lengthen nor end it", () => {
  const pause = new RefusalPause();
  pause.refused("trading_is_paused", opens, after(0), after(0.1));
  pause.refused("trading_is_paused", neighbour, after(0.05), after(0.2));
  pause.accepted(opens, after(0.01));
  assert.equal(pause.reason(opens, after(0.3)), "Paused by the exchange (trading_is_paused): tries again in 1 s");
  assert.equal(pause.reason(opens, after(1.1)), null);
});

Deno.test("an order that closes says nothing of the cash that opening needs", () => {
  const pause = new RefusalPause();
  pause.refused("insufficient_balance", opens, after(0), after(0));
  pause.accepted(closes, after(5));
  pause.refused("insufficient_balance", opens, after(6), after(6));
  assert.equal(pause.reason(opens, after(6)), "Paused after a refusal (insufficient_balance): tries again in 2 s");
});

Deno.test("a bounded number of pauses is remembered, and none of a market that is over", () => {
  const pause = new RefusalPause();
  for (let n = 0; n < 5_000; n++) pause.refused("MARKET_INACTIVE", { ...opens, ticker: `M-${n}` }, after(0), after(0));
  assert.equal(pause.size, 4_096);
  pause.forget("M-4999");
  assert.equal(pause.reason({ ...opens, ticker: "M-4999" }, after(0)), null);
  assert.notEqual(pause.reason({ ...opens, ticker: "M-4998" }, after(0)), null);
});

// --- in the engine --------------------------------------------------------------------------------------------------

/** Refuses whatever was placed and not answered yet, half a second after each input, for so many seconds. */
function refuseAll(rig: Rig, code: string, from: number, seconds: number): void {
  let answered = 0;
  for (let half = 0; half < seconds * 2; half++) {
    const at = from + half / 2;
    rig.index(at, half % 2 === 0 ? 84_300 : 84_305);
    for (const { clientOrderId } of rig.placed.slice(answered)) {
      rig.step({ type: "order_rejected", at: after(at + 0.1), clientOrderId, code, reason: "Try later" });
      answered++;
    }
  }
}

Deno.test("through a hundred seconds of a pause a handful of orders is sent, and the page says why", () => {
  const rig = liveRig();
  refuseAll(rig, "trading_is_paused", 301, 100);
  const sent = rig.placed.length;
  assert.ok(sent >= 5 && sent <= 8, String(sent));
  assert.match(standingOf(rig).obstacle ?? "", /^Paused by the exchange \(trading_is_paused\): tries again in \d+ s$/);
  assert.equal(rig.records("audit").filter(({ event }) => event === "refused").length, 1);
});

Deno.test("a key that may not trade is tried a handful of times in a hundred seconds", () => {
  for (const code of ["http_401", "http_403"]) {
    const rig = liveRig();
    refuseAll(rig, code, 301, 100);
    assert.ok(rig.placed.length >= 5 && rig.placed.length <= 8, `${code}: ${rig.placed.length}`);
  }
});

Deno.test("an order's own fault pauses nothing", () => {
  const rig = liveRig();
  refuseAll(rig, "invalid_price", 301, 20);
  assert.ok(rig.placed.length >= 15, String(rig.placed.length));
});

Deno.test("once an order is accepted, the next pause is a short one again", () => {
  const rig = liveRig();
  refuseAll(rig, "trading_is_paused", 301, 20);
  const before = rig.placed.length;
  let second = 320;
  while (rig.placed.length === before && second < 400) rig.index(++second, 84_300);
  const order = rig.placed.at(-1) ?? assert.fail("Nothing was tried again");
  accept(rig, second + 0.5, 0, 0, order.clientOrderId);
  rig.index(second + 1, 84_305);
  const next = rig.placed.at(-1) ?? assert.fail("Nothing was sent");
  assert.notEqual(next.clientOrderId, order.clientOrderId);
  const { clientOrderId } = next;
  rig.step({ type: "order_rejected", at: after(second + 1.1), clientOrderId, code: "trading_is_paused", reason: "" });
  rig.index(second + 1.5, 84_300);
  assert.match(standingOf(rig).obstacle ?? "", /tries again in 1 s$/);
});
