/**
 * Which Polymarket market mirrors which Kalshi market: a TOML file that a person has checked (D11). Nothing is guessed by
 * title. Each pair says in words how the rules differ, and carries the hash of both sides' rules as they were when
 * somebody read them ({@link ./rule_text.ts} says of what); without a review a pair is not used.
 *
 * ```toml
 * version = 1
 *
 * [[pair]]
 * name = "btc-15m"
 * rule_difference = "Kalshi averages BRTI over a minute, Polymarket takes the last Chainlink price"
 * reviewed_by = "a person"
 * reviewed_on = "2026-11-20"
 *
 * [pair.kalshi]
 * series = "KXBTC15M"              # or ticker = "..." for a single market
 * rules_sha256 = "64 hex digits"
 *
 * [pair.polymarket]
 * event = "btc-updown-15m-{open}"  # {open}, {close}: Unix seconds of the Kalshi market
 * outcome = "Up"                   # whose token is Kalshi's YES
 * inverted = false                 # true: the token is Kalshi's NO
 * rules_sha256 = "64 hex digits"
 * ```
 * @module
 */

import { parse, stringify, TomlError } from "smol-toml";
import { z } from "zod";
import type { Market } from "../../core/market.ts";
import { MICROS_PER_SECOND } from "../../core/units.ts";

const PAIRS_MAX = 500;
const FILE_LENGTH_MAX = 1 << 20;
const PLACEHOLDER = /\{(open|close)\}/;

const NAME = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "lower-case letters, digits, dots, dashes, at most 64");
const HASH = z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits").optional();
const TICKER = z.string().regex(/^[A-Z0-9][A-Z0-9.-]{0,63}$/, "a Kalshi ticker").optional();
const SLUG = z.string().regex(
  /^(?:[a-z0-9-]|\{open\}|\{close\}){1,200}$/,
  "a slug, with {open} or {close} for the window",
);
/** Long enough to say something. */
const DIFFERENCE_LENGTH_MIN = 20;

const KALSHI = z.strictObject({ series: TICKER, ticker: TICKER, rules_sha256: HASH });
const POLYMARKET = z.strictObject({
  event: SLUG,
  /** The market's own slug, where the event has several; the event's otherwise. */
  market: SLUG.optional(),
  outcome: z.string().min(1).max(200),
  inverted: z.boolean().default(false),
  rules_sha256: HASH,
});

const PAIR = z.strictObject({
  name: NAME,
  rule_difference: z.string().trim().min(DIFFERENCE_LENGTH_MIN, "how the rules differ, in words").max(5_000),
  reviewed_by: z.string().trim().min(1).max(200).optional(),
  reviewed_on: z.iso.date().optional(),
  kalshi: KALSHI,
  polymarket: POLYMARKET,
}).superRefine((pair, context) => {
  const say = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  const { kalshi, polymarket } = pair;
  if ((kalshi.series === undefined) === (kalshi.ticker === undefined)) {
    say(["kalshi"], "either series or ticker");
  }
  const byWindow = PLACEHOLDER.test(polymarket.event);
  if (kalshi.series !== undefined && !byWindow) say(["polymarket", "event"], "{open} or {close}: a series has many");
  if (kalshi.ticker !== undefined && byWindow) say(["polymarket", "event"], "no {open} or {close}: a ticker is one");
  const signed = pair.reviewed_by !== undefined || pair.reviewed_on !== undefined;
  if (signed && !isReviewed(pair)) {
    say(["reviewed_by"], "with reviewed_on and both rules_sha256, or without any of the two");
  }
});

const PAIR_MAP = z.strictObject({
  version: z.literal(1),
  pair: z.array(PAIR).max(PAIRS_MAX).default([]),
}).superRefine(({ pair: pairs }, context) => {
  for (const keyOf of [nameOf, claimOf]) {
    const seen = new Set<string>();
    pairs.forEach((pair, at) => {
      const key = keyOf(pair);
      if (seen.has(key)) context.addIssue({ code: "custom", path: ["pair", at], message: `only one for ${key}` });
      seen.add(key);
    });
  }
});

export type PeerPair = z.infer<typeof PAIR>;
export type PairMap = z.infer<typeof PAIR_MAP>;

export type PairMapResult =
  | { readonly ok: true; readonly map: PairMap }
  /** Each names the place, what was found there and what is allowed. */
  | { readonly ok: false; readonly errors: readonly string[] };

function nameOf(pair: { readonly name: string }): string {
  return `name ${pair.name}`;
}

function claimOf({ kalshi }: { readonly kalshi: z.infer<typeof KALSHI> }): string {
  return kalshi.series === undefined ? `ticker ${kalshi.ticker}` : `series ${kalshi.series}`;
}

/** A person has read both sides' rules and signed for it. */
export function isReviewed(pair: Omit<PeerPair, "name" | "rule_difference">): boolean {
  return pair.reviewed_by !== undefined && pair.reviewed_on !== undefined &&
    pair.kalshi.rules_sha256 !== undefined && pair.polymarket.rules_sha256 !== undefined;
}

/** Reads the file's text. @param file names it in errors */
export function parsePairMap(text: string, file: string): PairMapResult {
  if (text.length > FILE_LENGTH_MAX) {
    return { ok: false, errors: [`${file}: found ${text.length} characters, at most ${FILE_LENGTH_MAX} are allowed`] };
  }
  let table: unknown;
  try {
    table = parse(text);
  } catch (error) {
    const place = error instanceof TomlError ? `:${error.line}:${error.column}` : "";
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { ok: false, errors: [`${file}${place}: found no TOML: ${first}`] };
  }
  const result = PAIR_MAP.safeParse(table, { reportInput: true });
  if (result.success) return { ok: true, map: result.data };
  const errors = result.error.issues.map(({ path, message, input }) => {
    const found = input === undefined ? "nothing" : typeof input === "object" ? "a table" : JSON.stringify(input);
    return `${file}: ${path.join(".") || "the file"}: found ${found.slice(0, 80)}, wanted ${message}`;
  });
  return { ok: false, errors };
}

const HEADER =
  `# Which Polymarket market mirrors which Kalshi market. A pair is used only while the rules of both sides are those
# that somebody read and signed for; after a change it is refused until it is reviewed again.
`;

/** Writes what {@link parsePairMap} reads. */
export const formatPairMap = (map: PairMap): string => `${HEADER}\n${stringify(map)}\n`;

/** The pair for a Kalshi market: its own before its series'. */
export function pairFor(map: PairMap, { ticker, series }: Pick<Market, "ticker" | "series">): PeerPair | null {
  return map.pair.find((pair) => pair.kalshi.ticker === ticker) ??
    map.pair.find((pair) => pair.kalshi.series === series) ?? null;
}

export interface PeerSlugs {
  readonly event: string;
  readonly market: string;
}

/** What the market is called at Polymarket. */
export function slugsFor(
  { polymarket }: PeerPair,
  { openTime, closeTime }: Pick<Market, "openTime" | "closeTime">,
): PeerSlugs {
  const fill = (template: string) =>
    template.replaceAll("{open}", `${Math.floor(openTime / MICROS_PER_SECOND)}`)
      .replaceAll("{close}", `${Math.floor(closeTime / MICROS_PER_SECOND)}`);
  return { event: fill(polymarket.event), market: fill(polymarket.market ?? polymarket.event) };
}
