/**
 * Reading fields of untrusted JSON into core units. A {@link FieldReader} remembers the first thing that was wrong and
 * goes on with harmless values, so that a parser reads straight down and asks once at its end whether all went well.
 * @module
 */

import {
  type Count,
  type Micros,
  microsFromMilliseconds,
  microsFromSeconds,
  type Money,
  parseCount,
  parseMoney,
  parsePrice,
  parseTime,
  type Price,
} from "../../core/units.ts";

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The first field that was missing or wrong: where it stands, what was found there and what would have been right. */
export interface Refusal {
  /** `msg.price_dollars`, `market.price_ranges[2].step`, ... */
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}

/** A refusal in one line, for logs and reasons. */
export const describeRefusal = (refusal: Refusal): string =>
  `${refusal.path}: found ${refusal.found}, wanted ${refusal.wanted}`;

const FOUND_LENGTH_MAX = 60;
const PATHS_MAX = 200;
const EMPTY: JsonObject = Object.freeze({});
const YEAR_2200_SECONDS = 7_258_118_400;

/** True for what JSON calls an object, and false for arrays and `null`. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string" && value.length > FOUND_LENGTH_MAX) {
    return `a text of ${value.length} characters starting ${JSON.stringify(value.slice(0, 20))}`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return "an object";
  return JSON.stringify(value);
}

/** Counts fields that nobody here knows, by path. At most 200 paths are told apart; the rest share `(other)`. */
export class UnknownFields {
  readonly #counts = new Map<string, number>();

  /** Counts every key of `object` that is not in `known`. */
  note(object: JsonObject, known: ReadonlySet<string>, prefix: string): void {
    for (const key in object) {
      if (!known.has(key)) this.#add(prefix + key.slice(0, FOUND_LENGTH_MAX));
    }
  }

  #add(path: string): void {
    const key = this.#counts.has(path) || this.#counts.size < PATHS_MAX ? path : "(other)";
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Counts so far, by path. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

/**
 * Reads typed fields. `prefix` is the path of the object that holds the field (`"msg."`); it is only joined with the
 * key when something is wrong, so that reading well-formed frames makes no strings.
 */
export class FieldReader {
  /** The first thing that was wrong, `null` while all is well. Values read after it was set mean nothing. */
  refusal: Refusal | null = null;

  /** Notes that a field is wrong; only the first one counts. */
  refuse(path: string, found: unknown, wanted: string): void {
    this.refusal ??= { path, found: describe(found), wanted };
  }

  object(parent: JsonObject, key: string, prefix: string): JsonObject {
    const value = parent[key];
    if (isObject(value)) return value;
    this.refuse(prefix + key, value, "an object");
    return EMPTY;
  }

  list(parent: JsonObject, key: string, prefix: string, lengthMax: number): readonly unknown[] {
    const value = parent[key];
    if (Array.isArray(value) && value.length <= lengthMax) return value;
    this.refuse(prefix + key, value, `a list of at most ${lengthMax}`);
    return [];
  }

  text(parent: JsonObject, key: string, prefix: string): string {
    const value = parent[key];
    if (typeof value === "string" && value.length > 0) return value;
    this.refuse(prefix + key, value, "a text");
    return "";
  }

  /** A text that may be absent, `null` or empty: all three read as `null`. */
  optionalText(parent: JsonObject, key: string, prefix: string): string | null {
    const value = parent[key];
    if (value === undefined || value === null || value === "") return null;
    return this.text(parent, key, prefix);
  }

  boolean(parent: JsonObject, key: string, prefix: string): boolean {
    const value = parent[key];
    if (typeof value === "boolean") return value;
    this.refuse(prefix + key, value, "true or false");
    return false;
  }

  integer(parent: JsonObject, key: string, prefix: string): number {
    const value = parent[key];
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    this.refuse(prefix + key, value, "a whole number");
    return 0;
  }

  /** A finite JSON number, for strikes, which are compared with an index and are no money. */
  optionalNumber(parent: JsonObject, key: string, prefix: string): number | null {
    const value = parent[key];
    if (value === undefined || value === null) return null;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    this.refuse(prefix + key, value, "a number");
    return null;
  }

  /** A decimal text as a float, for index values. Positive and finite. */
  indexValue(parent: JsonObject, key: string, prefix: string): number {
    const value = parent[key];
    const number = typeof value === "string" && /^\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : NaN;
    if (number > 0) return number;
    this.refuse(prefix + key, value, 'a positive decimal text such as "85850.67"');
    return 1;
  }

  /** One of a fixed set of words. */
  word<T extends string>(parent: JsonObject, key: string, prefix: string, allowed: readonly T[]): T {
    const value = parent[key];
    for (const word of allowed) if (word === value) return word;
    this.refuse(prefix + key, value, `one of ${allowed.map((word) => JSON.stringify(word)).join(", ")}`);
    return allowed[0];
  }

  /** A price of 0 to 1 dollars, both included. */
  price(parent: JsonObject, key: string, prefix: string): Price {
    return this.priceOf(parent[key], prefix, key);
  }

  /** The same for a value that stands in a list: `prefix` and `key` only name it. */
  priceOf(value: unknown, prefix: string, key: string): Price {
    const parsed = typeof value === "string" ? parsePrice(value) : null;
    if (parsed !== null && parsed >= 0 && parsed <= 10_000) return parsed;
    this.refuse(prefix + key, value, 'a price of 0 to 1 dollars such as "0.5600"');
    return 0 as Price;
  }

  /** A signed number of contracts. */
  count(parent: JsonObject, key: string, prefix: string): Count {
    return this.countOf(parent[key], prefix, key);
  }

  /** The same for a value that stands in a list: `prefix` and `key` only name it. */
  countOf(value: unknown, prefix: string, key: string): Count {
    const parsed = typeof value === "string" ? parseCount(value) : null;
    if (parsed !== null) return parsed;
    this.refuse(prefix + key, value, 'contracts with at most 2 decimals such as "64.00"');
    return 0 as Count;
  }

  /** A number of contracts that is not negative. */
  size(parent: JsonObject, key: string, prefix: string): Count {
    const parsed = this.count(parent, key, prefix);
    if (parsed < 0) this.refuse(prefix + key, parent[key], "contracts that are not negative");
    return parsed;
  }

  money(parent: JsonObject, key: string, prefix: string): Money {
    const value = parent[key];
    const parsed = typeof value === "string" ? parseMoney(value) : null;
    if (parsed !== null) return parsed;
    this.refuse(prefix + key, value, 'dollars with at most 6 decimals such as "0.017500"');
    return 0 as Money;
  }

  /** A dollar text that may be absent, `null` or empty: all three read as `null`. */
  optionalMoney(parent: JsonObject, key: string, prefix: string): Money | null {
    const value = parent[key];
    if (value === undefined || value === null || value === "") return null;
    return this.money(parent, key, prefix);
  }

  /** An RFC 3339 UTC time. */
  time(parent: JsonObject, key: string, prefix: string): Micros {
    const value = parent[key];
    const parsed = typeof value === "string" ? parseTime(value) : null;
    if (parsed !== null) return parsed;
    this.refuse(prefix + key, value, 'a UTC time such as "2026-09-25T19:00:00.584868Z"');
    return 0 as Micros;
  }

  /** Whole milliseconds since 1970. */
  milliseconds(parent: JsonObject, key: string, prefix: string): Micros {
    const value = parent[key];
    if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= YEAR_2200_SECONDS * 1_000) {
      return microsFromMilliseconds(value as number);
    }
    this.refuse(prefix + key, value, "milliseconds since 1970");
    return 0 as Micros;
  }

  /** Whole seconds since 1970, or `null` where the field is absent. */
  optionalSeconds(parent: JsonObject, key: string, prefix: string): Micros | null {
    const value = parent[key];
    if (value === undefined || value === null) return null;
    if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= YEAR_2200_SECONDS) {
      return microsFromSeconds(value as number);
    }
    this.refuse(prefix + key, value, "seconds since 1970");
    return null;
  }
}

/** What a frame says, its `msg`; counts the fields of it that are not in `known`. */
export function frameMessage(
  read: FieldReader,
  frame: JsonObject,
  known: ReadonlySet<string>,
  unknown: UnknownFields | undefined,
): JsonObject {
  const message = read.object(frame, "msg", "");
  unknown?.note(message, known, "msg.");
  return message;
}
