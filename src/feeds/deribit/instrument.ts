/**
 * The names of Deribit's options: `BTC-27NOV26-95000-C`. An option expires at 08:00 UTC of the day in its name.
 * @module
 */

import { type Micros, microsFromMilliseconds } from "../../core/units.ts";

export interface OptionName {
  /** What it is on: `BTC`, or `BTC_USDC` for one that is settled in dollars. */
  readonly underlying: string;
  readonly expiry: Micros;
  readonly strike: number;
  readonly kind: "call" | "put";
}

const EXPIRY_HOUR_UTC = 8;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/** Strikes below a few dollars are written with a `d` for the decimal point. */
const NAME = /^([A-Z0-9]{2,10}(?:_[A-Z]{3,5})?)-(\d{1,2})([A-Z]{3})(\d{2})-(\d{1,9}(?:d\d{1,6})?)-([CP])$/;

/** Reads an option's name; `null` for anything else, and for days that no calendar has. */
export function parseOptionName(text: string): OptionName | null {
  const match = NAME.exec(text);
  if (match === null) return null;
  const [, underlying, day, monthName, year, strikeText, letter] = match;
  const month = MONTHS.indexOf(monthName);
  const milliseconds = Date.UTC(2000 + Number(year), month, Number(day), EXPIRY_HOUR_UTC);
  const strike = Number(strikeText.replace("d", "."));
  if (month < 0 || new Date(milliseconds).getUTCDate() !== Number(day) || !(strike > 0)) return null;
  return {
    underlying,
    expiry: microsFromMilliseconds(milliseconds),
    strike,
    kind: letter === "C" ? "call" : "put",
  };
}

/** Writes what {@link parseOptionName} reads, whole strikes only. */
export function formatOptionName(option: OptionName): string {
  const date = new Date(option.expiry / 1_000);
  const day = `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${
    String(date.getUTCFullYear() % 100).padStart(2, "0")
  }`;
  return `${option.underlying}-${day}-${option.strike}-${option.kind === "call" ? "C" : "P"}`;
}
