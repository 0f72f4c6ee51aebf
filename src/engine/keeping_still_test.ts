import assert from "node:assert/strict";
import { count } from "../core/units.ts";
import { after } from "../execution/order_fixture.ts";
import { engineOptions, liveRig, Rig, settlementEdge, standingOf, stateOf } from "./engine_fixture.ts";
import { keptBackBy } from "./keeping_still.ts";

const wordOf = (rig: Rig): string | null => keptBackBy(rig.engine.desk, stateOf(rig), standingOf(rig))?.code ?? null;

/** A rig whose strategy finds no edge, so that only what the case does keeps it back. */
const calm = (change: Parameters<typeof engineOptions>[0] = {}): Rig => new Rig(change).warmUp();

const RISK = engineOptions().risk;

const CASES: Readonly<Record<string, (word: string) => Rig>> = {
  no_edge: () => {
    const rig = new Rig({ strategies: settlementEdge({ rest: false, min_edge: 0.9 }) });
    return rig.warmUp();
  },
  stopped: () => {
    const rig = calm();
    rig.operator(302, "stop_strategy", "settlement_edge");
    return rig;
  },
  halted: () => {
    const rig = calm();
    rig.operator(302, "kill");
    return rig;
  },
  account_unknown: () => new Rig({ execution: "live", capital: null }).warmUp(),
  order_unknown: () => {
    const rig = liveRig();
    rig.step({ type: "order_unknown", at: after(301), clientOrderId: "bot-1", reason: "Time-out" });
    rig.clock(302);
    return rig;
  },
  fills_missing: () => {
    const rig = liveRig();
    rig.step({
      type: "order_accepted",
      at: after(301),
      clientOrderId: "bot-1",
      orderId: "o-1",
      fillCount: rig.placed[0].count,
      remainingCount: count(0),
    });
    rig.clock(302);
    return rig;
  },
  not_active: () => {
    const rig = calm();
    rig.market(302, { status: "inactive" });
    return rig;
  },
  book_not_in_sync: () => {
    const rig = calm();
    rig.step({ type: "book_stale", at: after(302), tickers: "all", reason: "Socket closed" });
    rig.clock(303);
    return rig;
  },
  book_crossed: () => {
    const rig = calm();
    rig.book(302, [[6_000, 10_000]], [[6_000, 10_000]], 2);
    return rig;
  },
  over: () => {
    const rig = calm();
    rig.clock(901);
    return rig;
  },
  no_grid: () => {
    const rig = new Rig();
    rig.market(290, { priceRanges: [] });
    return rig;
  },
  // The strategy asks for no more than risk leaves, but knows nothing of this bound.
  price_ceiling: () => new Rig({ risk: { ...RISK, priceCeiling: 5_000 as typeof RISK.priceCeiling } }).warmUp(),
  paused: () => {
    const rig = new Rig();
    rig.step({
      type: "exchange_status",
      at: after(280),
      shards: [{ shard: 2, pause: "trading" }],
      others: "none",
      resumeTime: null,
    });
    return rig.warmUp();
  },
};

for (const [word, make] of Object.entries(CASES)) {
  Deno.test(`what keeps orders back is called ${word}`, () => assert.equal(wordOf(make(word)), word));
}

Deno.test("nothing keeps a strategy back that sends", () => assert.equal(wordOf(calm()), null));
