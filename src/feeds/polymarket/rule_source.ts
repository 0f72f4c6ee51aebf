/**
 * Asks both venues what the two markets of a pair are, for the feed and for the person who reviews a pair.
 * @module
 */

import type { Market } from "../../core/market.ts";
import type { Rest, RestFailure } from "../rest.ts";
import { type GammaMarket, readEvent } from "./gamma.ts";
import { type KalshiRules, readKalshiRules } from "./kalshi_rules.ts";
import { type PeerPair, slugsFor } from "./pair_map.ts";

export interface RuleHosts {
  /** Gamma's host. */
  readonly gamma: string;
  /** Kalshi's REST root, which ends in `/trade-api/v2`. */
  readonly kalshi: string;
}

export interface BothSides {
  readonly kalshi: KalshiRules;
  readonly polymarket: GammaMarket;
}

export type SidesAnswer =
  | { readonly ok: true; readonly sides: BothSides }
  /** A host did not answer: `failure`. It did, and not with what was asked for: only `reason`. */
  | { readonly ok: false; readonly reason: string; readonly failure: RestFailure | null };

const refused = (reason: string): SidesAnswer => ({ ok: false, reason, failure: null });

/** Fetches both. What Polymarket has not listed yet is refused as `missing`. */
export async function fetchSides(
  rest: Rest,
  hosts: RuleHosts,
  pair: PeerPair,
  market: Pick<Market, "ticker" | "openTime" | "closeTime">,
): Promise<SidesAnswer> {
  const slugs = slugsFor(pair, market);
  const event = await rest.json(`${hosts.gamma}/events?slug=${slugs.event}`);
  if (!event.ok) return { ok: false, reason: event.reason, failure: event };
  const polymarket = readEvent(event.body, slugs.event, slugs.market);
  if (!polymarket.ok) return refused(polymarket.reason);
  const body = await rest.json(`${hosts.kalshi}/markets/${encodeURIComponent(market.ticker)}`);
  if (!body.ok) return { ok: false, reason: body.reason, failure: body };
  const kalshi = readKalshiRules(body.body, market.ticker);
  if (!kalshi.ok) return refused(kalshi.reason);
  return { ok: true, sides: { kalshi: kalshi.value, polymarket: polymarket.market } };
}
