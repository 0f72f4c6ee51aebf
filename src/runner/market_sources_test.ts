import assert from "node:assert/strict";
import { Rig, TICKER } from "../engine/engine_fixture.ts";
import { ViewBuilder } from "../engine/view_builder.ts";
import { marketSources } from "./market_sources.ts";

Deno.test("a market's book is told by its YES prices, best first and no deeper than asked, and its quotes as they went", () => {
  const rig = new Rig();
  const views = new ViewBuilder(rig.engine);
  const sources = marketSources(rig.engine, views);
  assert.equal(sources.depth(TICKER, 5), null);
  assert.equal(sources.quotes(TICKER), null);
  rig.market(290);
  assert.deepEqual(sources.depth(TICKER, 5), { phase: "syncing", updatedAt: null, bids: [], asks: [] });
  rig.book(300, [[4_900, 10_000], [4_800, 250], [4_700, 100]], [[5_000, 7_500]]);
  views.tick();
  const depth = sources.depth(TICKER, 2);
  assert.deepEqual([depth?.phase, depth?.bids, depth?.asks], [
    "synced",
    [{ price: "0.4900", count: "100.00" }, { price: "0.4800", count: "2.50" }],
    [{ price: "0.5000", count: "75.00" }],
  ]);
  const [quote] = sources.quotes(TICKER) ?? [];
  assert.deepEqual([quote.bid, quote.ask, quote.at], ["0.4900", "0.5000", depth?.updatedAt]);
  assert.equal(sources.at(), quote.at);
});
