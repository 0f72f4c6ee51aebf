/**
 * `kbot backtest`: runs the engine over recorded data and prints what came of it.
 * @module
 */

import { basename } from "node:path";
import { backtest as runBacktest, type BacktestResult } from "../backtest/backtest.ts";
import { changedSettings, dataFiles, shownCommand } from "../backtest/figures/provenance.ts";
import { verdicts } from "../backtest/figures/verdicts.ts";
import { measuredLatency } from "../backtest/simulation/measured_latency.ts";
import {
  allocationRules,
  executionSettings,
  indexSettings,
  riskLimits,
  safetyWithoutPerson,
  simulatedPaperSettings,
  strategySettings,
} from "../config/engine_settings.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { PaperSettings } from "../execution/paper.ts";
import { describePaperBounds } from "../runner/paper_bounds_text.ts";
import { registryWith } from "../packs/registry_of.ts";
import { lookaheadReply } from "./check_lookahead.ts";
import type { BacktestCommand } from "./command.ts";
import { printError, printJson, printText, say } from "./output.ts";
import { ReportOutput } from "./report_output.ts";
import { isSimulatedMarket } from "./simulated_market.ts";
import { VERSION } from "./version.ts";
import { mistakesIn } from "./wrong_config.ts";

const FAILED = 1;
const USAGE = 2;

export async function backtest(
  options: Omit<BacktestCommand, "kind" | "state">,
  args: readonly string[] = Deno.args,
): Promise<number> {
  const loaded = await loadConfig({
    file: options.config,
    env: Deno.env.toObject(),
    flags: [],
  });
  if (!loaded.ok) {
    for (const mistake of mistakesIn(loaded.errors)) printError(mistake);
    return USAGE;
  }
  const { config, packs } = loaded;
  const strategies = strategySettings(config, packs);
  const names = strategies.map((each) => each.name);
  if (options.strategy !== undefined && !names.includes(options.strategy)) {
    printError(`No strategy is called ${options.strategy}; there are: ${names.join(", ")}`);
    return USAGE;
  }
  const paper = await simulatedPaper(config, options);
  if ("error" in paper) {
    printError(paper.error);
    return FAILED;
  }
  const risk = riskLimits(config);
  const run = {
    path: options.path,
    spot: options.spot ?? null,
    capital: options.capital ?? config.paper.capital,
    registry: registryWith(packs),
    engine: {
      version: VERSION,
      paper,
      index: indexSettings(config),
      orders: executionSettings(config),
      safety: safetyWithoutPerson(config),
      allocation: allocationRules(config),
      risk: options.maxLoss === undefined ? risk : { ...risk, dailyLoss: options.maxLoss },
      // The one that is asked for runs, whether it would run by itself or not.
      strategies: options.strategy === undefined
        ? strategies
        : strategies.filter(({ name }) => name === options.strategy).map((each) => ({ ...each, enabled: true })),
    },
  };
  if (options.checkLookahead !== undefined) {
    return say(await lookaheadReply(run, options.checkLookahead), options.json);
  }
  const output = await ReportOutput.open(options);
  if ("error" in output) {
    printError(output.error);
    return FAILED;
  }
  const result = await runBacktest(
    {
      ...run,
      report: {
        title: `Backtest of ${basename(options.path)}`,
        simulatedMarket: await isSimulatedMarket(options.path) ?? false,
        provenance: {
          version: VERSION,
          command: shownCommand(args),
          data: await dataFiles(options.spot === undefined ? [options.path] : [options.path, options.spot]),
          settings: changedSettings(loaded),
        },
        onTrades: (trades) => output.trades(trades),
      },
    },
    { seconds: () => performance.now() / 1_000, rssMb: () => Deno.memoryUsage().rss / 1024 / 1024 },
    progress(options.json),
  );
  if ("error" in result) {
    await output.abandon();
    printError(result.error);
    return FAILED;
  }
  const written = result.findings === null ? [] : await output.finish(result.findings);
  if (options.json) printJson(result);
  else printText(describe(result));
  if ("error" in written) {
    printError(written.error);
    return FAILED;
  }
  if (!options.json) { for (const path of written) printText(`  written     ${path}`); }
  return 0;
}

/** What a flag says of latencies counts more than what a journal shows, and that more than the configuration. */
async function simulatedPaper(
  config: Config,
  { orderLatency, feedLatency, latencyFrom }: Pick<BacktestCommand, "orderLatency" | "feedLatency" | "latencyFrom">,
): Promise<PaperSettings | { readonly error: string }> {
  const seed = config.paper.latency_seed;
  if (latencyFrom !== undefined && await isSimulatedMarket(latencyFrom) === true) {
    return { error: `No latency can be measured in ${latencyFrom}: its exchange is simulated, and answers at once` };
  }
  const measured = latencyFrom === undefined ? { order: null, feed: null } : await measuredLatency(latencyFrom, seed);
  if ("error" in measured) return measured;
  if (latencyFrom !== undefined && measured.order === null && measured.feed === null) {
    return { error: `No latency can be measured in ${latencyFrom}: too few orders and stamped changes of books` };
  }
  const order = orderLatency === undefined ? measured.order : { ...orderLatency, seed };
  const feed = feedLatency === undefined ? measured.feed : { ...feedLatency, seed };
  return {
    ...simulatedPaperSettings(config),
    ...(order === null ? {} : { latency: order }),
    ...(feed === null ? {} : { feedLatency: feed }),
  };
}

/** A line that rewrites itself, on a terminal only. */
function progress(json: boolean): (inputs: number) => void {
  if (json || !Deno.stderr.isTerminal()) return () => {};
  const encoder = new TextEncoder();
  return (inputs) => void Deno.stderr.writeSync(encoder.encode(`\r${inputs} events`));
}

const share = (part: number, whole: number): string => `${part} of ${whole}`;
const figure = (value: number | null, digits = 3): string => value === null ? "n/a" : value.toFixed(digits);

/** How sure it is, and where it came from. */
function chanceLines(findings: BacktestResult["findings"]): string[] {
  if (findings === null) return [];
  const { summary: { pnl, brier, brier_market: market, brier_difference: less }, attribution } = findings;
  const within = (interval: readonly [number, number] | null, digits: number): string =>
    interval === null
      ? "too little to tell how sure"
      : `95 %: ${interval.map((end) => end.toFixed(digits)).join(" to ")}`;
  return [
    `  chance      P&L ${within(pnl.interval, 2)}, events drawn anew`,
    `  came from   model ${attribution.model}, execution ${attribution.execution}, fees -${attribution.fees}`,
    ...(market.value === null ? [] : [
      `  market      Brier ${figure(market.value, 4)} where the model has ${figure(brier.value, 4)}; the difference, ${
        within(less.interval, 4)
      }`,
    ]),
    ...verdicts(findings.summary).map((verdict) => `  verdict     ${verdict}`),
    ...findings.warnings.map((warning) => `  warning     ${warning}`),
  ];
}

function describe(result: BacktestResult): string {
  const market = result.findings?.simulated_market === true ? "SIMULATED EXCHANGE" : "recorded market data";
  return [
    `Backtest of ${result.path}: ${market}, simulated fills`,
    `  events      ${result.events}, ${result.events_per_second} a second, peak memory ${result.peak_rss_mb} MB`,
    `  sequence    ${result.gaps} gaps, ${result.frames_refused} frames refused`,
    `  books       ${share(result.books_equal, result.books_checked)} equal to the recorded checkpoints`,
    `  settlements ${share(result.settlements_agree, result.settlements_checked)} agree with the exchange's rule`,
    `  index       ${
      share(result.index_settlements_agree, result.index_settlements_checked)
    } recorded averages settle alike` +
    (result.index_settlements_margin_usd.length === 0
      ? ""
      : `, the others miss by ${result.index_settlements_margin_usd.join(", ")} dollars`),
    `  trading     ${result.orders} orders, ${result.fills} fills, ${result.settled} markets settled, win rate ${
      figure(result.win_rate)
    }`,
    `  P&L         ${result.pnl} dollars after fees of ${result.fees}, ROI ${(result.roi * 100).toFixed(2)} %`,
    ...chanceLines(result.findings),
    ...(result.paper_bounds === null ? [] : [`  bounds      ${describePaperBounds(result.paper_bounds)}`]),
    `  risk        Sharpe ${figure(result.sharpe)}, Sortino ${figure(result.sortino)}, Calmar ${
      figure(result.calmar)
    }, max drawdown ${(result.max_drawdown * 100).toFixed(2)} %`,
    `  model       Brier ${figure(result.brier, 4)}, log loss ${figure(result.log_loss, 4)}`,
    `  decisions   ${result.decision_hash}`,
    ...result.problems.map((problem) => `  problem     ${problem}`),
    ...result.notes.map((note) => `  note        ${note}`),
  ].join("\n");
}
