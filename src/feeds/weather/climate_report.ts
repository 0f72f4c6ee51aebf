/**
 * Reads the text of a daily climate report (product CLI), which is written for people and laid out by each office as it
 * likes (KALSHI.md 11.7):
 *
 *     ...THE CENTRAL PARK NY CLIMATE SUMMARY FOR AUGUST 21 2026...
 *     VALID TODAY AS OF 0400 PM LOCAL TIME.
 *     TEMPERATURE (F)
 *      TODAY
 *       MAXIMUM         79    259 PM  96    1955  83     -4       72
 *       MINIMUM         63    424 AM  53    1922  69     -6       59
 *
 * One product may hold the summaries of several places. The day is the headline's. Further down the words MAXIMUM and
 * MINIMUM come again for the month, normals and records: only those that stand under TODAY or YESTERDAY, within the first
 * block on temperature, are the day's.
 * @module
 */

import { calendarDay } from "../../core/climate_day.ts";
import { type Answer, isEarthly, refused } from "./answer.ts";

/** One place's day. */
export interface ClimateSummary {
  /** As the headline has it: `CENTRAL PARK NY`. */
  readonly place: string;
  /** `2026-08-21`. */
  readonly day: string;
  /** Whole degrees Fahrenheit, `null` where missing. */
  readonly highF: number | null;
  readonly lowF: number | null;
  /** Of the whole day: issued after it, and not valid as of some hour of it. */
  readonly final: boolean;
  /** Issued again with corrected values. */
  readonly corrected: boolean;
}

/** The longest, of a dozen places, have 20 kB. */
const TEXT_MAX = 100_000;
const SUMMARIES_MAX = 30;
/** Lines of a block on temperature: two labels, three values, each with a second line for another year of its record. */
const BLOCK_LINES_MAX = 14;

// An office may break the headline over two lines, and one wrote FROM for FOR. Places may have dots: ST. LOUIS.
const HEADLINE =
  /\.\.\. ?THE\s+([A-Z0-9 ./()'&,\n-]{2,100}?)\s+CLIMATE\s+SUMMARY\s+(?:FOR|FROM)\s+([A-Z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})/g;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const AS_OF = /\bVALID\s+(?:[A-Z]+\s+)?AS\s+OF\b/;
const CORRECTED = /\bCORRECT(?:ION|ED)\b/;
const BLOCK = /^ *TEMPERATURE *(?:\(F\))? *$/m;
const LABEL = /^ *(TODAY|YESTERDAY) *$/;
const VALUE = /^ *(MAXIMUM|MINIMUM|AVERAGE)(?: +(.*))?$/;
/** A second line that only carries another year of a record. */
const YEAR = /^ +\d{4} *$/;
/** A whole number, marked as a record (R), estimated (E) or with a footnote (*); or the word for missing. */
const DEGREES = /^(?:(-?\d{1,3})(?:R|E|\*|\(E\)|\(R\))*|MM?)$/;
const CLOCK = /^(?:AM|PM)$/;

/** Reads every summary of a product's text. */
export function readClimateReport(text: string): Answer<readonly ClimateSummary[]> {
  if (text.length > TEXT_MAX) return refused("climate report too long");
  const upper = text.replaceAll("\r", "").replaceAll("\t", " ").toUpperCase();
  const headlines = [...upper.matchAll(HEADLINE)];
  if (headlines.length === 0) return refused("climate report without a headline");
  if (headlines.length > SUMMARIES_MAX) return refused("climate report with too many places");
  const correctedWhole = CORRECTED.test(upper.slice(0, headlines[0].index));
  const summaries: ClimateSummary[] = [];
  for (const [k, headline] of headlines.entries()) {
    const section = upper.slice(headline.index, headlines[k + 1]?.index ?? upper.length);
    const summary = readSummary(headline, section, correctedWhole);
    if (!summary.ok) return summary;
    summaries.push(summary.value);
  }
  return { ok: true, value: summaries };
}

function readSummary(headline: RegExpExecArray, section: string, correctedWhole: boolean): Answer<ClimateSummary> {
  const [whole, place, month, date, year] = headline;
  const day = calendarDay(+year, MONTHS.indexOf(month.slice(0, 3)) + 1, +date);
  if (day === null) return refused("day of a climate report");
  const block = BLOCK.exec(section);
  if (block === null) return refused("climate report without temperatures");
  const preface = section.slice(whole.length, block.index);
  const values = readBlock(section.slice(block.index + block[0].length));
  if (!values.ok) return values;
  const { highF, lowF, label } = values.value;
  return {
    ok: true,
    value: {
      place: place.replaceAll(/\s+/g, " ").trim(),
      day,
      highF,
      lowF,
      final: label === "YESTERDAY" && !AS_OF.test(preface),
      corrected: correctedWhole || CORRECTED.test(preface),
    },
  };
}

interface BlockValues {
  readonly label: string;
  readonly highF: number | null;
  readonly lowF: number | null;
}

/** Reads down from the heading until something stands there that is no value of the day. */
function readBlock(text: string): Answer<BlockValues> {
  const lines = text.split("\n", BLOCK_LINES_MAX);
  let label: string | null = null;
  const found = new Map<string, number | null>();
  for (const line of lines.slice(1)) {
    const named = LABEL.exec(line);
    const value = VALUE.exec(line);
    if (named !== null && label === null) label = named[1];
    else if (value !== null && label !== null && !found.has(value[1])) {
      const degrees = degreesOf(value[1], value[2] ?? "");
      if (!degrees.ok) return degrees;
      found.set(value[1], degrees.value);
    } else if (!YEAR.test(line) || found.size === 0) break;
  }
  if (label === null) return refused("climate report on neither today nor yesterday");
  const highF = found.get("MAXIMUM") ?? null;
  const lowF = found.get("MINIMUM") ?? null;
  if (highF === null && lowF === null && !found.has("MAXIMUM") && !found.has("MINIMUM")) {
    return refused("climate report without a maximum and a minimum");
  }
  if (highF !== null && lowF !== null && highF < lowF) {
    return refused("climate report with its maximum below its minimum");
  }
  return { ok: true, value: { label, highF, lowF } };
}

/** The observed value stands first; a line that starts with the time or a record lacks it. */
function degreesOf(name: string, rest: string): Answer<number | null> {
  if (name === "AVERAGE") return { ok: true, value: null };
  const [first = "", second = ""] = rest.trim().split(/ +/);
  const match = DEGREES.exec(first);
  if (match === null || CLOCK.test(second)) return refused("temperature of a climate report");
  if (match[1] === undefined) return { ok: true, value: null };
  const degreesF = Number(match[1]);
  return isEarthly(degreesF) ? { ok: true, value: degreesF } : refused("temperature of a climate report out of range");
}
