/**
 * Resident memory of a process that holds everything a run is made of, with so many live markets of 30 levels a side,
 * after 100,000 changes and 100 index ticks. Prints one JSON object.
 *
 *     deno run -A tests/bench/memory_process.ts MARKETS
 */

import { micros } from "../../src/core/units.ts";
import { WasmBooks } from "../../src/venues/kalshi/fast/wasm_books.ts";
import { deltaInput, indexInput, loadedEngine, wavering } from "./loaded_engine.ts";

// The modules of the venue, the server and the store stay loaded as in a run.
await import("../../src/runner/run.ts");

const CHANGES = 100_000;
const TICKS = 100;
const { engine, inputs, tickers, bids, at } = loadedEngine(Number(Deno.args[0]));
// A run has the second books, too.
const books = new WasmBooks();
for (const input of inputs) if (input.type === "book_snapshot") books.take(input);
if (tickers.length > 0) {
  for (let k = 0; k < CHANGES; k++) {
    const which = (k >> 1) % tickers.length;
    const input = deltaInput(tickers[which], micros(at + k * 50), bids[which], k % 2 === 0 ? 700 : -700, k + 1);
    engine.step(input);
    books.take(input);
  }
  for (let k = 0; k < TICKS; k++) engine.step(indexInput(micros(at + CHANGES * 50 + k * 10_000), wavering(k)));
}
// Long enough for the collector to come to rest.
await new Promise((resolve) => setTimeout(resolve, 2_000));
const { rss, heapUsed } = Deno.memoryUsage();
console.log(
  JSON.stringify({
    rssMb: rss / 1024 / 1024,
    heapMb: heapUsed / 1024 / 1024,
    markets: engine.markets.size,
    synced: tickers.filter((each) => books.phase(each) === "synced").length,
  }),
);
