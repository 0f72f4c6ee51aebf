/**
 * Reads the rules of a Kalshi market from its public body, `GET /markets/TICKER`: no key is needed.
 * @module
 */

import { parseTime } from "../../core/units.ts";
import type { RuleTerms } from "./rule_text.ts";

export interface KalshiRules {
  readonly ticker: string;
  /** `rules_primary`, then `rules_secondary`. */
  readonly rules: string;
  readonly terms: RuleTerms;
}

export type KalshiRulesAnswer =
  | { readonly ok: true; readonly value: KalshiRules }
  | { readonly ok: false; readonly reason: string };

const TEXT_LENGTH_MAX = 20_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= TEXT_LENGTH_MAX;

const isFinite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

export function readKalshiRules(body: unknown, ticker: string): KalshiRulesAnswer {
  const refused = (reason: string): KalshiRulesAnswer => ({ ok: false, reason });
  const market = isObject(body) ? body.market : undefined;
  if (!isObject(market) || market.ticker !== ticker) return refused("body of another market");
  const { rules_primary: primary, rules_secondary: secondary = "", open_time: open, close_time: close } = market;
  if (!isText(primary) || primary.trim() === "" || !isText(secondary)) return refused("market without rules");
  const openTime = typeof open === "string" ? parseTime(open) : null;
  const closeTime = typeof close === "string" ? parseTime(close) : null;
  if (openTime === null || closeTime === null) return refused("market times");
  const strikes = [market.floor_strike, market.cap_strike].filter(isFinite);
  return { ok: true, value: { ticker, rules: `${primary}\n${secondary}`, terms: { openTime, closeTime, strikes } } };
}
