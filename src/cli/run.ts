/**
 * `kbot run`, `kbot --paper`, `kbot --live` and `kbot demo`: from flags and configuration to a run, and its end.
 * @module
 */

import { type Credentials, loadCredentials } from "../config/credentials.ts";
import { formatDollars } from "../config/fields.ts";
import { type ConfigRequest, loadConfig, type LoadedConfig } from "../config/load.ts";
import { limitsAtDefault } from "../config/own_limits.ts";
import type { DefaultValue, FlagValue } from "../config/overrides.ts";
import type { Config } from "../config/schema.ts";
import { statePath } from "../config/state_path.ts";
import type { Money } from "../core/units.ts";
import { startLog } from "../ops/log.ts";
import type { ServiceWatch } from "../ops/systemd/service_watch.ts";
import { rootWarning } from "./as_root.ts";
import { openAlerts } from "./open_alerts.ts";
import { LeasedRun } from "../runner/leased_run.ts";
import type { Reread } from "../runner/reload.ts";
import type { LiveIntent, RunRequest } from "../runner/request.ts";
import type { Run } from "../runner/run.ts";
import { claimState, startRun } from "../runner/start.ts";
import { describeSummary } from "../runner/summary.ts";
import { seriesOn, type TapeRequest } from "../venues/exchange/tape/recorded_moments.ts";
import type { RunCommand } from "./command.ts";
import { askPhrase, findPhrase } from "./confirm_real.ts";
import { onDefect } from "./defect.ts";
import { printError, printJson, printText } from "./output.ts";
import { tellServiceManager } from "./service.ts";
import { oneAtATime, reread } from "./reread.ts";
import { onHangUp, onKillSignal } from "./signals.ts";
import { VERSION } from "./version.ts";
import { mistakesIn } from "./wrong_config.ts";

/** What `run` needs of a command; `demo` is a `run` with two answers given, and defaults of its own. */
export type RunOptions = Omit<RunCommand, "kind" | "venueWs" | "feed" | "tape" | "spot" | "canary" | "confirmFile"> & {
  readonly canary?: Money | undefined;
  readonly confirmFile?: string | undefined;
  readonly venueWs?: string | undefined;
  readonly feed?: string | undefined;
  readonly tape?: string | undefined;
  readonly spot?: string | undefined;
  readonly defaults?: readonly DefaultValue[];
};

const FAILED = 1;
const USAGE = 2;
const HALTED = 3;
const PERSISTENT_HALTS_EXIT = new Set(["daily_loss", "drawdown", "model"]);

export async function run(options: RunOptions): Promise<number> {
  const env = Deno.env.toObject();
  const flags: FlagValue[] = [
    { flag: "--venue", key: "venue.name", value: options.venue },
    { flag: "--feed", key: "cluster.feed", value: options.feed },
    { flag: "--venue-ws", key: "venue.ws", value: options.venueWs },
    { flag: "--port", key: "server.port", value: options.port },
    { flag: "--canary", key: "live.canary_usd", value: options.canary && formatDollars(options.canary) },
  ];
  const tape = tapeOf(options);
  const series = tape === null ? null : await seriesOn(tape);
  if (series !== null && "error" in series) {
    printError(series.error);
    return USAGE;
  }
  const recorded: readonly DefaultValue[] = series === null ? [] : [{ key: "venue.series", value: series.names }];
  const { config: file, defaults = recorded } = options;
  const source: ConfigRequest = { file, env, flags, defaults };
  const loaded = await loadConfig(source);
  if (!loaded.ok) {
    for (const line of mistakesIn(loaded.errors)) printError(line);
    return USAGE;
  }
  const { config } = loaded;
  const embedded = config.venue.name === "sim";
  if (!embedded && (options.speed !== undefined || options.seed !== undefined || tape !== null)) {
    const flags = tape === null ? "--speed and --seed belong" : "--tape belongs";
    printError(`${flags} to the embedded exchange (--venue sim); the venue here is ${config.venue.name}`);
    return USAGE;
  }
  const state = embedded && options.state === undefined
    ? { ok: true as const, path: await Deno.makeTempDir({ prefix: "kbot-sim-" }) }
    : statePath(options.state, env);
  if (!state.ok) {
    printError(state.reason);
    return USAGE;
  }
  const credentials = embedded ? null : await credentialsFor(config, env);
  if (credentials !== null && "reason" in credentials) {
    printError(credentials.reason);
    return USAGE;
  }
  return await trade(options, source, loaded, state.path, credentials);
}

const tapeOf = ({ tape, spot }: RunOptions): TapeRequest | null =>
  tape === undefined ? null : { path: tape, spot: spot ?? null };

async function credentialsFor(
  config: Config,
  env: Readonly<Record<string, string>>,
): Promise<Credentials | { reason: string } | null> {
  const found = await loadCredentials(config, env);
  if (found.kind === "refused") return { reason: found.reason };
  return found.kind === "found" ? found.credentials : null;
}

async function trade(
  options: RunOptions,
  source: ConfigRequest,
  loaded: Extract<LoadedConfig, { readonly ok: true }>,
  stateDirectory: string,
  credentials: Credentials | null,
): Promise<number> {
  const { config, packs } = loaded;
  const limits = limitsAtDefault(loaded.origins);
  const alerts = await openAlerts(config.alerts, source.env);
  if (!alerts.ok) {
    printError(alerts.reason);
    return USAGE;
  }
  const claimed = await claimState(stateDirectory);
  if (!claimed.ok) {
    printError(claimed.reason);
    return FAILED;
  }
  if (claimed.notice !== null) printError(claimed.notice);
  const warning = rootWarning();
  if (warning !== null) printError(warning);
  const log = await startLog({ level: config.log.level, stateDirectory, stderr: true });
  if (log.trouble !== null) printError(log.trouble);
  let announced = () => {};
  const request: RunRequest = {
    execution: options.execution,
    version: VERSION,
    config,
    packs,
    credentials,
    stateDirectory,
    forSeconds: options.forSeconds ?? null,
    speed: options.speed ?? 1,
    seed: options.seed ?? 1,
    tape: tapeOf(options),
    host: config.server.host,
    port: config.server.port,
    live: liveIntent(options, limits, source.env),
    log,
    alerts: alerts.alerts,
    lock: claimed.lock,
    onServing: ({ url, tokenPath, newToken }) => {
      announced = () => announce(options, config, url, tokenPath, newToken);
    },
  };
  // The embedded exchange ends with its run: nobody can share an account there.
  // Nor on a feed, where many trade on paper, each for itself.
  const isShared = config.cluster.servers.length > 0 && config.venue.name !== "sim" && config.cluster.feed === null;
  try {
    const started = isShared ? await LeasedRun.start(request, source.env) : await startRun(request);
    if (!started.ok) {
      printError(started.reason);
      return started.kind === "usage" ? USAGE : FAILED;
    }
    const { run } = started;
    const begun = () => {
      announced();
      return tellServiceManager(run, stateDirectory, titleOf(options, config), printError);
    };
    return await seeThrough(run, begun, () => reread(source, loaded.file), options.json);
  } finally {
    await log.close();
  }
}

/**
 * To its end and its summary; hands on to it what signals and defects ask for meanwhile.
 *
 * @param begun tells that it runs, once signals are heard: whoever is told may send one at once
 */
async function seeThrough(
  run: Run | LeasedRun,
  begun: () => ServiceWatch | null,
  readAgain: () => Promise<Reread>,
  json: boolean,
): Promise<number> {
  let service: ServiceWatch | null = null;
  const unlisten = [
    listenForSignals(
      (reason) => {
        service?.stopping();
        run.stop(reason);
      },
      oneAtATime(async () => {
        service?.reloading();
        await run.reload(await readAgain(), "SIGHUP");
        service?.reloaded();
      }),
    ),
    onKillSignal(() => void run.kill()),
    onDefect((error) => run.fail(error)),
  ];
  try {
    service = begun();
    const summary = await run.untilEnd();
    if (json) printJson(summary);
    else printText(describeSummary(summary));
    if (summary.halts.some((halt) => PERSISTENT_HALTS_EXIT.has(halt))) return HALTED;
    return summary.journal_trouble === null && summary.orders_left === 0 ? 0 : FAILED;
  } finally {
    for (const each of unlisten) each();
    await service?.close();
  }
}

function liveIntent({ confirmFile }: RunOptions, limits: readonly string[], env: ConfigRequest["env"]): LiveIntent {
  const what = (venue: string) => `Live orders at ${venue}`;
  return {
    limitsAtDefault: limits,
    async missing(venue) {
      const found = await findPhrase(what(venue), env, confirmFile);
      return found.kind === "missing" ? found.reason : null;
    },
    async confirm(venue, atStake) {
      for (const line of atStake) printError(line);
      const found = await findPhrase(what(venue), env, confirmFile);
      if (found.kind === "missing") return found.reason;
      return found.kind === "given" ? null : askPhrase(what(venue), `Orders will go to ${venue} and cost money`);
    },
  };
}

/** How a run trades, and on what. */
function titleOf(options: RunOptions, config: Config): string {
  return config.venue.name === "sim"
    ? `SIMULATED EXCHANGE${options.tape === undefined ? "" : ", RECORDED DATA"}, play money${
      options.execution === "paper" ? ", paper orders" : ""
    }`
    : options.execution === "paper"
    ? `PAPER trading on the market data of ${config.cluster.feed === null ? "" : "feed "}${
      config.cluster.feed ?? config.venue.name
    }`
    : `LIVE trading at ${config.venue.name}`;
}

function announce(options: RunOptions, config: Config, url: string, tokenPath: string, newToken: string | null): void {
  const simulated = config.venue.name === "sim";
  printError(`kbot ${VERSION}: ${titleOf(options, config)}`);
  printError(`Status page: ${url}`);
  printError(
    newToken !== null && Deno.stderr.isTerminal()
      ? `Token for its controls (shown this once): ${newToken}`
      : `Token for its controls: in ${tokenPath}`,
  );
  if (!simulated && options.execution === "paper") {
    printError("No network or no account? `kbot demo` shows everything on a simulated exchange");
  }
}

/** Signals that end the run in order: Ctrl-C, systemd's stop. A closed terminal ends it, too. */
const STOPPING: readonly { readonly signal: Deno.Signal; readonly reason: string }[] = [
  { signal: "SIGINT", reason: "stopped by Ctrl-C" },
  { signal: "SIGTERM", reason: "stopped by the system" },
];
/** A task runner hands on the signal that the terminal sent to all: the same Ctrl-C arrives twice within a moment. */
const SAME_SIGNAL_MS = 1_000;

/** Ends the run in order at the first signal; a second one, meant as such, does not wait. */
function listenForSignals(stop: (reason: string) => void, reload: () => void): () => void {
  let askedAt: number | null = null;
  const onSignal = (reason: string) => {
    const now = performance.now();
    if (askedAt === null) {
      askedAt = now;
      stop(reason);
    } else if (now - askedAt > SAME_SIGNAL_MS) Deno.exit(FAILED);
  };
  const handlers = STOPPING.map(({ signal, reason }) => ({ signal, handler: () => onSignal(reason) }));
  const active = Deno.build.os === "windows" ? handlers.slice(0, 1) : handlers;
  for (const { signal, handler } of active) Deno.addSignalListener(signal, handler);
  const unlisten = onHangUp({ reload, closed: () => onSignal("its terminal was closed") });
  return () => {
    unlisten();
    for (const { signal, handler } of active) Deno.removeSignalListener(signal, handler);
  };
}
