/**
 * `kbot exchange`: the simulated exchange alone.
 * @module
 */

import { RecordingError } from "../backtest/recording/recording_error.ts";
import { messageOf } from "../store/message.ts";
import { runExchangeCommand } from "../venues/exchange/command.ts";
import { type ExchangeCommand, EXIT } from "./command.ts";
import { printError } from "./output.ts";

/** Any free one: two exchanges on a machine need no agreement. */
const PORT = 0;
const SEED = 1;
const SPEED = 1;

/** Runs it until it is told to stop. Its keys lie in `--state`, else in a directory of their own that goes with it. */
export async function exchange(command: ExchangeCommand): Promise<number> {
  const { port = PORT, seed = SEED, speed = SPEED, series, faults, replay = null, json, state } = command;
  const stateDir = state ?? await Deno.makeTempDir({ prefix: "kbot-exchange-" });
  try {
    return await runExchangeCommand({ port, seed, speed, series, faults, replay, json, stateDir });
  } catch (error) {
    const reason = knownReason(error, port);
    if (reason === null) throw error;
    printError(`Exchange cannot start: ${reason}`);
    return EXIT.failed;
  } finally {
    if (state === undefined) await Deno.remove(stateDir, { recursive: true });
  }
}

/** What the machine refuses, in words; `null` for what only a bug explains. */
function knownReason(error: unknown, port: number): string | null {
  if (error instanceof RecordingError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (error instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") {
    return `Port ${port} is in use; choose another with --port, or 0 for any free one`;
  }
  const ofTheSystem = error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory ||
    typeof code === "string";
  return ofTheSystem ? messageOf(error) : null;
}
