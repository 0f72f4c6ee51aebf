import assert from "node:assert/strict";
import fc from "fast-check";
import type { FeeType } from "../core/market.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { count, money } from "../core/units.ts";
import type { BoundStrategy } from "../strategies/registry.ts";
import type { Opinion } from "../strategies/strategy.ts";
import type { StrategyView } from "../strategies/view.ts";
import { type Pair, viewOf } from "../strategies/view_fixture.ts";
import { exampleView } from "./example_view.ts";
import { latePack, lateYes, packOf } from "./pack_fixture.ts";
import { LEVELS_MAX } from "./question.ts";

function decide(strategy: BoundStrategy, view: StrategyView): Opinion {
  assert.ok("decide" in strategy);
  const { refusal, ...opinion } = strategy.decide(view);
  // Words of built-in strategies are made when they are read.
  return { ...opinion, refusal: refusal === null ? null : { code: refusal.code, text: refusal.text } };
}

const pack = await latePack();

Deno.test("the pack that pack init writes decides as the same strategy in TypeScript, whatever it sees", () => {
  const side = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 490 }).map((k) => k * 10), fc.integer({ min: 1, max: 50_000 })),
    { selector: ([at]) => at, maxLength: 15 },
  ) as fc.Arbitrary<Pair[]>;
  const scenes = fc.record({
    yes: side,
    no: side,
    fees: fc.record({
      type: fc.constantFrom<FeeType>("quadratic", "quadratic_with_maker_fees"),
      multiplierMillionths: fc.constantFrom(0, 500_000, 1_000_000, 1_234_567),
    }),
    grid: fc.constantFrom("deci_cent", "center_centi_edge_centi_cent"),
    view: fc.record({
      probability: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 19 }),
      secondsToClose: fc.double({ min: 0, max: 150, noNaN: true }),
      position: fc.integer({ min: -3_000, max: 3_000 }).map(count),
      nav: fc.integer({ min: 1e9, max: 1e12 }).map(money),
      headroom: fc.integer({ min: -1e7, max: 5e8 }).map(money),
    }),
    settings: fc.record({
      min_edge: fc.double({ min: 0, max: 0.2, noNaN: true }),
      max_contracts: fc.integer({ min: 1, max: 1_000 }),
    }, { requiredKeys: [] }),
  });
  let sent = 0;
  fc.assert(
    fc.property(scenes, ({ yes, no, fees, grid, view, settings }) => {
      const seen = viewOf({ yes, no, market: { fees, priceRanges: NAMED_PRICE_RANGES[grid] }, view });
      const found = decide(pack.registration.bind(settings), seen);
      assert.deepEqual(found, decide(lateYes.bind(settings), seen));
      sent += found.targets.length;
    }),
    { numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 100_000 : 3_000 },
  );
  assert.ok(sent > 100, `only ${sent} orders were wanted`);
});

Deno.test("the same question has the same answer and takes the same steps, in another sandbox too", async () => {
  const other = await latePack();
  const ask = (from: typeof pack) => [decide(from.registration.bind({}), exampleView("KXBTC15M")), from.steps()];
  const first = ask(pack);
  for (let k = 0; k < 20; k++) {
    decide(pack.registration.bind({ min_edge: 0.5 }), viewOf());
    assert.deepEqual(ask(pack), first);
    assert.deepEqual(ask(other), first);
  }
});

Deno.test("a pack is shown what it is told it is shown, in whole units", async () => {
  const shown = await packOf(`export default {
    name: "shown", title: "x", trades: ["KXBTC15M"], more: ["orders", "peer"],
    decide(view) { throw JSON.stringify(view).slice(0, 399) },
  }`);
  assert.throws(() => decide(shown.registration.bind({}), viewOf()), {
    name: "PackError",
    message: /^\{"at":1795176600/,
  });
  const field = async (expression: string, view: StrategyView): Promise<unknown> => {
    const made = await packOf(`export default { name: "x", title: "x", trades: ["A"], more: ["orders", "peer"],
      decide(view, parameters) { throw JSON.stringify(${expression}) } }`);
    try {
      decide(made.registration.bind({}), view);
    } catch (error) {
      assert.ok(error instanceof Error);
      return JSON.parse(error.message);
    }
    assert.fail("it did not throw");
  };
  const deep = Array.from({ length: 30 }, (_, k): Pair => [4_900 - k * 10, 100 + k]);
  const view = viewOf({ yes: deep, moves: { 5: 2.5 }, view: { probability: null, position: count(-300) } });
  assert.deepEqual(await field("view.bids.length", view), LEVELS_MAX);
  assert.deepEqual(await field("[view.bids[0], view.bids[9], view.asks]", view), [
    { price: 4_900, count: 100 },
    { price: 4_810, count: 109 },
    [{ price: 5_100, count: 10_000 }],
  ]);
  assert.deepEqual(await field("view.index", view), {
    value: 84_000,
    age: 500_000,
    lag: 0,
    volatility: 1e-4,
    source: "official",
    basisSd: 0,
    moves: { 1: null, 5: 2.5, 10: null, 30: null, 60: null, 300: null },
  });
  assert.deepEqual(
    await field(
      "[view.probability, view.position, view.strike, view.secondsToClose, view.spot, view.orders, view.peer]",
      view,
    ),
    [null, -300, 84_000, 300, null, [], null],
  );
  assert.deepEqual(await field("[view.climate, typeof view.fedFunds]", view), [null, "undefined"]);
});

Deno.test("two packs at once are strangers to each other", async () => {
  const source = (name: string) =>
    `export default { name: "${name}", title: "x", trades: ["KXBTC15M"], decide() {
    globalThis.seen = [...(globalThis.seen ?? []), "${name}"];
    Object.prototype.taint = "${name}";
    return { refusal: { code: "${name}", text: globalThis.seen.join() } };
  } }`;
  const [first, second] = [await packOf(source("first")), await packOf(source("second"))];
  for (let k = 0; k < 3; k++) {
    assert.deepEqual(decide(first.registration.bind({}), viewOf()).refusal, { code: "first", text: "first" });
    assert.deepEqual(decide(second.registration.bind({}), viewOf()).refusal, { code: "second", text: "second" });
  }
});

Deno.test("words of a pack cannot steer a terminal", async () => {
  const made = await packOf(`export default { name: "x", title: "x", trades: ["A"],
    decide() { throw new Error("red\\u001b[31m and\\nanother line\\u202e") } }`);
  assert.throws(() => decide(made.registration.bind({}), viewOf()), {
    message: /^Error: red \[31m and another line  ?at/,
  });
});
