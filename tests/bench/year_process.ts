/**
 * Settlement edge with the closed form over a made-up stretch of 15-minute markets, in a process of its own. Prints one JSON
 * object.
 *
 *     deno run -A tests/bench/year_process.ts [DAYS]
 */

import process from "node:process";
import { backtestInputs } from "../../src/backtest/backtest.ts";
import { indexSettings, paperSettings, riskLimits, strategySettings } from "../../src/config/engine_settings.ts";
import { defaultConfig } from "../../src/config/schema.ts";
import { money, ONE_DOLLAR } from "../../src/core/units.ts";
import { simulatedQuarters } from "./simulated_year.ts";

const QUARTERS_A_DAY = 96;
const SEED = 20_261_120;
const NO_LIMIT = money(1_000_000 * ONE_DOLLAR);

const started = process.cpuUsage();
const days = Number(Deno.args[0] ?? 365);
const config = defaultConfig();
const result = await backtestInputs(
  simulatedQuarters(days * QUARTERS_A_DAY, SEED),
  {
    path: "SIMULATED year",
    spot: null,
    capital: config.paper.capital,
    engine: {
      version: "bench",
      paper: paperSettings(config),
      index: indexSettings(config),
      // A halt waits for a person, and whoever is halted is quick.
      risk: { ...riskLimits(config), dailyLoss: NO_LIMIT, dailyLossPercent: 100 },
      strategies: strategySettings(config).map((each) => ({ ...each, enabled: each.name === "settlement_edge" })),
    },
  },
  { seconds: () => performance.now() / 1_000, rssMb: () => Deno.memoryUsage().rss / 1024 / 1024 },
);
if ("error" in result) throw new Error(result.error);
const { user, system } = process.cpuUsage(started);
console.log(JSON.stringify({
  events: result.events,
  markets: result.markets,
  orders: result.orders,
  fills: result.fills,
  seconds: result.wall_seconds,
  cpuSeconds: (user + system) / 1_000_000,
  rssMb: result.peak_rss_mb,
  halts: result.halts,
  pnl: result.pnl,
  brier: result.brier,
  decisionHash: result.decision_hash,
}));
