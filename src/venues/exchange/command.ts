/**
 * `kbot exchange`: the simulated exchange alone, until it is told to stop.
 * @module
 */

import { type ExchangeInfo, startExchange } from "./server.ts";

export interface ExchangeCommandOptions {
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly faults: readonly string[];
  /** One line of JSON first on stdout, instead of words. */
  readonly json: boolean;
  /** Private keys are written here. */
  readonly stateDir: string;
}

function inWords(info: ExchangeInfo, options: ExchangeCommandOptions): string {
  return [
    "SIMULATED EXCHANGE: no real money, no real market",
    `REST        ${info.rest}`,
    `WebSocket   ${info.ws}`,
    `RSA key     ${info.key_id}  ${info.private_key_file}`,
    `Ed25519 key ${info.ed25519.key_id}  ${info.ed25519.private_key_file}`,
    `Clock       ${info.clock.now}, ${options.speed} simulated seconds a second, seed ${options.seed}`,
    `Faults      ${options.faults.length === 0 ? "none" : options.faults.join(", ")}`,
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

/**
 * Runs an exchange in free mode until SIGINT or SIGTERM.
 * @returns the exit code: 0
 * @throws what {@link startExchange} throws: a wrong option, a port in use, a directory that cannot be written
 */
export async function runExchangeCommand(options: ExchangeCommandOptions): Promise<number> {
  const { port, seed, speed, faults, json, stateDir } = options;
  const running = await startExchange({ port, seed, speed, faults, mode: "free", keyDirectory: stateDir });
  const stopped = untilSignal();
  console.log(json ? JSON.stringify(running.info) : inWords(running.info, options));
  await stopped;
  await running.stop();
  return 0;
}
