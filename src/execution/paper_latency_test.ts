import assert from "node:assert/strict";
import { Book } from "../core/book.ts";
import { count, price } from "../core/units.ts";
import { parseLatency } from "./latency.ts";
import { after, aMarket, anIntent, NOON } from "./order_fixture.ts";
import { PaperVenue } from "./paper.ts";

/** Orders placed one after another, each cancelled a millisecond later: what is answered, and when. */
function answers(order: string, feed: string | null, seed = 1): { type: string; at: number; id: string }[] {
  const latency = parseLatency(order, seed);
  const feedLatency = feed === null ? null : parseLatency(feed, seed);
  assert.ok(latency !== null);
  const book = new Book();
  book.replace([[price(4_000), count(1_000)]], [[price(5_000), count(1_000)]], NOON);
  const market = aMarket();
  const settings = { latencyMs: 0, slippage: price(0), latency, ...(feedLatency === null ? {} : { feedLatency }) };
  const venue = new PaperVenue(settings, () => ({ market, book, mark: null }));
  for (let k = 0; k < 50; k++) {
    const clientOrderId = `bot-${k}`;
    venue.place(anIntent({ clientOrderId, side: "bid", price: price(4_500) }), after(1 + k / 1_000));
    venue.cancel(clientOrderId, after(1 + k / 1_000 + 0.001));
  }
  return venue.advance(after(30)).map((answer) => ({
    type: answer.type,
    at: answer.at,
    id: "clientOrderId" in answer ? answer.clientOrderId : "",
  }));
}

Deno.test("drawn latencies differ between orders, are alike in every run, and no cancel overtakes its order", () => {
  const told = answers("min=1,p50=40,max=300", null);
  assert.deepEqual(told, answers("min=1,p50=40,max=300", null));
  assert.notDeepEqual(told, answers("min=1,p50=40,max=300", null, 2));
  const placed = told.filter(({ type }) => type === "order_accepted");
  assert.equal(placed.length, 50);
  assert.ok(new Set(placed.map(({ at }, k) => at - after(1 + k / 1_000))).size > 40);
  for (const { id, at } of placed) {
    const cancelled = told.find((each) => each.type === "order_cancelled" && each.id === id);
    assert.ok(cancelled !== undefined && cancelled.at >= at, id);
  }
});

Deno.test("an order meets the book that is heard of when its own way and the feed's are over", () => {
  const [first] = answers("50", "20");
  assert.deepEqual([first.type, first.at], ["order_accepted", after(1.07)]);
  const [alone] = answers("50", null);
  assert.equal(alone.at, after(1.05));
});
