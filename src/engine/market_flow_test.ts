import assert from "node:assert/strict";
import { z } from "zod";
import { count, formatTime, price } from "../core/units.ts";
import { after, EVIDENCE, NOON } from "../execution/order_fixture.ts";
import type { FlowTape } from "../models/order_flow_fixture.ts";
import { STANDARD_HOOKS } from "../strategies/hooks.ts";
import type { BoundMarketStrategy, Registration } from "../strategies/registry.ts";
import type { Target } from "../strategies/strategy.ts";
import type { FlowReading } from "../strategies/view.ts";
import { accept, Rig, stateOf, TICKER } from "./engine_fixture.ts";
import { flowSessions } from "./market_flow_fixture.ts";
import { ViewBuilder } from "./view_builder.ts";

/** A strategy that looks at order flow, or not, and keeps what it saw. */
function looker(usesFlow: boolean, targets: () => readonly Target[] = () => []) {
  const seen: (FlowReading | null)[] = [];
  const bound: BoundMarketStrategy = {
    ...STANDARD_HOOKS,
    name: "looker",
    trades: () => true,
    usesFlow,
    decide: ({ flow }) => {
      seen.push(flow === null ? null : { ...flow, why: flow.why });
      const wanted = targets();
      const refusal = wanted.length === 0 ? { code: "idle", text: "Nothing is wanted" } : null;
      return { targets: wanted, refusal, edge: null, edgeSide: null };
    },
  };
  const registration: Registration = { name: "looker", title: "", parameters: z.unknown(), bind: () => bound };
  return { registration, seen };
}

const LOOKER = [{ name: "looker", enabled: true, parameters: {} }];
const rigOf = (look: ReturnType<typeof looker>, change = {}): Rig =>
  new Rig({ strategies: LOOKER, ...change }, [look.registration]);

function run(look: ReturnType<typeof looker>, markets: number, tape: Omit<FlowTape, "seconds">): Rig {
  const rig = rigOf(look);
  for (const input of flowSessions(markets, tape)) rig.step(input);
  return rig;
}

Deno.test("an imbalance that moves the mid is proven over the markets of a series, and a strategy sees it", () => {
  const look = looker(true);
  const rig = run(look, 12, { seed: 40, strength: 0.6 });
  const [flow, ...others] = new ViewBuilder(rig.engine).build().flows;
  assert.deepEqual([others.length, flow.series, flow.proven, flow.horizonSeconds], [0, "KXBTC15M", true, 5], flow.why);
  assert.ok(flow.moments > 500 && flow.weights[0] > 0);
  const proven = look.seen.filter((each) => each?.proven);
  assert.ok(proven.length > 100);
  for (const each of proven) assert.match(each?.why ?? "", /^Log loss of the mid 5 s later less by/);
  const audits = rig.records("audit").filter(({ event }) => event === "order_flow");
  assert.match(audits[0]?.text ?? "", /^KXBTC15M: proven\. Log loss/);
  assert.ok(rig.all("log").some(({ text }) => text.startsWith("Order flow of KXBTC15M: proven.")));
});

Deno.test("before it is proven the reading says so", () => {
  const look = looker(true);
  run(look, 1, { seed: 7, strength: 0 });
  const last = look.seen.findLast((each) => each !== null);
  assert.equal(last?.proven, false);
  assert.match(last?.why ?? "", /^\d+ of 120 moments judged$|evidence/);
  assert.ok(look.seen.every((each) => each === null || Math.abs(each.imbalance) <= 1));
});

Deno.test("where nobody asks nothing is worked out, and no decision is another one", () => {
  const [asking, silent] = [looker(true), looker(false)];
  const [one, other] = [asking, silent].map((look) => run(look, 2, { seed: 11, strength: 0 }));
  assert.ok(asking.seen.some((each) => each !== null));
  assert.ok(silent.seen.every((each) => each === null));
  assert.deepEqual(new ViewBuilder(other.engine).build().flows, []);
  assert.equal(one.engine.decisionHash, other.engine.decisionHash);
});

Deno.test("the same inputs give the same signal and the same decisions", () => {
  const [one, other] = [1, 2].map(() => run(looker(true), 4, { seed: 21, strength: 0.6 }));
  assert.deepEqual(new ViewBuilder(one.engine).build().flows, new ViewBuilder(other.engine).build().flows);
  assert.equal(one.engine.decisionHash, other.engine.decisionHash);
});

Deno.test("what is read as a market closes, is stale or unknown, is nothing", () => {
  const rig = rigOf(looker(true));
  const reading = () => rig.engine.flows.reading(stateOf(rig), rig.engine.now);
  rig.market(290);
  rig.book(291, [[4_900, 10_000]], [[4_900, 10_000]], 1);
  assert.equal(reading()?.shift, 0, "a snapshot begins it");
  rig.delta(292, "yes", 4_900, 10_000, 2);
  assert.ok((reading()?.imbalance ?? 0) > 0.1, "the bid's queue grew");
  // Number 4 after 2: something was missed.
  rig.delta(293, "yes", 4_900, 10_000, 4);
  assert.equal(reading(), null, "stale");
  rig.book(294, [[4_900, 10_000]], [[4_900, 10_000]], 5);
  assert.equal(reading()?.imbalance, 0, "after a new snapshot nothing before it counts");
  rig.book(295, [[5_200, 10_000]], [[4_900, 10_000]], 6);
  assert.equal(reading(), null, "crossed");
  rig.book(296, [[4_900, 10_000]], [], 7);
  assert.equal(reading(), null, "one side");
  rig.clock(900);
  rig.clock(901);
  assert.equal(reading(), null, "closed");
});

Deno.test("our own orders in the book are no flow", () => {
  const own: Target = {
    side: "bid",
    price: price(4_950),
    count: count(90_000),
    timeInForce: "good_till_canceled",
    postOnly: true,
    signal: "test",
    kelly: 0.1,
    depth: count(0),
    evidence: { ...EVIDENCE, modelProbability: 0.5 },
  };
  const rig = rigOf(looker(true, () => [own]), { execution: "live", capital: null });
  rig.account(280, 1_000_000_000_000);
  rig.market(290);
  rig.book(291, [[4_900, 10_000]], [[4_900, 10_000]]);
  assert.equal(rig.placed.length, 1, JSON.stringify(stateOf(rig).standings[0].obstacle));
  accept(rig, 291.5, 0, 90_000, rig.placed[0].clientOrderId);
  rig.delta(292, "yes", 4_950, 90_000);
  const reading = rig.engine.flows.reading(stateOf(rig), rig.engine.now);
  assert.equal(reading?.imbalance, 0, "the best bid is ours alone");
});

Deno.test("whatever trades, a reading stays within its bounds", () => {
  const rig = rigOf(looker(true));
  rig.market(290);
  rig.book(291, [[4_900, 10_000]], [[4_900, 10_000]]);
  const sizes = [0, 1, -100, 1e12, Number.MAX_SAFE_INTEGER];
  for (let second = 0; second < 300; second++) {
    rig.step({
      type: "trade",
      // Now and then a stamp of long ago.
      at: second % 7 === 0 ? NOON : after(292 + second),
      ticker: second % 5 === 0 ? "KXNOBODY-T1" : TICKER,
      tradeId: "",
      price: price(second % 2 === 0 ? 0 : 10_000),
      count: count(sizes[second % sizes.length]),
      takerSide: second % 3 === 0 ? "ask" : "bid",
      exchangeTime: NOON,
    });
    const reading = rig.engine.flows.reading(stateOf(rig), rig.engine.now);
    assert.ok(reading !== null && Math.abs(reading.imbalance) <= 1 && Math.abs(reading.shift) <= 0.2, formatTime(NOON));
  }
});
