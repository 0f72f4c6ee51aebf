/**
 * `kbot report`: what the paper or live days of a state came to. A bot may be running.
 * @module
 */

import type { Findings } from "../backtest/findings.ts";
import { BOOTSTRAP_SEED } from "../backtest/figures/clusters.ts";
import { changedSettings, shownCommand } from "../backtest/figures/provenance.ts";
import { type StoredFigures, StoredReading } from "../backtest/figures/stored_figures.ts";
import { warningsOf } from "../backtest/figures/warnings.ts";
import { loadConfig } from "../config/load.ts";
import { statePath } from "../config/state_path.ts";
import { formatTime, micros, MICROS_PER_DAY } from "../core/units.ts";
import { type Identity, identityFile, parseIdentity } from "../runner/identity.ts";
import { openToRead } from "../store/export/export.ts";
import { messageOf } from "../store/message.ts";
import { statePaths } from "../store/state_directory.ts";
import { EXIT, type ReportCommand } from "./command.ts";
import { findingsText } from "./findings_text.ts";
import { refused, type Reply } from "./output.ts";
import { ReportOutput } from "./report_output.ts";
import { SIMULATED } from "./simulated_market.ts";
import { VERSION } from "./version.ts";
import { wrongConfig } from "./wrong_config.ts";

type Env = Readonly<Record<string, string>>;

export async function report(
  command: ReportCommand,
  env: Env = Deno.env.toObject(),
  args: readonly string[] = Deno.args,
): Promise<Reply> {
  const state = statePath(command.state, env);
  if (!state.ok) return refused(EXIT.usage, state.reason);
  const loaded = await loadConfig({ env, file: command.config });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  const identity = await readIdentity(state.path);
  if ("error" in identity) return refused(EXIT.failed, identity.error);
  const output = await ReportOutput.open(command);
  if ("error" in output) return refused(EXIT.failed, output.error);
  const read = await readStore(state.path, command, output);
  if ("error" in read) {
    await output.abandon();
    return refused(EXIT.failed, read.error);
  }
  const findings = findingsOf(read, identity, command, {
    version: VERSION,
    command: shownCommand(args),
    data: [],
    settings: changedSettings(loaded),
    decision_hash: null,
    bootstrap_seed: BOOTSTRAP_SEED,
  });
  const written = await output.finish(findings);
  const failed = "error" in written;
  return {
    exitCode: failed ? EXIT.failed : EXIT.done,
    text: [findingsText(findings), ...(failed ? [] : written.map((path) => `Written: ${path}`))].join("\n"),
    json: findings,
    problems: failed ? [written.error] : [],
  };
}

/** Paper or live, and where: a state is of one kind alone, so that the two are never mixed. */
async function readIdentity(state: string): Promise<Identity | { readonly error: string }> {
  let text: string;
  try {
    text = await Deno.readTextFile(identityFile(state));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { error: `No run is known at ${state}: nothing was traded there` };
    }
    return { error: `State in ${state} cannot be read: ${messageOf(error)}` };
  }
  return parseIdentity(text) ?? { error: `State in ${state} does not say whether it is of paper or live trading` };
}

async function readStore(
  state: string,
  { from, to, strategy }: ReportCommand,
  output: ReportOutput,
): Promise<StoredFigures | { readonly error: string }> {
  const opened = await openToRead(statePaths(state).store);
  if (!opened.ok) return { error: opened.reason };
  try {
    const range = {
      from: from ?? null,
      // The day is included.
      to: to === undefined ? null : micros(to + MICROS_PER_DAY),
      strategy: strategy ?? null,
    };
    return await new StoredReading(opened.kv, range, (trades) => output.trades(trades)).read();
  } catch (error) {
    return { error: `State in ${state} cannot be read: ${messageOf(error)}` };
  } finally {
    opened.kv.close();
  }
}

function findingsOf(
  { gathered, warnings }: StoredFigures,
  { execution, venue }: Identity,
  { from, to, strategy }: ReportCommand,
  provenance: Findings["provenance"],
): Findings {
  const days = [
    ...(from === undefined ? [] : [`from ${formatTime(from).slice(0, 10)}`]),
    ...(to === undefined ? [] : [`to ${formatTime(to).slice(0, 10)}`]),
  ];
  // An exchange at an address may be anything: only what is known to be real counts as real.
  const simulatedMarket = SIMULATED[venue] ?? true;
  return {
    kind: execution,
    title: [`${execution} at ${venue}`, ...(strategy === undefined ? [] : [strategy]), ...days].join(", "),
    simulated_fills: execution === "paper",
    simulated_market: simulatedMarket,
    provenance,
    ...gathered,
    fill_models: null,
    search: null,
    warnings: [...warningsOf(gathered, { simulatedMarket, halts: [] }), ...warnings],
    problems: [],
    notes: [],
  };
}
