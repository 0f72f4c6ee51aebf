/**
 * `kbot import`: history of Kalshi and Coinbase into files. It can be stopped, or killed, and goes on where it was.
 * @module
 */

import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { statePath } from "../config/state_path.ts";
import { assetOf } from "../core/index_parameters.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import { formatTime, type Micros, micros, MICROS_PER_DAY } from "../core/units.ts";
import { COINBASE_REST } from "../feeds/candles/coinbase_candles.ts";
import { WallClock } from "../ops/clock.ts";
import { pause } from "../ops/pause.ts";
import { chooseVenue, type ChosenVenue } from "../runner/venue_choice.ts";
import { CoinbaseImport } from "../store/import/coinbase_import.ts";
import { type ImportContext, KalshiImport } from "../store/import/kalshi_import.ts";
import { ImportStopped } from "../store/import/patience.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { messageOf } from "../store/message.ts";
import { statePaths } from "../store/state_directory.ts";
import { HistoryPages } from "../venues/kalshi/history_pages.ts";
import { EXIT, type ImportCommand } from "./command.ts";
import { printError, printJson, printText } from "./output.ts";
import { progressBar } from "./progress_bar.ts";
import { onStopSignal } from "./signals.ts";
import { mistakesIn } from "./wrong_config.ts";

/** Ten years. */
const DAYS_MAX = 3_653;
/** Said in words; more are only counted. */
const PROBLEMS_MAX = 50;

interface ImportSummary {
  readonly venue: string;
  readonly directory: string;
  readonly from: string;
  /** The last day. */
  readonly to: string;
  /** Of this run: what was there already is not fetched again. */
  readonly rows: Readonly<Record<string, number>>;
  /** What is missing and why; empty where nothing is. */
  readonly problems: readonly string[];
  /** Why it did not come to its end; `null` where it did. */
  readonly stopped: string | null;
}

export async function importHistory(command: ImportCommand): Promise<number> {
  const env = Deno.env.toObject();
  const loaded = await loadConfig({
    file: command.config,
    env,
    flags: [
      { flag: "--venue", key: "venue.name", value: command.venue },
      // No socket is opened; settings want an address of one beside a REST address.
      { flag: "--venue", key: "venue.ws", value: unusedSocket(command.venue) },
    ],
  });
  const problems = loaded.ok ? [] : [...mistakesIn(loaded.errors)];
  const state = statePath(command.state, env);
  if (!state.ok) problems.push(state.reason);
  if (loaded.ok && loaded.config.venue.name === "sim") {
    problems.push("The embedded exchange has no past: start kbot exchange and give its address with --venue");
  }
  if (!loaded.ok || !state.ok || problems.length > 0) {
    for (const problem of problems) printError(problem);
    return EXIT.usage;
  }
  const directory = statePaths(state.path).history;
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const locked = await lockStateDirectory(directory);
    if (!locked.ok) throw new Error(locked.reason);
    try {
      return await fetchAll(command, loaded.config, directory);
    } finally {
      locked.lock.release();
    }
  } catch (error) {
    printError(`Import failed: ${messageOf(error)}`);
    return EXIT.failed;
  }
}

const unusedSocket = (venue: string | undefined): string | undefined =>
  venue?.includes("://") === true ? "ws://127.0.0.1" : undefined;

async function fetchAll(command: ImportCommand, config: Config, directory: string): Promise<number> {
  const chosen = await chooseVenue({ name: config.venue.name, ws: null, credentials: null, seed: 0, speed: 1 });
  if (!chosen.ok) {
    printError(chosen.reason);
    return chosen.kind === "usage" ? EXIT.usage : EXIT.failed;
  }
  const { venue } = chosen;
  const days = daysOf(command, venue.clock.now());
  if (typeof days === "string") {
    printError(days);
    return EXIT.usage;
  }
  const stop = new AbortController();
  const unlisten = onStopSignal(() => stop.abort());
  const bar = progressBar(!command.json);
  const rows = new Map<string, number>();
  const problems: string[] = [];
  const say = (text: string) => {
    bar.clear();
    printError(text);
  };
  const context: ImportContext = {
    root: directory,
    patience: { stop: stop.signal, wait: (seconds) => pause(seconds * 1_000, stop.signal), onRetry: say },
    now: () => venue.clock.now(),
    onProgress: (done, of, what) => bar.show(done, of, what),
    onProblem: (text) => {
      if (problems.length < PROBLEMS_MAX) say(text);
      if (problems.length <= PROBLEMS_MAX) problems.push(problems.length < PROBLEMS_MAX ? text : "More are left out");
    },
    onRows: (kind, count) => rows.set(kind, (rows.get(kind) ?? 0) + count),
  };
  const stopped = await run(command, config, venue, context, days);
  unlisten();
  bar.clear();
  const summary: ImportSummary = {
    venue: venue.title,
    directory,
    from: formatTime(days[0]).slice(0, 10),
    to: formatTime(days[days.length - 1]).slice(0, 10),
    rows: Object.fromEntries(rows),
    problems,
    stopped,
  };
  if (stopped !== null) printError(stopped);
  if (command.json) printJson(summary);
  else printText(describe(summary));
  return stopped === null && problems.length === 0 ? EXIT.done : EXIT.failed;
}

/** Why it did not come to its end; `null` where it did. */
async function run(
  { kinds, series }: ImportCommand,
  config: Config,
  venue: ChosenVenue,
  context: ImportContext,
  days: readonly Micros[],
): Promise<string | null> {
  const wanted = series.length === 0 ? config.venue.series : [...new Set(series)];
  // Paced by our own time, whatever speed a simulated exchange runs at.
  const rest = new HistoryPages({ base: venue.host.rest, signer: null, clock: new WallClock() });
  try {
    if (kinds.includes("kalshi")) {
      for (const each of wanted) await new KalshiImport(rest, context, each, days).run();
    }
    if (kinds.includes("coinbase")) {
      const host = venue.feeds === null ? COINBASE_REST : venue.feeds.coinbase_rest;
      if (host === undefined) throw new ImportStopped(`${venue.title} has no simulated Coinbase`);
      for (const asset of assetsOf(wanted)) await new CoinbaseImport(host, context, asset, days).run();
    }
    return null;
  } catch (error) {
    if (error instanceof ImportStopped) return error.message;
    throw error;
  } finally {
    rest.stop();
  }
}

/** The coins that the series settle on. */
function assetsOf(series: readonly string[]): ReadonlySet<string> {
  return new Set(series.flatMap((each) => {
    const index = settlementIndexOf(each);
    const asset = index === null ? null : assetOf(index);
    return asset === null ? [] : [asset];
  }));
}

/** The days asked for, up to today; the reason where there are none. */
function daysOf({ from, to }: ImportCommand, now: Micros): readonly Micros[] | string {
  const today = Math.floor(now / MICROS_PER_DAY) * MICROS_PER_DAY;
  const last = Math.min(to ?? today, today);
  if (from > last) {
    return `--from ${formatTime(from).slice(0, 10)} is after ${
      formatTime(micros(last)).slice(0, 10)
    }, the last day to import`;
  }
  const count = (last - from) / MICROS_PER_DAY + 1;
  if (count > DAYS_MAX) return `${count} days at once: import ${DAYS_MAX} at most`;
  return Array.from({ length: count }, (_, k) => micros(from + k * MICROS_PER_DAY));
}

function describe(summary: ImportSummary): string {
  const rows = Object.entries(summary.rows).map(([kind, count]) => `${count} ${kind}`).join(", ");
  return [
    `Imported from ${summary.venue}, ${summary.from} to ${summary.to}: ${rows === "" ? "nothing new" : rows}`,
    `  files    ${summary.directory}`,
    ...(summary.problems.length === 0 ? [] : [`  problems ${summary.problems.length}: what is missing is told above`]),
  ].join("\n");
}
