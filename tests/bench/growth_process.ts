/**
 * What an engine with every strategy on keeps in memory as a recorded run goes on: its heap after each ten simulated minutes.
 * Prints one JSON object.
 *
 *     deno run --v8-flags=--expose-gc -A tests/bench/growth_process.ts JOURNAL
 */

import { MICROS_PER_MINUTE } from "../../src/core/units.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineOptions } from "../../src/engine/options.ts";
import { readJournal } from "../../src/store/journal_reader.ts";

const EVERY = 10 * MICROS_PER_MINUTE;
const collect: unknown = Reflect.get(globalThis, "gc");

/** After everything that nobody holds is gone. */
function heapMb(): number {
  if (typeof collect === "function") { for (let round = 0; round < 3; round++) collect(); }
  return Deno.memoryUsage().heapUsed / 1024 / 1024;
}

let engine: Engine | null = null;
let startedAt = 0;
let inputs = 0;
const heaps: number[] = [];
for await (const event of readJournal(Deno.args[0])) {
  if (event.kind === "fault") throw new Error(event.reason);
  if (event.kind === "torn_tail") continue;
  for (const entry of event.entries) {
    if (entry.kind === "header") {
      const options = entry.header.config as EngineOptions;
      engine = new Engine(options);
      startedAt = options.startedAt;
    } else if (entry.kind === "input" && engine !== null) {
      engine.step(entry.input);
      inputs++;
      if (entry.input.at - startedAt >= EVERY * (heaps.length + 1)) heaps.push(heapMb());
    }
  }
}
console.log(JSON.stringify({ inputs, heaps }));
