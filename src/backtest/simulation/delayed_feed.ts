/**
 * @module
 */

import { type Micros, micros } from "../../core/units.ts";
import { drawNthLatency, type LatencyModel } from "../../execution/latency.ts";
import type { SourceBatch } from "../backtest.ts";

/**
 * The same inputs, each heard so much later than it is recorded. They come on one line: none overtakes the one before it, and
 * their order stays. What the exchange and the index stamped them with stays, too, so that an old value counts as old.
 */
export async function* delayedFeed(
  batches: AsyncIterable<SourceBatch>,
  latency: LatencyModel,
): AsyncGenerator<SourceBatch> {
  let newest = 0;
  let n = 0;
  for await (const { file, inputs, lines } of batches) {
    yield {
      file,
      inputs: inputs.map((input) => {
        newest = Math.max(newest, input.at + drawNthLatency(latency, n++));
        const at: Micros = micros(newest);
        return { ...input, at };
      }),
      lines,
    };
  }
}
