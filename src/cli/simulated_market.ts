/**
 * Whether market data comes from a simulator, as far as what lies beside it tells.
 * @module
 */

import { identityFile, parseIdentity } from "../runner/identity.ts";
import { statesAround } from "../packs/registry_of.ts";
import { readTape } from "../store/tape_reader.ts";

/** Whether an exchange is a simulated one, where its name alone tells. */
export const SIMULATED: Readonly<Record<string, boolean>> = { sim: true, demo: false, kalshi: false };

/** The venue that a state belongs to; `null` where it does not say. */
export async function venueOf(state: string): Promise<string | null> {
  try {
    return parseIdentity(await Deno.readTextFile(identityFile(state)))?.venue ?? null;
  } catch {
    return null;
  }
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
