/**
 * `kbot exchange`: the simulated exchange alone, until it is told to stop.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { PaceWatch } from "../../ops/pace_watch.ts";
import type { ReplaySpeed } from "./replay/replay_floor.ts";
import { startReplay } from "./replay/replay_server.ts";
import { type ExchangeInfo, startExchange } from "./server.ts";

const LOOK_EVERY_MS = 1_000;

export interface ExchangeCommandOptions {
  readonly port: number;
  readonly seed: number;
  /** `max` for a replay alone. */
  readonly speed: ReplaySpeed;
  /** Listed beside the quarter-hourly ones. */
  readonly series: readonly string[];
  readonly faults: readonly string[];
  /** A recorded file or folder to serve instead of a simulation; `null` for none. */
  readonly replay: string | null;
  /** One line of JSON first on stdout, instead of words. */
  readonly json: boolean;
  /** Private keys are written here. */
  readonly stateDir: string;
}

function inWords(info: ExchangeInfo, options: ExchangeCommandOptions): string {
  const { replay, speed, seed, series, faults } = options;
  const pace = speed === "max" ? "as fast as it is read" : `${speed} simulated seconds a second`;
  return [
    replay === null ? "SIMULATED EXCHANGE: no real money, no real market" : "RECORDED TAPE: no real money, no orders",
    `REST        ${info.rest}`,
    `WebSocket   ${info.ws}`,
    `RSA key     ${info.key_id}  ${info.private_key_file}`,
    `Ed25519 key ${info.ed25519.key_id}  ${info.ed25519.private_key_file}`,
    `Clock       ${info.clock.now}, ${pace}${replay === null ? `, seed ${seed}` : ""}`,
    ...(series.length === 0 ? [] : [`Listed too  ${series.join(", ")}`]),
    replay === null ? `Faults      ${faults.length === 0 ? "none" : faults.join(", ")}` : `Tape        ${replay}`,
    "Stop it with Ctrl-C",
  ].join("\n");
}

/** Resolves at the first SIGINT or SIGTERM. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const stop = () => {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
      resolve();
    };
    for (const signal of signals) Deno.addSignalListener(signal, stop);
  });
}

interface Running {
  readonly info: ExchangeInfo;
  /** Moves time up to now; a tape moves by itself. */
  now?(): Micros;
  stop(): Promise<void>;
}

function start({ port, seed, speed, series, faults, replay, stateDir }: ExchangeCommandOptions): Promise<Running> {
  if (replay !== null) return startReplay({ path: replay, port, speed, keyDirectory: stateDir });
  if (speed === "max") throw new RangeError("Speed max is for a replay: a simulation needs a number");
  return startExchange({ port, seed, speed, series, faults, mode: "free", keyDirectory: stateDir });
}

/** Says, once, that simulated time falls behind. Returns what ends the watch. */
function watchPace({ now }: Running, speed: ReplaySpeed): () => void {
  if (now === undefined || speed === "max") return () => {};
  const pace = new PaceWatch(speed, "Clients that keep to its speed run ahead of it: give it a lower --speed");
  const timer = setInterval(() => {
    const slow = pace.observe(performance.now(), now());
    if (slow !== null) console.error(slow);
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * Runs an exchange in free mode, or replays a tape, until SIGINT or SIGTERM.
 * @returns the exit code: 0
 * @throws what {@link startExchange} and {@link startReplay} throw: a wrong option, a port in use, a directory that
 * cannot be written, a tape that cannot be read
 */
export async function runExchangeCommand(options: ExchangeCommandOptions): Promise<number> {
  const running = await start(options);
  const stopped = untilSignal();
  const unwatched = watchPace(running, options.speed);
  console.log(options.json ? JSON.stringify(running.info) : inWords(running.info, options));
  await stopped;
  unwatched();
  await running.stop();
  return 0;
}
