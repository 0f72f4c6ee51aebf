import assert from "node:assert/strict";
import type { OrderGroupInput } from "../core/input.ts";
import { count } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { accept, anAccount, liveRig, RESTING, Rig, settlementEdge, standingOf } from "./engine_fixture.ts";
import { PLAIN_EXECUTION } from "./execution_settings.ts";
import { FRESH } from "./options.ts";

const orders = { ...PLAIN_EXECUTION, groupLimit: count(50_000) };
const strategies = settlementEdge({ ...RESTING, cooldown: 0 });
const OWNER = { strategy: "settlement_edge", shard: 2 } as const;

/** Live, warmed up, and with everything wanted but the group. */
const fused = (change: Parameters<typeof liveRig>[0] = {}): Rig => liveRig({ strategies, orders, ...change });

function told(rig: Rig, seconds: number, event: OrderGroupInput["event"], groupId: string | null = "g-1"): void {
  rig.step({ type: "order_group", at: after(seconds), ...OWNER, groupId, event, reason: "because" });
}

const requests = (rig: Rig) => rig.all("order_group").map(({ command, groupId }) => [command, groupId]);
/** After the start, where a group is asked for at 290, and once more at 300, because nobody answers for so long. */
const asked = (rig: Rig) => requests(rig).slice(2);
const obstacleOf = (rig: Rig) => standingOf(rig).obstacle ?? "";

Deno.test("a strategy's group is asked for at the start, and its orders wait for it and bear it", () => {
  const rig = fused();
  const [{ type: _type, ...request }] = rig.all("order_group");
  assert.deepEqual(request, { command: "create", ...OWNER, groupId: null, limit: 50_000 });
  assert.equal(rig.placed.length, 0);
  assert.match(obstacleOf(rig), /no order group for it on shard 2 yet/);
  told(rig, 300.6, "created");
  rig.index(301, 84_200);
  assert.equal(rig.all("place")[0].orderGroupId, "g-1");
  assert.ok(!("orderGroupId" in rig.placed[0]), "what is wanted does not depend on it");
  assert.deepEqual(asked(rig), []);
});

Deno.test("a group that could not be made is asked for again, later and later, and nothing is sent without it", () => {
  const rig = fused();
  const at: number[] = [];
  for (let second = 301; second <= 420; second++) {
    const before = rig.all("order_group").length;
    rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
    if (rig.all("order_group").length === before) continue;
    at.push(second);
    told(rig, second, "failed", null);
  }
  assert.equal(rig.placed.length, 0);
  assert.deepEqual(at, [310, 315, 325, 345, 385], "ten seconds without an answer, then 5, 10, 20 and 40 seconds");
});

for (
  const [how, trip] of [
    ["the exchange says that it was triggered", (rig: Rig) => told(rig, 303, "triggered")],
    ["an order is refused because it was", (rig: Rig) => {
      const said = { clientOrderId: "bot-1", code: "order_group_triggered", reason: "no" };
      rig.step({ type: "order_rejected", at: after(303), ...said });
    }],
  ] as const
) {
  Deno.test(`a group has tripped where ${how}: the strategy stands still until a person starts it`, () => {
    const rig = fused();
    told(rig, 300.6, "created");
    rig.index(301, 84_200);
    trip(rig);
    const { phase, reason } = rig.engine.strategies.of("settlement_edge");
    assert.deepEqual([phase, reason], [
      "failed",
      "The exchange stopped it: more than 500.00 contracts within 15 seconds on shard 2",
    ]);
    assert.ok(rig.records("audit").some(({ event, text }) => event === "strategy_failed" && text.includes(reason)));
    assert.ok(rig.all("log").some(({ level, text }) => level === "error" && text.includes(reason)));
    const [halt] = rig.records("halt");
    assert.deepEqual([halt.name, halt.active, halt.persistent], ["order_group settlement_edge", true, true]);
    rig.step({ type: "order_update", at: after(303.5), order: cancelledReport(rig) });
    rig.index(304, 84_200);
    assert.match(obstacleOf(rig), /settlement_edge failed: The exchange stopped it/);
    assert.equal(rig.placed.length, 1);
    assert.deepEqual(asked(rig), [], "nothing is reset by itself");

    rig.operator(305, "start_strategy", "settlement_edge");
    assert.deepEqual(asked(rig).at(-1), ["reset", "g-1"]);
    assert.equal(rig.records("halt").at(-1)?.active, false);
    rig.index(305.5, 84_205);
    assert.match(obstacleOf(rig), /not reset yet/);
    told(rig, 305.6, "reset");
    rig.index(306, 84_200);
    assert.deepEqual(rig.all("place").map(({ orderGroupId }) => orderGroupId), ["g-1", "g-1"]);
  });
}

function cancelledReport(rig: Rig) {
  const { clientOrderId, ticker, side, price, count: initialCount } = rig.placed[0];
  const none = count(0);
  return {
    ...{ orderId: `o-${clientOrderId}`, clientOrderId, ticker, side, price, status: "canceled" as const, initialCount },
    fillCount: none,
    remainingCount: none,
  };
}

Deno.test("what rests of a strategy whose group has tripped is taken back, too", () => {
  const rig = fused();
  told(rig, 300.6, "created");
  rig.index(301, 84_200);
  accept(rig, 301.1, 0, rig.placed[0].count);
  told(rig, 301.2, "triggered");
  assert.equal(rig.all("cancel").length, 1);
});

Deno.test("a group that cannot be reset is replaced by another one", () => {
  const rig = fused();
  told(rig, 300.6, "created");
  told(rig, 301, "triggered");
  rig.operator(302, "start_strategy", "settlement_edge");
  told(rig, 302.5, "failed", null);
  rig.index(308, 84_200);
  assert.deepEqual(asked(rig), [["reset", "g-1"], ["create", null]]);
});

Deno.test("a tripped group is remembered over a restart, halts nothing else, and a person ends it", () => {
  const first = fused();
  told(first, 300.6, "created");
  told(first, 301, "triggered");
  const resume = { ...FRESH, account: anAccount(), halts: first.records("halt") };
  const again = fused({ resume });
  assert.equal(again.engine.strategies.of("settlement_edge").phase, "failed");
  assert.deepEqual(again.engine.desk.halts.list(), []);
  assert.deepEqual(requests(again), []);
  again.operator(301, "start_strategy", "settlement_edge");
  assert.deepEqual(requests(again), [["create", null]], "a group of this run has never tripped");
  told(again, 301.1, "created", "g-2");
  again.index(302, 84_200);
  assert.equal(again.all("place")[0].orderGroupId, "g-2");
});

Deno.test("the trigger of a group that its orders do not bear any more stops nothing", () => {
  const rig = fused();
  told(rig, 300.6, "created", "g-2");
  told(rig, 301, "triggered", "g-1");
  assert.equal(rig.engine.strategies.of("settlement_edge").phase, "active");
});

Deno.test("paper, or no limit: there are no groups, and what is heard of one changes nothing", () => {
  const paper = new Rig({ strategies, orders }).warmUp();
  const unlimited = liveRig({ strategies, orders: PLAIN_EXECUTION });
  for (const rig of [paper, unlimited]) {
    told(rig, 301, "triggered");
    assert.deepEqual([rig.all("order_group").length, rig.placed.length], [0, 1]);
    assert.equal(rig.engine.strategies.of("settlement_edge").phase, "active");
  }
});
