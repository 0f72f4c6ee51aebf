/**
 * What a sweep is asked for, found to be possible before any work is done.
 * @module
 */

import { readSpace } from "../backtest/search/declared_space.ts";
import { ParameterSpace } from "../backtest/search/parameter_space.ts";
import type { TrialSettings } from "../backtest/search/trial.ts";
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
import { statePath } from "../config/state_path.ts";
import { registryWith } from "../packs/registry_of.ts";
import { statePaths } from "../store/state_directory.ts";
import type { Registration } from "../strategies/registry.ts";
import { EXIT, type SweepCommand } from "./command.ts";
import { VERSION } from "./version.ts";
import { mistakesIn } from "./wrong_config.ts";

const TRIALS = 40;
/** A grid is tried whole; more than this should be meant. */
const GRID_MAX = 1_000;

export type SweepEngine = TrialSettings["engine"];
type Loaded = Extract<Awaited<ReturnType<typeof loadConfig>>, { readonly ok: true }>;

/** All that is asked for, found to be possible. */
export interface SweepAsked {
  readonly command: SweepCommand;
  readonly args: readonly string[];
  readonly loaded: Loaded;
  readonly registration: Registration;
  readonly space: ParameterSpace;
  readonly configured: Readonly<Record<string, unknown>>;
  readonly trials: number;
  readonly directory: string;
}

/** Why a sweep ends without a result, and with which exit code. */
export class SweepRefused extends Error {
  constructor(readonly exitCode: number, readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** @throws SweepRefused where it is not */
export async function checkSweep(command: SweepCommand, args: readonly string[]): Promise<SweepAsked> {
  const env = Deno.env.toObject();
  const loaded = await loadConfig({
    file: command.config,
    env,
    flags: [],
  });
  if (!loaded.ok) throw new SweepRefused(EXIT.usage, mistakesIn(loaded.errors));
  const registry = registryWith(loaded.packs);
  const registration = registry.find(({ name }) => name === command.strategy);
  if (registration === undefined) {
    const names = registry.map(({ name }) => name).join(", ");
    throw new SweepRefused(EXIT.usage, [`No strategy is called ${command.strategy}; there are: ${names}`]);
  }
  const found = readSpace(registration.name, registration.parameters, command.parameters);
  if (!found.ok) throw new SweepRefused(EXIT.usage, found.problems);
  const space = new ParameterSpace(found.dimensions);
  const own = strategySettings(loaded.config, loaded.packs).find(({ name }) => name === registration.name);
  return {
    command,
    args,
    loaded,
    registration,
    space,
    configured: own?.parameters ?? {},
    trials: trialsOf(command, space),
    directory: directoryOf(command, env),
  };
}

function trialsOf({ method, trials }: SweepCommand, { gridSize }: ParameterSpace): number {
  if (method !== "grid") return trials ?? TRIALS;
  const most = trials ?? GRID_MAX;
  if (gridSize <= most) return gridSize;
  throw new SweepRefused(EXIT.usage, [
    `The grid has ${gridSize} points, more than ${most}: give fewer parameters or values with --param, or --trials ${gridSize}`,
  ]);
}

function directoryOf({ out, state }: SweepCommand, env: Readonly<Record<string, string | undefined>>): string {
  if (out !== undefined) return out;
  const path = statePath(state, env);
  if (!path.ok) throw new SweepRefused(EXIT.usage, [path.reason]);
  return statePaths(path.path).sweeps;
}

/** As of a backtest of this strategy alone. */
export function engineOf({ command, loaded: { config, packs } }: SweepAsked): SweepEngine {
  const risk = riskLimits(config);
  return {
    version: VERSION,
    paper: simulatedPaperSettings(config),
    index: indexSettings(config),
    orders: executionSettings(config),
    safety: safetyWithoutPerson(config),
    allocation: allocationRules(config),
    risk: command.maxLoss === undefined ? risk : { ...risk, dailyLoss: command.maxLoss },
    strategies: strategySettings(config, packs).filter(({ name }) => name === command.strategy),
  };
}
