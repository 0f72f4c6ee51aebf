/**
 * Whether a pair may be used: both sides' rules are hashed and held against the hashes that somebody signed for. And how
 * somebody does: {@link reviewPair}, for the command that asks a person to read both texts.
 * @module
 */

import type { GammaMarket } from "./gamma.ts";
import type { KalshiRules } from "./kalshi_rules.ts";
import { isReviewed, type PairMap, type PeerPair } from "./pair_map.ts";
import { normalisedRules, sha256 } from "./rule_text.ts";

/** Both sides' rules without what belongs to the window alone, and their hashes. */
export interface RulesSeen {
  readonly kalshi: { readonly text: string; readonly hash: string };
  readonly polymarket: { readonly text: string; readonly hash: string };
}

export async function seeRules(kalshi: KalshiRules, polymarket: GammaMarket): Promise<RulesSeen> {
  const see = async (rules: string) => {
    const text = normalisedRules(rules, kalshi.terms);
    return { text, hash: await sha256(text) };
  };
  return { kalshi: await see(kalshi.rules), polymarket: await see(polymarket.rules) };
}

/** Why a pair is not used, in words; `null` where it is. */
export function rulesTrouble(pair: PeerPair, seen: RulesSeen): string | null {
  if (!isReviewed(pair)) return unreviewed(pair);
  const changed = [
    ...(seen.kalshi.hash === pair.kalshi.rules_sha256 ? [] : ["Kalshi"]),
    ...(seen.polymarket.hash === pair.polymarket.rules_sha256 ? [] : ["Polymarket"]),
  ];
  if (changed.length === 0) return null;
  const who = changed.join(" and ");
  return `Pair ${pair.name}: the rules of ${who} are not those that ${pair.reviewed_by} read on ${pair.reviewed_on}: ` +
    "review it again";
}

export const unreviewed = (pair: PeerPair): string => `Pair ${pair.name} is not used: nobody has reviewed its rules`;

/** For a person to read before signing: the pair, how its rules differ, and both texts as they are hashed. */
export function describeReview(pair: PeerPair, seen: RulesSeen): string {
  const { kalshi, polymarket } = pair;
  const side = (name: string, of: RulesSeen["kalshi"], signed: string | undefined) => {
    const state = signed === undefined
      ? "never reviewed"
      : signed === of.hash
      ? "as reviewed"
      : "CHANGED since the review";
    return `${name}, ${state}, SHA-256 ${of.hash}:\n${of.text}`;
  };
  const yes = `YES is the outcome ${polymarket.inverted ? "other than " : ""}"${polymarket.outcome}"`;
  return [
    `Pair ${pair.name}: ${kalshi.ticker ?? kalshi.series} and ${polymarket.market ?? polymarket.event}; ${yes}`,
    `Difference of the rules, as written beside the pair:\n${pair.rule_difference}`,
    side("Kalshi", seen.kalshi, kalshi.rules_sha256),
    side("Polymarket", seen.polymarket, polymarket.rules_sha256),
  ].join("\n\n");
}

export interface Signature {
  /** Who read both texts. */
  readonly by: string;
  /** `2026-11-20`. */
  readonly on: string;
}

/** The map with this pair signed for, as its rules are now; the others as they were. @throws for a name that is none */
export function reviewPair(map: PairMap, name: string, seen: RulesSeen, { by, on }: Signature): PairMap {
  if (!map.pair.some((pair) => pair.name === name)) throw new Error(`No pair is called ${name}`);
  const pair = map.pair.map((each): PeerPair =>
    each.name !== name ? each : {
      ...each,
      reviewed_by: by,
      reviewed_on: on,
      kalshi: { ...each.kalshi, rules_sha256: seen.kalshi.hash },
      polymarket: { ...each.polymarket, rules_sha256: seen.polymarket.hash },
    }
  );
  return { ...map, pair };
}
