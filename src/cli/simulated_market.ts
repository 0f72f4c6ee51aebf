/**
 * Whether market data comes from a simulator, as far as what lies beside it tells.
 * @module
 */

import { type Identity, identityFile, parseIdentity } from "../runner/identity.ts";
import { statesAround } from "../packs/registry_of.ts";
import type { Origin } from "../store/export/tables.ts";
import { readTape } from "../store/tape_reader.ts";

/** Whether an exchange is a simulated one, where its name alone tells. */
export const SIMULATED: Readonly<Record<string, boolean>> = { sim: true, demo: false, kalshi: false };

async function identityOf(state: string): Promise<Identity | null> {
  try {
    return parseIdentity(await Deno.readTextFile(identityFile(state)));
  } catch {
    return null;
  }
}

/** The venue that a state belongs to; `null` where it does not say. */
export const venueOf = async (state: string): Promise<string | null> => (await identityOf(state))?.venue ?? null;

/** Whose a state's rows are. An exchange at an address may be anything: only what is known to be real counts as real. */
export async function originOf(state: string): Promise<Origin> {
  const identity = await identityOf(state);
  if (identity === null) return { execution: null, venue: null, simulated: null };
  const { execution, venue } = identity;
  return { execution, venue, simulated: SIMULATED[venue] ?? true };
}

/** Of a journal by the state around it, of a tape by its first line; `null` where nothing tells. */
export async function isSimulatedMarket(path: string): Promise<boolean | null> {
  try {
    for await (const event of readTape(path)) {
      if (event.kind === "header") return event.header.simulated;
      break;
    }
  } catch {
    // No tape.
  }
  for (const state of statesAround(path)) {
    const venue = await venueOf(state);
    if (venue !== null) return SIMULATED[venue] ?? null;
  }
  return null;
}
