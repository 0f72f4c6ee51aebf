import assert from "node:assert/strict";
import { Book } from "../../core/book.ts";
import type { Micros } from "../../core/units.ts";
import { nothing, type Run, TICKER, withVenue } from "./scripted_run_fixture.ts";

const change = (price: string) => ({
  type: "orderbook_delta",
  msg: { market_ticker: TICKER, price_dollars: price, delta_fp: "1.00", side: "yes", ts_ms: 1_790_000_000_000 },
});

/** A venue beside a book that is kept of its inputs as the engine keeps one, and can be made to miss some. */
async function beside(test: (run: Run, miss: (price: number) => void) => Promise<void>): Promise<void> {
  const book = new Book();
  const missed = new Set<number>();
  let running: Run | null = null;
  const bookOf = (ticker: string): Book | undefined => {
    const input = running?.inputs.at(-1);
    if (ticker !== TICKER || input === undefined) return undefined;
    if (input.type === "book_snapshot") book.replace(input.yes, input.no, 0 as Micros);
    if (input.type === "book_delta" && !missed.has(input.price)) {
      book.change(input.side, input.price, input.delta, 0 as Micros);
    }
    return book;
  };
  await withVenue({ trade: false, frames: "wasm", bookOf }, nothing, async (run) => {
    running = run;
    await run.until("book_snapshot");
    // One more, so that it is certain that the book has seen it.
    run.venue.perform({ type: "resync", tickers: [TICKER], reason: "test" });
    await run.until("book_snapshot", () => true, run.inputs.length);
    await test(run, (price) => missed.add(price));
  });
}

Deno.test("while the engine's books and those in WASM are the same, nothing is said", () =>
  beside(async (run) => {
    const start = run.inputs.length;
    for (const price of ["0.9000", "0.9100", "0.0001"]) run.exchange.sendOn("orderbook_delta", change(price));
    run.exchange.sendOn("orderbook_delta", { type: "ok", id: 77, msg: { market_tickers: [] } });
    run.exchange.sendOn("orderbook_delta", change("0.9200"));
    await run.until("book_delta", ({ price }) => price === 9_200);
    const types = run.inputs.slice(start).map(({ type }) => type);
    assert.deepEqual(types, ["book_delta", "book_delta", "book_delta", "sequence", "book_delta"]);
    assert.deepEqual(run.venue.health().refused, {});
  }));

Deno.test("where the engine's book differs from the one in WASM it is stale and read anew, and that is counted", () =>
  beside(async (run, miss) => {
    const start = run.inputs.length;
    miss(9_100);
    for (const price of ["0.9000", "0.9100", "0.9200"]) run.exchange.sendOn("orderbook_delta", change(price));
    await run.until("book_snapshot", () => true, start);
    const types = run.inputs.slice(start).map(({ type }) => type);
    assert.deepEqual(types.slice(0, 3), ["book_delta", "book_delta", "book_stale"], "told once, at once");
    assert.equal(types.filter((type) => type === "book_stale").length, 1);
    const stale = run.inputs[start + 2];
    assert.ok(stale.type === "book_stale");
    assert.deepEqual([stale.tickers, stale.reason], [[TICKER], "Two books kept from the same frames differ"]);
    assert.deepEqual(run.venue.health().refused, { "book.differs": 1 });
    assert.ok(run.logs.some((text) => /^error Two books kept from the same frames differ/.test(text)), run.logs.join());
    run.exchange.sendOn("orderbook_delta", change("0.9300"));
    await run.until("book_delta", ({ price }) => price === 9_300);
    assert.deepEqual(run.venue.health().refused, { "book.differs": 1 }, "after the snapshot they are the same again");
  }));
