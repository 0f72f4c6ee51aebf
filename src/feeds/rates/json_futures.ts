/**
 * Futures prices from any address that answers with JSON: settings say where in it the rows are, and how their fields are
 * called.
 * @module
 */

import { type Micros, micros, parseTime } from "../../core/units.ts";
import type { Rest } from "../rest.ts";
import {
  CONTRACTS_MAX,
  type FuturesAnswer,
  type FuturesRow,
  type FuturesSource,
  type FuturesTable,
  sourceName,
} from "./futures.ts";
import { isObject, type Reading, refused } from "./reading.ts";

export interface JsonFields {
  /** Where the list is, as `data.quotes`; empty where the answer is the list. */
  readonly list: string;
  readonly contract: string;
  readonly price: string;
  /** A field of each row with its time (RFC 3339 in UTC, or milliseconds since 1970); empty where there is none. */
  readonly time: string;
}

export interface JsonFuturesOptions {
  readonly url: string;
  readonly fields: JsonFields;
}

const TIME_MS_MAX = 7_258_118_400_000;

export class JsonFutures implements FuturesSource {
  readonly name: string;
  readonly #options: JsonFuturesOptions;
  readonly #rest: Rest;

  constructor(options: JsonFuturesOptions, rest: Rest) {
    this.name = sourceName(options.url);
    this.#options = options;
    this.#rest = rest;
  }

  async read(): Promise<FuturesAnswer> {
    const answer = await this.#rest.json(this.#options.url);
    return answer.ok ? readJson(answer.body, this.#options.fields) : answer;
  }
}

/** Reads one parsed answer. The table is as old as its newest row. */
export function readJson(body: unknown, fields: JsonFields): Reading<FuturesTable> {
  const list = at(body, fields.list);
  if (!Array.isArray(list)) return refused("futures without the list that settings name");
  if (list.length > CONTRACTS_MAX) return refused("too many contracts");
  const rows: FuturesRow[] = [];
  let newest: Micros | null = null;
  for (const row of list as readonly unknown[]) {
    const contract = at(row, fields.contract);
    const price = at(row, fields.price);
    if (typeof contract !== "string") return refused("futures without the fields that settings name");
    rows.push({ contract, price: typeof price === "number" || typeof price === "string" ? price : "" });
    const time = fields.time === "" ? null : timeOf(at(row, fields.time));
    if (time !== null && (newest === null || time > newest)) newest = time;
  }
  return { ok: true, value: { rows, time: newest } };
}

/** What stands at a path of keys. */
function at(value: unknown, path: string): unknown {
  if (path === "") return value;
  let found: unknown = value;
  for (const key of path.split(".")) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

function timeOf(value: unknown): Micros | null {
  if (typeof value === "string") return parseTime(value);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value <= 0 || value > TIME_MS_MAX) return null;
  return micros(value * 1_000);
}
