/**
 * The rules of a market as a text that is the same for every window of a series, so that its hash changes when, and only
 * when, the rules do.
 *
 * | in the text | becomes | where |
 * | --- | --- | --- |
 * | blanks, line breaks | one blank, none at the ends | everywhere |
 * | `3:15 PM EDT`, `4 PM ET` | `<close time> ET`, `<open time> ET` | where it is when the market itself closes or opens, on an Eastern clock, and the zone is right |
 * | `Sep 25, 2026`, `September 25` | `<date>` | where it is the Eastern day on which the market opens or closes |
 * | `92799.99`, `$92,799.99` | `<strike>` | where it is the market's own strike |
 *
 * Every other number stays as it is: `60 RTI prices`, `nearest 2 decimal places` and a time that is neither the open nor
 * the close are rules, and a change of them is a change of the rules.
 * @module
 */

import { easternOffset, easternWallTime } from "../../core/eastern_time.ts";
import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";

/** What a market's own text may name of it. */
export interface RuleTerms {
  readonly openTime: Micros;
  readonly closeTime: Micros;
  /** Dollars, degrees, percent: floor and cap, as far as there are any. */
  readonly strikes: readonly number[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH = "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|" +
  "Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?";
const DATE = new RegExp(`\\b(${MONTH})\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (\\d{4})\\b)?`, "g");
const TIME = /\b(\d{1,2})(?::(\d{2}))? ?([AaPp])\.?[Mm]\b\.?(?: (EDT|EST|ET)\b)?/g;
const NUMBER = /\$?\d[\d,]*(?:\.\d+)?/g;
const DAYLIGHT = -4 * 60 * MICROS_PER_MINUTE;

/** The text with everything in it that belongs to the window alone taken out. */
export function normalisedRules(text: string, terms: RuleTerms): string {
  return text.normalize("NFC").replaceAll(/\s+/g, " ").trim()
    .replaceAll(
      DATE,
      (found, month: string, day: string, year?: string) => isDayOf(terms, month, Number(day), year) ? "<date>" : found,
    )
    .replaceAll(
      TIME,
      (found, hour: string, minute: string | undefined, half: string, zone?: string) =>
        timeName(terms, { hour: Number(hour), minute: Number(minute ?? "0"), half, zone }) ?? found,
    )
    .replaceAll(NUMBER, (found) => isStrike(terms, found) ? "<strike>" : found);
}

/** SHA-256 of a text, in hex. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isDayOf(terms: RuleTerms, monthName: string, day: number, year: string | undefined): boolean {
  const month = MONTHS.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
  return [terms.openTime, terms.closeTime].some((time) => {
    const wall = easternWallTime(time);
    return wall.month === month && wall.day === day && (year === undefined || wall.year === Number(year));
  });
}

interface ClockTime {
  readonly hour: number;
  readonly minute: number;
  readonly half: string;
  readonly zone: string | undefined;
}

/** The close goes first: a market that is open for whole days opens and closes at the same time of day. */
function timeName(terms: RuleTerms, time: ClockTime): string | null {
  const name = isTimeOf(terms.closeTime, time) ? "close time" : isTimeOf(terms.openTime, time) ? "open time" : null;
  if (name === null) return null;
  return time.zone === undefined ? `<${name}>` : `<${name}> ET`;
}

function isTimeOf(moment: Micros, { hour, minute, half, zone }: ClockTime): boolean {
  const wall = easternWallTime(moment);
  const hour24 = hour % 12 + (half.toLowerCase() === "p" ? 12 : 0);
  if (hour < 1 || hour > 12 || wall.hour !== hour24 || wall.minute !== minute) return false;
  const zoneNow = easternOffset(moment) === DAYLIGHT ? "EDT" : "EST";
  return zone === undefined || zone === "ET" || zone === zoneNow;
}

const isStrike = ({ strikes }: RuleTerms, found: string): boolean =>
  strikes.includes(Number(found.replaceAll(/[$,]/g, "")));
