import assert from "node:assert/strict";
import type { ShardPause } from "../core/input.ts";
import { after } from "../execution/order_fixture.ts";
import { accept, liveRig, RESTING, Rig, settlementEdge, standingOf, TICKER } from "./engine_fixture.ts";
import { ExchangePause } from "./exchange_pause.ts";

const status = (seconds: number, pauses: Readonly<Record<number, ShardPause>>, others: ShardPause = "none") => ({
  type: "exchange_status" as const,
  at: after(seconds),
  shards: Object.entries(pauses).map(([shard, pause]) => ({ shard: Number(shard), pause })),
  others,
  resumeTime: null,
});

/** The market's own shard. */
const shardOf = (rig: Rig): number => rig.engine.markets.get(TICKER)?.market.shard ?? assert.fail();

Deno.test("a shard that the exchange does not name is as the others are", () => {
  const pause = new ExchangePause();
  assert.equal(pause.of(2), "none");
  pause.take(status(0, { 0: "none" }, "exchange"));
  assert.equal(pause.of(0), "none");
  assert.equal(pause.of(2), "exchange");
});

Deno.test("shards of which the same is to be said are told together", () => {
  const pause = new ExchangePause();
  assert.deepEqual(pause.take(status(0, { 10: "trading", 0: "exchange", 2: "trading" })), [
    "Paused by the exchange: it takes neither orders nor cancels on shard 0",
    "Paused by the exchange: it takes no orders on shards 2, 10, only cancels",
  ]);
  assert.deepEqual(pause.take(status(1, {})), ["The exchange takes orders on shards 0, 2, 10 again"]);
});

Deno.test("what changed is told, for each shard once", () => {
  const pause = new ExchangePause();
  assert.deepEqual(pause.take(status(0, { 0: "none", 2: "trading" })), [
    "Paused by the exchange: it takes no orders on shard 2, only cancels",
  ]);
  assert.deepEqual(pause.take({ ...status(1, { 0: "none", 2: "exchange" }), resumeTime: "2026-11-20T10:00:00Z" }), [
    "Paused by the exchange: it takes neither orders nor cancels on shard 2, and expects to go on at 2026-11-20T10:00:00Z",
  ]);
  assert.deepEqual(pause.take(status(2, { 0: "none", 2: "exchange" })), []);
  assert.deepEqual(pause.take(status(3, {})), ["The exchange takes orders on shard 2 again"]);
});

Deno.test("no order goes to a shard that is paused, the reason shows, and it goes on by itself", () => {
  const rig = new Rig({ execution: "live", capital: null });
  rig.account(280, 1_000_000_000);
  rig.market(285);
  rig.step(status(286, { 0: "none", [shardOf(rig)]: "trading" }));
  rig.warmUp();
  rig.index(301, 84_200);
  assert.equal(rig.placed.length, 0);
  assert.match(
    standingOf(rig).obstacle ?? "",
    /^Paused by the exchange: it takes no orders on shard \d, only cancels$/,
  );
  rig.step(status(301.5, { 0: "none", [shardOf(rig)]: "none" }));
  assert.equal(rig.placed.length, 1);
  assert.equal(standingOf(rig).obstacle, null);
  const told = rig.records("audit").filter(({ event }) => event === "exchange_status").map(({ text }) => text);
  assert.equal(told.length, 2);
});

Deno.test("another shard's pause holds nothing up", () => {
  const rig = new Rig({ execution: "live", capital: null });
  rig.account(280, 1_000_000_000);
  rig.market(285);
  rig.step(status(286, { [shardOf(rig)]: "none", [shardOf(rig) + 1]: "exchange" }));
  rig.warmUp();
  assert.equal(rig.placed.length, 1);
});

const CANCELS: readonly { readonly pause: ShardPause; readonly cancels: number }[] = [
  { pause: "trading", cancels: 1 },
  { pause: "exchange", cancels: 0 },
];

for (const { pause, cancels } of CANCELS) {
  Deno.test(`during a pause of kind ${pause}, what is unwanted is cancelled ${cancels} times, what is wanted stays`, () => {
    const rig = liveRig({ strategies: settlementEdge(RESTING) });
    accept(rig, 301, 0, 5_000);
    rig.step(status(302, { [shardOf(rig)]: pause }));
    rig.clock(303);
    assert.equal(rig.all("cancel").length, 0, "it is wanted still");
    rig.operator(304, "stop_strategy", "settlement_edge");
    rig.clock(305);
    assert.equal(rig.all("cancel").length, cancels);
    rig.step(status(306, { [shardOf(rig)]: "none" }));
    assert.equal(rig.all("cancel").length, 1, "at the latest when the pause is over");
  });
}

Deno.test("a kill during a pause of the whole exchange still asks for the end of everything", () => {
  const rig = liveRig({ strategies: settlementEdge(RESTING) });
  accept(rig, 301, 0, 5_000);
  rig.step(status(302, { [shardOf(rig)]: "exchange" }));
  rig.operator(303, "kill");
  assert.equal(rig.all("cancel_all").length, 1);
});

Deno.test("a refusal because of a pause says nothing more once the exchange takes orders again", () => {
  const rig = liveRig();
  const refused = (seconds: number, clientOrderId: string) =>
    rig.step({ type: "order_rejected", at: after(seconds), clientOrderId, code: "trading_is_paused", reason: "" });
  refused(300.6, "bot-1");
  rig.index(302, 84_200);
  refused(302.1, "bot-2");
  assert.equal(rig.placed.length, 2);
  rig.index(303, 84_205);
  assert.equal(rig.placed.length, 2, "two seconds' pause");
  rig.step(status(303.1, { [shardOf(rig)]: "none" }));
  assert.equal(rig.placed.length, 3);
});
