/**
 * Prices of 30-day fed funds futures from wherever the user has them: a source gives rows, and this judges them. The
 * exchange sells its prices, so there is no default source.
 * @module
 */

import type { FedFundsInput } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import type { RestFailure } from "../rest.ts";
import { type Reading, refused } from "./reading.ts";

/** One contract as a source has it, not judged yet. */
export interface FuturesRow {
  readonly contract: string;
  readonly price: string | number;
}

export interface FuturesTable {
  readonly rows: readonly FuturesRow[];
  /** When the prices were made; `null` where the source does not say. */
  readonly time: Micros | null;
}

/** A source's answer: rows, a reason why what it holds is refused, or why it could not be asked. */
export type FuturesAnswer = Reading<FuturesTable> | RestFailure;

export interface FuturesSource {
  /** For messages: a file's path, or a host. */
  readonly name: string;
  /** Never throws. */
  read(): Promise<FuturesAnswer>;
}

/** What a source at this address is called in messages: without its query, which may hold a key. */
export const sourceName = (address: string): string => address.replace(/\?.*$/, "");

export interface Futures {
  /** In order of month, one contract for each. */
  readonly contracts: FedFundsInput["futures"];
  /** Why rows were left out, one entry for each. */
  readonly refused: readonly string[];
}

/** Five years are listed. */
export const CONTRACTS_MAX = 120;
/** 100 minus a rate of -1 to 15 per cent. */
const PRICE_MIN = 85;
const PRICE_MAX = 101;
const DECIMAL = /^\d{1,3}(?:\.\d{1,6})?$/;

/** Judges a table; one without a single good row is refused. */
export function readFutures({ rows }: FuturesTable, now: Micros): Reading<Futures> {
  if (rows.length > CONTRACTS_MAX) return refused("too many contracts");
  const reasons: string[] = [];
  const byMonth = new Map<string, number>();
  for (const { contract, price: told } of rows) {
    const month = contractMonth(contract, now);
    const price = typeof told === "number" ? told : DECIMAL.test(told.trim()) ? Number(told) : NaN;
    if (month === null) reasons.push("name of a contract");
    else if (!(price >= PRICE_MIN && price <= PRICE_MAX)) reasons.push("price of a contract");
    else if (byMonth.has(month)) reasons.push("repeated contract");
    else byMonth.set(month, price);
  }
  if (byMonth.size === 0) return refused(reasons[0] ?? "no contracts");
  const contracts = [...byMonth]
    .map(([month, price]) => ({ month, price }))
    .sort((a, b) => a.month < b.month ? -1 : 1);
  return { ok: true, value: { contracts, refused: reasons } };
}

/** F for January to Z for December. */
const MONTH_CODES = "FGHJKMNQUVXZ";
const MONTH_NAMES = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const CODED = /^(?:.*[^A-Z])?ZQ([FGHJKMNQUVXZ])(\d{1,2}|\d{4})(?:[^0-9A-Z].*)?$/;
const DATED = /^(\d{4})-(\d\d)(?:-\d\d)?$/;
const NAMED = /^([A-Z]{3})[A-Z]*[ '-]*(\d{4}|\d\d)$/;
const NAME_LENGTH_MAX = 40;

/**
 * The month that a contract averages: `ZQZ26`, `ZQZ6`, `ZQZ2026`, `/ZQZ26:XCBT`, `2026-12`, `DEC 26`, `December 2026` are
 * all `2026-12`. One digit of a year means the next year that ends in it, or the one just gone.
 */
export function contractMonth(name: string, now: Micros): string | null {
  const text = name.trim().toUpperCase();
  if (text.length > NAME_LENGTH_MAX) return null;
  const dated = DATED.exec(text);
  if (dated !== null) return monthText(+dated[1], +dated[2]);
  const coded = CODED.exec(text);
  if (coded !== null) return monthText(yearOf(coded[2], now), MONTH_CODES.indexOf(coded[1]) + 1);
  const named = NAMED.exec(text);
  return named === null ? null : monthText(yearOf(named[2], now), MONTH_NAMES.indexOf(named[1]) + 1);
}

function yearOf(digits: string, now: Micros): number {
  if (digits.length === 4) return +digits;
  const thisYear = new Date(Math.floor(now / 1_000)).getUTCFullYear();
  if (digits.length === 2) return thisYear - thisYear % 100 + +digits;
  const year = thisYear - thisYear % 10 + +digits;
  return year < thisYear - 1 ? year + 10 : year;
}

function monthText(year: number, month: number): string | null {
  if (month < 1 || month > 12 || year < 2000 || year > 2199) return null;
  return `${year}-${month.toString().padStart(2, "0")}`;
}
