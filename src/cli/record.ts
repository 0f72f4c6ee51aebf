/**
 * `kbot record`: market data and feeds onto a tape, and nothing else. No engine, no order, no account.
 * @module
 */

import { join } from "node:path";
import { getLogger } from "@logtape/logtape";
import { formatConfigError } from "../config/config_error.ts";
import { type Credentials, loadCredentials } from "../config/credentials.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { Secret } from "../config/secret.ts";
import { statePath } from "../config/state_path.ts";
import type { Input } from "../core/input.ts";
import type { PairMap } from "../feeds/polymarket/pair_map.ts";
import { loadPairMap } from "../feeds/polymarket/shipped_pairs.ts";
import { startLog } from "../ops/log.ts";
import { RunFeeds } from "../runner/feeds.ts";
import { Recorder, tapeSettings } from "../runner/recorder.ts";
import { chooseVenue, type ChosenVenue } from "../runner/venue_choice.ts";
import { messageOf } from "../store/message.ts";
import { statePaths } from "../store/state_directory.ts";
import { type EmbeddedExchange, startEmbeddedExchange } from "../venues/exchange/embedded.ts";
import { KalshiVenue } from "../venues/kalshi/venue.ts";
import { EXIT, type RecordCommand } from "./command.ts";
import { printError, printText } from "./output.ts";
import type { Publishing } from "./record_publishing.ts";
import { RecordedMarkets } from "./recorded_markets.ts";
import { onStopSignal } from "./signals.ts";
import { VERSION } from "./version.ts";

/** What `--json` ends with. */
export interface RecordSummary {
  readonly venue: string;
  readonly simulated: boolean;
  readonly tape: string;
  /** By our own clock. */
  readonly seconds: number;
  readonly messages: number;
  readonly by_source: Readonly<Record<string, number>>;
  /** Of the lines, and of the files that they were compressed into. */
  readonly bytes: number;
  readonly file_bytes: number;
  /** Messages that are not on the tape, and the stretches that they form. */
  readonly lost: number;
  readonly gaps: number;
  /** What the venue made of its frames, by type. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Why the tape is not complete; `null` where it is. */
  readonly trouble: string | null;
}

type Place = { readonly ok: true; readonly directory: string } | { readonly ok: false; readonly reason: string };

export async function record(command: RecordCommand): Promise<number> {
  const env = Deno.env.toObject();
  const loaded = await loadConfig({
    ...(command.config === undefined ? {} : { file: command.config }),
    env,
    flags: [
      { flag: "--venue", key: "venue.name", value: command.venue },
      { flag: "--feed", key: "cluster.feed", value: command.feed },
      { flag: "--venue-ws", key: "venue.ws", value: command.venueWs },
    ],
  });
  if (!loaded.ok) {
    for (const error of loaded.errors) printError(formatConfigError(error));
    return EXIT.usage;
  }
  const { config } = loaded;
  if (config.venue.name !== "sim" && (command.speed !== undefined || command.seed !== undefined)) {
    printError(`--speed and --seed belong to the embedded exchange; the venue here is ${config.venue.name}`);
    return EXIT.usage;
  }
  const place = placeOf(command, env);
  if (!place.ok) {
    printError(place.reason);
    return EXIT.usage;
  }
  const { polymarket } = config.feeds;
  const pairs = polymarket.enabled ? await loadPairMap(polymarket.pairs ?? undefined) : null;
  if (pairs?.ok === false) {
    for (const error of pairs.errors) printError(error);
    return EXIT.usage;
  }
  const tape = { pairs: pairs?.map, directory: place.directory };
  const log = await startLog({ level: config.log.level, stateDirectory: null, stderr: true });
  try {
    if (config.cluster.feed !== null && command.publish === undefined) {
      return await (await import("./record_feed.ts")).recordFeed(command, config, config.cluster.feed, place.directory);
    }
    return await withVenue(command, config, env, (venue) => recordVenue(command, config, venue, tape));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    printError(error.message);
    return error.exitCode;
  } finally {
    await log.close();
  }
}

/** Something that was asked for is not to be had. */
class Unavailable extends Error {
  constructor(reason: string, readonly exitCode: number) {
    super(reason);
  }
}

function placeOf({ out, state }: RecordCommand, env: Readonly<Record<string, string>>): Place {
  if (out !== undefined) return { ok: true, directory: out };
  const path = statePath(state, env);
  return path.ok ? { ok: true, directory: statePaths(path.path).tapes } : path;
}

/** Opens the venue, with an exchange of our own where that is asked for, and closes what was opened. */
async function withVenue(
  command: RecordCommand,
  config: Config,
  env: Readonly<Record<string, string>>,
  body: (venue: ChosenVenue) => Promise<number>,
): Promise<number> {
  // It keeps its own time: a recording is of what happens, whether anybody keeps up or not.
  const exchange = config.venue.name === "sim" ? await ownExchange(command) : null;
  try {
    const credentials = exchange === null ? await credentialsFor(config, env) : ownCredentials(exchange);
    const chosen = await chooseVenue({
      name: exchange?.info.rest ?? config.venue.name,
      ws: exchange?.info.ws ?? config.venue.ws,
      credentials,
      seed: 0,
      speed: 1,
    });
    if (!chosen.ok) throw new Unavailable(chosen.reason, chosen.kind === "usage" ? EXIT.usage : EXIT.failed);
    return await body(chosen.venue);
  } finally {
    await exchange?.stop();
  }
}

async function ownExchange({ seed = 1, speed = 1 }: RecordCommand): Promise<EmbeddedExchange> {
  return await startEmbeddedExchange({ port: 0, seed, speed, faults: [], mode: "free", keyDirectory: null });
}

const ownCredentials = ({ info, privateKeyPem }: EmbeddedExchange): Credentials => ({
  keyId: info.key_id,
  privateKey: new Secret(privateKeyPem),
  privateKeyFile: "of the simulated exchange",
});

async function credentialsFor(config: Config, env: Readonly<Record<string, string>>): Promise<Credentials | null> {
  const found = await loadCredentials(config, env);
  if (found.kind === "refused") throw new Unavailable(found.reason, EXIT.usage);
  return found.kind === "found" ? found.credentials : null;
}

async function recordVenue(
  command: RecordCommand,
  config: Config,
  chosen: ChosenVenue,
  { pairs, directory }: { readonly pairs: PairMap | undefined; readonly directory: string },
): Promise<number> {
  const { title, simulated, clock, signer } = chosen;
  let publishing: Publishing | null = null;
  const recorder = await Recorder.start({
    directory,
    version: VERSION,
    venue: title,
    simulated,
    hasSocket: signer !== null,
    ...tapeSettings(config),
    onLine: (source, raw, at) => publishing?.line(source, raw, at),
  });
  const inputs = new Map<string, number>();
  const markets = new RecordedMarkets();
  const venue = new KalshiVenue({
    name: title,
    rest: chosen.host.rest,
    ws: chosen.host.ws,
    signer,
    series: config.venue.series,
    simulated,
    clock,
    sink: (input: Input) => {
      inputs.set(input.type, (inputs.get(input.type) ?? 0) + 1);
      recorder.input(input);
      publishing?.venueInput(input);
      markets.take(input);
    },
    log: (level, text) => venueLogger[level]("{text}", { text }),
    lockstep: false,
    trade: false,
    liveIndices: true,
    frames: config.venue.frames,
    onRaw: recorder.frame,
  });
  const feeds = new RunFeeds({
    request: { version: VERSION, config },
    chosen,
    sink: (input) => publishing?.feedInput(input),
    // What was kept before does not matter: a tape has the prices of before its time, too.
    stored: () => Promise.resolve([]),
    pairs,
    markets: () => markets.values(),
    onRaw: recorder.raw,
  });
  printError(`Recording ${simulated ? "SIMULATED data of " : ""}${title} to ${recorder.status().directory}`);
  const began = performance.now();
  if (command.publish !== undefined) publishing = await publish(command.publish, config, chosen, venue);
  venue.start();
  feeds.start();
  await untilStopped(command.forSeconds ?? null);
  await Promise.all([venue.stop(), feeds.stop()]);
  await publishing?.close();
  await recorder.close();
  const summary = await summaryOf(recorder, { title, simulated, began });
  const heard = { inputs: Object.fromEntries([...inputs].sort()), trouble: summary.trouble ?? venue.health().trouble };
  return tell({ ...summary, ...heard }, command);
}

/** @throws Unavailable where the cluster will not have it */
async function publish(feed: string, config: Config, chosen: ChosenVenue, venue: KalshiVenue): Promise<Publishing> {
  const { Publishing } = await import("./record_publishing.ts");
  const begun = await Publishing.begin(feed, config, chosen, venue);
  if (begun.ok) return begun.publishing;
  throw new Unavailable(begun.reason, begun.exitCode);
}

/** Of a tape that was closed. @param began by `performance.now()` */
export async function summaryOf(
  recorder: Recorder,
  { title, simulated, began }: { readonly title: string; readonly simulated: boolean; readonly began: number },
): Promise<RecordSummary> {
  const { messages, bySource, bytes, lost, gaps, trouble, directory: tape } = recorder.status();
  return {
    venue: title,
    simulated,
    tape,
    seconds: Number(((performance.now() - began) / 1_000).toFixed(3)),
    messages,
    by_source: bySource,
    bytes,
    file_bytes: await sizeOf(tape),
    lost,
    gaps,
    inputs: {},
    trouble,
  };
}

/** Ends a recording. */
export function tell(summary: RecordSummary, { json }: Pick<RecordCommand, "json">): number {
  if (json) console.log(JSON.stringify(summary));
  else printText(describe(summary));
  return summary.lost === 0 && summary.trouble === null ? EXIT.done : EXIT.failed;
}

/** Until the time is over or somebody says so. */
export async function untilStopped(forSeconds: number | null): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unlisten = () => {};
  await new Promise<void>((resolve) => {
    unlisten = onStopSignal(resolve);
    if (forSeconds !== null) timer = setTimeout(resolve, forSeconds * 1_000);
  });
  clearTimeout(timer);
  unlisten();
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const { name } of Deno.readDir(directory)) bytes += (await Deno.stat(join(directory, name))).size;
  } catch (error) {
    // Without a message there is no tape.
    if (!(error instanceof Deno.errors.NotFound)) printError(`Tape ${directory} cannot be read: ${messageOf(error)}`);
  }
  return bytes;
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(2);

function describe(summary: RecordSummary): string {
  const sources = Object.entries(summary.by_source).sort(([, a], [, b]) => b - a);
  return [
    `${summary.simulated ? "SIMULATED data. " : ""}Recorded ${summary.venue} for ${summary.seconds.toFixed(1)} s`,
    ...sources.map(([source, messages]) => `  ${source.padEnd(20)} ${messages} messages`),
    `  on the tape          ${megabytes(summary.bytes)} MiB, ${megabytes(summary.file_bytes)} MiB compressed`,
    `  missing              ${summary.lost} messages in ${summary.gaps} gaps`,
    `  tape                 ${summary.tape}`,
    ...(summary.trouble === null ? [] : [`  trouble              ${summary.trouble}`]),
  ].join("\n");
}

const venueLogger = getLogger(["kbot", "venue"]);
