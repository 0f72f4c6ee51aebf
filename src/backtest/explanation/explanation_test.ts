import assert from "node:assert/strict";
import type { Input } from "../../core/input.ts";
import { count, price } from "../../core/units.ts";
import { Engine } from "../../engine/engine.ts";
import { accept, engineOptions, liveRig, Rig, settlementEdge } from "../../engine/engine_fixture.ts";
import type { EngineOptions } from "../../engine/options.ts";
import { after, aMarket, aReport } from "../../execution/order_fixture.ts";
import { explainOrder, type Explanation } from "./explanation.ts";
import { inParts, journalLines, withJournals } from "./journal_fixture.ts";
import { searchOrder } from "./order_search.ts";

const RUN = engineOptions().run;
const LATER = "20261120T130000Z-0001";
const { ticker } = aMarket();

/** Of an order that rests: half of it fills, the rest is cancelled, and the market settles. */
function liveStory(change: Partial<EngineOptions> = {}): Rig {
  const rig = liveRig(change);
  accept(rig, 300.6, 0, rig.placed[0].count);
  rig.fill(301, { tradeId: "t-1", orderId: "o-bot-1", price: price(5_100), count: count(300) });
  rig.fill(301.25, { tradeId: "t-2", orderId: "o-bot-1", price: price(5_000), count: count(100), isTaker: false });
  rig.step({
    type: "order_update",
    at: after(301.5),
    order: aReport({ orderId: "o-bot-1", fillCount: count(400), remainingCount: count(4_600) }),
  });
  rig.step({
    type: "order_cancelled",
    at: after(302),
    clientOrderId: "bot-1",
    reducedBy: count(rig.placed[0].count - 400),
  });
  rig.operator(302.1, "stop_strategy", "settlement_edge");
  rig.settled(901, "yes");
  return rig;
}

const liveOptions = (change: Partial<EngineOptions> = {}): EngineOptions =>
  engineOptions({ execution: "live", capital: null, ...change });

async function explained(
  files: Readonly<Record<string, Readonly<Record<string, string>>>>,
  id = "bot-1",
): Promise<Explanation> {
  let found: Explanation | undefined;
  await withJournals(files, async (_, runs) => {
    const troubles: string[] = [];
    const search = await searchOrder(runs, id, (reason) => troubles.push(reason));
    assert.ok(search.kind === "found", JSON.stringify({ search, troubles }));
    const explanation = await explainOrder(search.order, runs.filter((run) => run > search.order.run));
    assert.ok(!("error" in explanation), JSON.stringify(explanation));
    found = explanation;
  });
  assert.ok(found !== undefined);
  return found;
}

const whole = (lines: readonly string[]): Record<string, string> => ({ "000001.ndjson": lines.join("\n") + "\n" });

const explainedRig = (rig: Rig, options: EngineOptions, id?: string): Promise<Explanation> =>
  explained({ [RUN]: whole(journalLines(rig.inputs, options)) }, id);

Deno.test("an order is told with what was known, what it was worth, and what became of it", async () => {
  const rig = liveStory();
  const told = await explainedRig(rig, liveOptions());
  assert.deepEqual(told.missing, []);
  assert.deepEqual(told.order, {
    client_order_id: "bot-1",
    order_id: "o-bot-1",
    ticker,
    side: "bid",
    price: "0.5100",
    count: "50.00",
    time_in_force: "immediate_or_cancel",
    post_only: false,
    reduce_only: false,
    expires_at: null,
    shard: 2,
    strategy: "settlement_edge",
    signal: "baseline_gap",
    execution: "live",
    basket: null,
  });
  // Noon UTC is seven o'clock in New York in November.
  assert.deepEqual([told.sent_at, told.sent_at_eastern], [
    "2026-11-20T12:05:00.500000Z",
    "2026-11-20 07:05:00.500 EST",
  ]);
  assert.deepEqual([told.trigger?.type, told.trigger?.about, told.trigger?.age_ms], ["book_snapshot", "market", null]);
  const { decision } = told;
  assert.ok(decision !== null);
  assert.deepEqual(
    [decision.index?.index, decision.index?.value, decision.index?.source, decision.index?.age_ms],
    ["BRTI", 84_200, "official", 500],
  );
  assert.deepEqual(decision.book, {
    phase: "synced",
    bid: "0.4900",
    bid_size: "100.00",
    ask: "0.5100",
    ask_size: "100.00",
    spread: "0.0200",
    mid: 0.5,
    quoted_ms_ago: 0,
    bids: [{ price: "0.4900", count: "100.00" }],
    asks: [{ price: "0.5100", count: "100.00" }],
    depth: "100.00",
  });
  // 7 % of 0.51 x 0.49 is 0.017493: a step of 0.0001 up for one contract, to the micro-dollar for fifty.
  const { costs } = decision;
  assert.deepEqual([costs.outcome, costs.role, costs.cost, costs.fee_per_contract, costs.fee], [
    "yes",
    "taker",
    "0.5100",
    "0.017500",
    "0.874650",
  ]);
  // Slippage and latency, and nothing for an index that is not late.
  assert.equal(costs.buffers?.toFixed(6), "0.004000");
  assert.equal(decision.model.probability, decision.model.closed_form);
  assert.equal(told.parameters?.rest, false);
  assert.equal(told.parameters?.min_edge, 0.02, "a default that the run did not name");
  assert.deepEqual(told.events.map(({ event, after_ms }) => [event, after_ms]), [
    ["accepted", 100],
    ["reported", 1_000],
    ["cancelled", 1_500],
  ]);
  assert.deepEqual(
    told.fills.map(({ trade_id, price, count, role, after_ms }) => [trade_id, price, count, role, after_ms]),
    [
      ["t-1", "0.5100", "3.00", "taker", 500],
      ["t-2", "0.5000", "1.00", "maker", 750],
    ],
  );
  // (3 x 0.51 + 0.50) / 4
  assert.deepEqual([told.end?.phase, told.end?.over, told.end?.filled, told.end?.average_price], [
    "cancelled",
    true,
    "4.00",
    "0.5075",
  ]);
  assert.deepEqual([told.market_end?.result, told.market_end?.settled, told.market_end?.position], [
    "yes",
    true,
    "4.00",
  ]);
  assert.deepEqual([told.market_end?.payout, told.market_end?.pnl], ["4.000000", "1.970000"]);
});

Deno.test("on paper, where the engine answers itself, the same is told from what it recorded", async () => {
  const rig = new Rig().warmUp();
  rig.clock(301);
  rig.operator(301.1, "stop_strategy", "settlement_edge");
  rig.settled(901, "no");
  const told = await explainedRig(rig, engineOptions());
  assert.deepEqual(told.missing, []);
  assert.deepEqual(told.events.map(({ event, after_ms }) => [event, after_ms]), [["filled", 50]]);
  assert.deepEqual(told.fills.map(({ count, role }) => [count, role]), [["50.00", "taker"]]);
  assert.equal(told.order.execution, "paper");
  assert.deepEqual([told.market_end?.result, told.market_end?.payout], ["no", "0.000000"]);
});

Deno.test("inside the last minute the part of the average that was seen is told, with its mean", async () => {
  const rig = new Rig({ strategies: settlementEdge({ rest: false, max_spread: 0.1 }) });
  rig.market(700);
  for (let second = 800; second <= 859; second++) rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
  rig.book(859.5, [[4_900, 10_000]], [[300, 10_000]], 1);
  for (let second = 860; second <= 869; second++) rig.index(second, second % 2 === 0 ? 84_200 : 84_205);
  rig.book(869.5, [[4_900, 10_000]], [[4_900, 10_000]], 2);
  const [first] = rig.placed;
  assert.ok(first !== undefined && first.price === 5_100, "the order of this test");
  const { decision } = await explainedRig(
    rig,
    engineOptions({ strategies: settlementEdge({ rest: false, max_spread: 0.1 }) }),
  );
  // 841 to 869: 14 even seconds and 15 odd ones.
  assert.deepEqual([decision?.model.parts?.seen_count, decision?.model.parts?.seconds_left], [29, 31]);
  assert.equal(decision?.model.parts?.seen_mean?.toFixed(6), ((14 * 84_200 + 15 * 84_205) / 29).toFixed(6));
});

Deno.test("what bound the size is named by measure", async (test) => {
  const cases: readonly (readonly [measure: string, change: Partial<EngineOptions>])[] = [
    ["depth", {}],
    ["position", { strategies: settlementEdge({ rest: false, max_contracts: 7 }) }],
    ["quote", { strategies: [{ name: "market_maker", enabled: true, parameters: { min_spread: 0.01 } }] }],
    ["kelly", { strategies: settlementEdge({ rest: false, kelly_fraction: 0.001 }) }],
    ["headroom", { risk: { ...engineOptions().risk, order: engineOptions().risk.order / 50 as never } }],
  ];
  for (const [measure, change] of cases) {
    await test.step(measure, async () => {
      const rig = new Rig(change).warmUp();
      const { decision } = await explainedRig(rig, engineOptions(change));
      assert.deepEqual(decision?.size.bound_by, [measure]);
      assert.equal(Math.floor(decision?.size[measure as "depth"] ?? NaN), rig.placed[0].count / 100);
    });
  }
});

Deno.test("every order of a long run passes every check that is told, and its sums come out", async () => {
  const rig = busyRig();
  assert.ok(rig.placed.length >= 20, `${rig.placed.length} orders`);
  const options = engineOptions({ strategies: BUSY });
  await withJournals({ [RUN]: whole(journalLines(rig.inputs, options)) }, async (_, runs) => {
    for (const { clientOrderId } of rig.placed) {
      const search = await searchOrder(runs, clientOrderId, assert.fail);
      assert.ok(search.kind === "found");
      const told = await explainOrder(search.order, []);
      assert.ok(!("error" in told) && told.decision !== null, JSON.stringify(told));
      assert.deepEqual(told.missing, []);
      const { checks, costs, size } = told.decision;
      for (const { check, used, added, after, limit, left } of checks) {
        assert.ok(Math.abs(Number(used) + Number(added) - Number(after)) < 1e-9, check);
        assert.ok(Math.abs(Number(limit) - Number(after) - Number(left)) < 1e-9, check);
        assert.ok(Number(left) >= 0, `${clientOrderId} ${check}: ${left}`);
      }
      const { gross_edge, net_edge, buffers, fee_per_contract } = costs;
      assert.ok(gross_edge !== null && net_edge !== null && buffers !== null);
      assert.ok(Math.abs(gross_edge - Number(fee_per_contract) - buffers - net_edge) < 1e-12);
      assert.ok(buffers > 0.0019, `${buffers}`);
      assert.ok(size.bound_by.length > 0, JSON.stringify(size));
    }
  });
});

const BUSY = settlementEdge({ cooldown: 1, max_spread: 0.1, momentum_move: 0.1 });

/** Prices and books that move about, by a fixed seed. */
function busyRig(): Rig {
  const rig = new Rig({ strategies: BUSY });
  rig.market(290);
  let state = 20_261_120;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  let index = 84_010;
  for (let second = 290; second < 600; second++) {
    index += (random() - 0.5) * 20;
    rig.index(second, index);
    if (second < 300) continue;
    const bid = 3_000 + Math.floor(random() * 40) * 100;
    rig.book(second + 0.3, [[bid, 2_000 + Math.floor(random() * 9_000)]], [[9_800 - bid, 5_000]], second);
  }
  return rig;
}

Deno.test("files in parts, compressed ones among them, tell the same", async () => {
  const lines = journalLines(liveStory().inputs, liveOptions());
  const [one, several] = await Promise.all([
    explained({ [RUN]: whole(lines) }),
    explained({ [RUN]: inParts(lines, RUN, 7) }),
  ]);
  const { journal: _, line: ___, trigger: before, ...first } = one;
  const { journal: __, line: ____, trigger: then, ...second } = several;
  assert.deepEqual(second, first);
  assert.deepEqual(then?.input, before?.input);
});

Deno.test("while the bot runs, what is written so far is told, and a torn last line is left out", async () => {
  const rig = liveRig();
  accept(rig, 300.6, 0, rig.placed[0].count);
  const text = journalLines(rig.inputs, liveOptions()).join("\n") + '\n{"i":{"type":"clo';
  const told = await explained({ [RUN]: { "000001.ndjson": text } });
  assert.deepEqual(told.missing, []);
  assert.ok(told.decision !== null);
  assert.deepEqual([told.end?.phase, told.end?.over, told.market_end], ["resting", false, null]);
});

Deno.test("an order that outlived its run is followed through the next one", async () => {
  const rig = liveRig();
  accept(rig, 300.6, 0, rig.placed[0].count);
  const [record] = rig.records("order").slice(-1);
  const next = new Rig(liveOptions({ run: LATER, resume: { ...engineOptions().resume, openOrders: [record] } }));
  next.account(400, 1_000_000_000);
  next.fill(401, { orderId: "o-bot-1", count: count(400), price: price(5_100) });
  const options = liveOptions({ run: LATER, resume: { ...engineOptions().resume, openOrders: [record] } });
  const told = await explained({
    [RUN]: whole(journalLines(rig.inputs, liveOptions())),
    [LATER]: whole(journalLines(next.inputs, options)),
  });
  assert.deepEqual(told.fills.map(({ count, after_ms }) => [count, after_ms]), [["4.00", 100_500]]);
  assert.ok(told.events.some(({ event }) => event === "asked_for"), JSON.stringify(told.events));
});

Deno.test("a journal that this kbot would have written otherwise still tells the order and its reasons", async () => {
  const lines = journalLines(liveStory().inputs, liveOptions());
  // As if the run had asked for more than this order promises: done again, nothing is sent.
  const other = lines.with(0, lines[0].replace('"rest":false', '"rest":false,"min_edge":0.9'));
  assert.notEqual(other[0], lines[0]);
  const told = await explained({ [RUN]: whole(other) });
  assert.equal(told.decision, null);
  assert.match(
    told.missing.join("\n"),
    /^What the engine saw and reckoned: done again by this kbot, the run sends no such order$/,
  );
  assert.equal(told.evidence?.spot, 84_200);
  assert.equal(told.fills.length, 2);
});

Deno.test("a damaged line before the order hides what the engine saw, and nothing else", async () => {
  const lines = journalLines(liveStory().inputs, liveOptions());
  const told = await explained({ [RUN]: whole(lines.with(3, "{")) });
  assert.equal(told.decision, null);
  assert.match(told.missing[0], /000001\.ndjson:4: Not JSON/);
  assert.equal(told.end?.phase, "cancelled");
});

Deno.test("a journal of another format is said to be one", async () => {
  const lines = journalLines(liveStory().inputs, liveOptions());
  const told = await explained({
    [RUN]: whole(lines.with(0, lines[0].replace('"kbot_journal":1', '"kbot_journal":2'))),
  });
  assert.match(told.missing[0], /Journal format 2 is not known here/);
  assert.equal(told.decision, null);
});

Deno.test("looking on changes no decision", () => {
  const decide = (watch: boolean): string => {
    const engine = new Engine(engineOptions({ strategies: BUSY }));
    let seen = 0;
    if (watch) engine.watch({ checking: () => seen++ });
    for (const input of BUSY_INPUTS) engine.step(input);
    assert.equal(seen > 0, watch);
    return engine.decisionHash;
  };
  const BUSY_INPUTS: readonly Input[] = busyRig().inputs;
  assert.equal(decide(true), decide(false));
});
