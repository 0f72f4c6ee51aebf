import assert from "node:assert/strict";
import type { Frames } from "../src/venues/kalshi/frames.ts";
import { Drill, type DrillOptions } from "./drill/drill.ts";
import { differences, openMatters } from "./drill/truth.ts";

/** How long it storms, simulated; the wall bound only matters where the machine is slow. */
interface Case extends DrillOptions {
  readonly seconds: number;
}

const HOUR = 3_600;
const WALL_SECONDS_MAX = 600;
/** Simulated: the longest pause between two tries of anything is a minute. */
const CALM_SECONDS_MAX = 900;

const CASES: readonly Case[] = [
  { seed: 2, mode: "lockstep", fastOrders: false, frames: "json", seconds: HOUR / 3 },
  { seed: 3, mode: "lockstep", fastOrders: true, frames: "wasm", seconds: HOUR / 3 },
  { seed: 4, mode: "free", fastOrders: false, frames: "wasm", seconds: HOUR / 4 },
  { seed: 5, mode: "lockstep", fastOrders: true, frames: "wasm", maker: true, seconds: HOUR / 4 },
];
const FRAMES: readonly Frames[] = ["wasm", "bytes", "json"];
const MORE_CASES: readonly Case[] = Array.from({ length: 24 }, (_, index) => ({
  seed: 101 + index,
  mode: index % 4 === 3 ? "free" : "lockstep",
  fastOrders: index % 2 === 0,
  frames: FRAMES[index % FRAMES.length],
  maker: index % 3 === 2,
  seconds: HOUR,
}));

/** What befell whom, in a line. */
function summary(drill: Drill): string {
  const { counts, deeds } = drill.network;
  const befell = [...deeds.values()].reduce((sum, each) => sum + each, 0);
  return `${
    (drill.seconds / 60).toFixed(0)
  } simulated minutes, ${drill.placed} orders, ${drill.amended} amends, ${drill.memory.tradeIds.length} fills, ` +
    `${drill.engine.desk.ledger.settled} markets settled; ${counts.dropped} frames lost, ${counts.duplicated} repeated, ` +
    `${counts.disordered} late, ${drill.gaps} gaps, ${befell} requests and connections spoiled, ${drill.lives} lives; ` +
    `no order on a book more than ${drill.bookAge.toFixed(1)} s behind`;
}

/** Where the whole course of events was written down. */
async function logOf(drill: Drill): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "kbot-drill-", suffix: ".log" });
  await Deno.writeTextFile(path, drill.logs.join("\n"));
  return path;
}

for (const { seconds, ...options } of [...CASES, ...(Deno.env.get("KBOT_TEST_FULL") === "1" ? MORE_CASES : [])]) {
  const { seed, mode, fastOrders, frames, maker } = options;
  const name = `drill, ${mode}${fastOrders ? ", fast orders" : ""}, ${frames} frames${
    maker ? ", quoting" : ""
  }, seed ${seed}`;
  Deno.test(`${name}: through any storm no decision on a stale book, and afterwards all is as the exchange has it`, async () => {
    const drill = await Drill.start(options);
    try {
      await drill.run(seconds, WALL_SECONDS_MAX);
      await drill.calmDown(CALM_SECONDS_MAX, () => openMatters(drill) === "");
      const found = [...drill.problems, ...await differences(drill)];
      const log = found.length > 0 ? `\nThe course of events: ${await logOf(drill)}` : "";
      assert.equal(found.join("\n") + log, "", `seed ${seed}`);
      for (const event of ["reconciled", "fills_missing"]) {
        assert.equal(drill.audits.get(event) ?? 0, 0, `${event}: something was lost, and taken over from the exchange`);
      }
      console.log(`seed ${seed}: ${summary(drill)}`);
      assert.ok(
        drill.placed >= 50 && drill.amended >= 5 && drill.memory.tradeIds.length >= 20 &&
          drill.network.counts.dropped >= 20,
        "It was calm",
      );
    } finally {
      await drill.stop();
    }
  });
}
