/** What has to come true for YES, in signs and in words. */

import type { LiveMarket } from "../../src/server/live_message.ts";
import { dollars, isNumber, NONE } from "./format.ts";

type Strike = Pick<LiveMarket, "strike" | "strikeTo" | "strikeType" | "index">;

const SIGNS: Readonly<Record<string, string>> = {
  greater: "> ",
  greater_or_equal: "≥ ",
  less: "< ",
  less_or_equal: "≤ ",
};

const WORDS: Readonly<Record<string, (strike: string) => string>> = {
  greater: (strike) => `above ${strike}`,
  greater_or_equal: (strike) => `${strike} or more`,
  less: (strike) => `below ${strike}`,
  less_or_equal: (strike) => `${strike} or less`,
};

const short = (value: number): string => dollars(value).replace(/\.0+$/, "");

/** `"≥ 84,100"`, `"92,700–92,799.99"`. */
export function strikeText({ strike, strikeTo, strikeType }: Strike): string {
  if (!isNumber(strike)) return NONE;
  if (isNumber(strikeTo)) return `${short(strike)}–${short(strikeTo)}`;
  return `${SIGNS[strikeType ?? ""] ?? ""}${short(strike)}`;
}

/** `"84,100 or more"`, `"from 92,700 to 92,799.99"`. */
export function strikeWords({ strike, strikeTo, strikeType }: Strike): string {
  if (!isNumber(strike)) return "not known yet";
  if (isNumber(strikeTo)) return `from ${short(strike)} to ${short(strikeTo)}`;
  return WORDS[strikeType ?? ""]?.(short(strike)) ?? short(strike);
}
