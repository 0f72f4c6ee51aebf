/**
 * One backtest in a process of its own, so that its memory is its own. Prints one JSON object.
 *
 *     deno run -A tests/bench/backtest_process.ts RECORDING_OR_JOURNAL [SPOT]
 */

import { backtest } from "../../src/backtest/backtest.ts";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../../src/config/engine_settings.ts";
import { defaultConfig } from "../../src/config/schema.ts";

const config = defaultConfig();
const result = await backtest(
  {
    path: Deno.args[0],
    spot: Deno.args[1] ?? null,
    capital: config.paper.capital,
    engine: {
      version: "bench",
      paper: paperSettings(config),
      index: indexSettings(config),
      risk: riskLimits(config),
      strategies: strategySettings(config),
    },
  },
  { seconds: () => performance.now() / 1_000, rssMb: () => Deno.memoryUsage().rss / 1024 / 1024 },
);
if ("error" in result) throw new Error(result.error);
console.log(JSON.stringify({
  events: result.events,
  seconds: result.wall_seconds,
  rssMb: result.peak_rss_mb,
  decisionHash: result.decision_hash,
}));
