/**
 * The floor of a backtest: every line of the same files decompressed and parsed as JSON, and nothing done with it.
 * Prints one JSON object.
 *
 *     deno run -A tests/bench/floor_process.ts FILE...
 */

import { lineBatches } from "../../src/backtest/recording/line_batches.ts";

const started = performance.now();
let events = 0;
let rss = 0;
for (const path of Deno.args) {
  for await (const { lines } of lineBatches(path)) {
    for (const line of lines) if (JSON.parse(line) !== null) events++;
  }
  rss = Math.max(rss, Deno.memoryUsage().rss);
}
const seconds = (performance.now() - started) / 1_000;
console.log(JSON.stringify({ events, seconds, rssMb: Math.round(rss / 1024 / 1024) }));
