/**
 * For the review of a pair: finds a market that it is about, and asks both sides for its rules.
 * @module
 */

import { type KalshiRules, readKalshiRules } from "../feeds/polymarket/kalshi_rules.ts";
import type { PeerPair } from "../feeds/polymarket/pair_map.ts";
import { POLYMARKET_HOSTS } from "../feeds/polymarket/polymarket_feed.ts";
import { type BothSides, fetchSides } from "../feeds/polymarket/rule_source.ts";
import { Rest } from "../feeds/rest.ts";
import type { Clock } from "../ops/clock.ts";
import { VERSION } from "./version.ts";

export interface PairVenue {
  /** Kalshi's REST root, which ends in `/trade-api/v2`. */
  readonly kalshi: string;
  /** Where the simulated Polymarket is; `null` for the real one. */
  readonly gamma: string | null;
  readonly clock: Clock;
}

export type SidesAsked =
  | { readonly ok: true; readonly sides: BothSides }
  /** For people. */
  | { readonly ok: false; readonly reason: string };

/** Any one that is open tells the rules of its series. */
const MARKETS_ASKED = 20;

/** @param ticker which of the series' markets; one that is open now where absent */
export async function askBothSides(venue: PairVenue, pair: PeerPair, ticker: string | undefined): Promise<SidesAsked> {
  const { kalshi, clock } = venue;
  const gamma = venue.gamma ?? POLYMARKET_HOSTS.gamma;
  if (gamma === "") return { ok: false, reason: "The simulated exchange has no simulated Polymarket" };
  const rest = new Rest({
    name: "polymarket",
    context: {
      clock,
      sink: () => {},
      log: () => {},
      jitter: () => 0,
      lockstep: false,
      userAgent: `kbot/${VERSION}`,
      onRaw: null,
    },
  });
  try {
    const named = ticker ?? pair.kalshi.ticker;
    const market = named === undefined
      ? await openMarket(rest, kalshi, pair.kalshi.series ?? "")
      : await namedMarket(rest, kalshi, named);
    if ("reason" in market) return { ok: false, reason: market.reason };
    const { ticker: wanted, terms } = market;
    const { openTime, closeTime } = terms;
    const answer = await fetchSides(rest, { gamma, kalshi }, pair, { ticker: wanted, openTime, closeTime });
    if (answer.ok) return answer;
    return { ok: false, reason: answer.failure?.detail ?? `mirror of ${wanted}: ${answer.reason}` };
  } finally {
    rest.stop();
  }
}

type Found = KalshiRules | { readonly reason: string };

/** A market of the series that is open now. */
async function openMarket(rest: Rest, kalshi: string, series: string): Promise<Found> {
  const query = `series_ticker=${encodeURIComponent(series)}&status=open&limit=${MARKETS_ASKED}`;
  const answer = await rest.json(`${kalshi}/markets?${query}`);
  if (!answer.ok) return { reason: answer.detail };
  for (const market of marketsOf(answer.body)) {
    const ticker = typeof market === "object" && market !== null && "ticker" in market ? market.ticker : null;
    const rules = readKalshiRules({ market }, typeof ticker === "string" ? ticker : "");
    if (rules.ok) return rules.value;
  }
  return { reason: `no market of ${series} is open now: name one with --market` };
}

async function namedMarket(rest: Rest, kalshi: string, ticker: string): Promise<Found> {
  const answer = await rest.json(`${kalshi}/markets/${encodeURIComponent(ticker)}`);
  if (!answer.ok) return { reason: answer.detail };
  const rules = readKalshiRules(answer.body, ticker);
  return rules.ok ? rules.value : { reason: `${ticker}: ${rules.reason}` };
}

function marketsOf(body: unknown): readonly unknown[] {
  const markets = typeof body === "object" && body !== null && "markets" in body ? body.markets : null;
  return Array.isArray(markets) ? markets : [];
}
