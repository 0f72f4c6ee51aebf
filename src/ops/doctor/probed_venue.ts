/**
 * The exchange that is asked about: one that is somewhere, or an embedded one that is started for the purpose.
 * @module
 */

import type { KeySources } from "../../config/credentials.ts";
import { chooseVenue, type ChosenVenue } from "../../runner/venue_choice.ts";
import { type EmbeddedExchange, startEmbeddedExchange } from "../../venues/exchange/embedded.ts";

export interface ProbedVenue {
  /** Where it is, its clock, and whether orders there cost money. */
  readonly chosen: ChosenVenue;
  /** The key of an embedded exchange; `null` for any other, whose key its user has. */
  readonly ownKey: KeySources | null;
}

export type ProbedVenueResult =
  | { readonly ok: true; readonly venue: ProbedVenue; readonly close: () => Promise<void> }
  | { readonly ok: false; readonly reason: string };

const SEED = 1;

/** An exchange of its own, whose time passes by itself as at a real one, and its key in a file as a user has one. */
async function embedded(): Promise<ProbedVenueResult> {
  const keyDirectory = await Deno.makeTempDir({ prefix: "kbot-doctor-keys-" });
  const close = async (exchange: EmbeddedExchange | null) => {
    await exchange?.stop();
    await Deno.remove(keyDirectory, { recursive: true });
  };
  let exchange: EmbeddedExchange | null = null;
  try {
    exchange = await startEmbeddedExchange({ port: 0, seed: SEED, speed: 1, faults: [], mode: "free", keyDirectory });
    const { rest, ws, key_id: keyId, private_key_file: keyFile } = exchange.info;
    const chosen = await choose(rest, ws);
    if (!chosen.ok) {
      await close(exchange);
      return chosen;
    }
    const started = exchange;
    const ownKey = { keyId, keyFile, trusted: false };
    return { ok: true, venue: { chosen: chosen.venue, ownKey }, close: () => close(started) };
  } catch (error) {
    await close(exchange);
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

const choose = (name: string, ws: string | null) => chooseVenue({ name, ws, credentials: null, seed: SEED, speed: 1 });

/** Finds the exchange of this name: `kalshi`, `demo`, `sim` or a REST address. */
export async function probedVenue(name: string, ws: string | null): Promise<ProbedVenueResult> {
  if (name === "sim") return await embedded();
  const chosen = await choose(name, ws);
  if (!chosen.ok) return chosen;
  return { ok: true, venue: { chosen: chosen.venue, ownKey: null }, close: () => Promise.resolve() };
}
