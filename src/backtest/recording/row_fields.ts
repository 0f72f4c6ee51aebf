/**
 * @module
 */

import type { StrikeType } from "../../core/market.ts";
import type { Side } from "../../core/order.ts";
import { type Count, type Micros, micros, parseCount, parsePrice, type Price } from "../../core/units.ts";
import { parseZonedTime } from "./recorded_time.ts";
import { RecordingError } from "./recording_error.ts";

/** Those that a number decides. */
export const STRIKE_TYPES: readonly StrikeType[] = ["greater", "greater_or_equal", "less", "less_or_equal", "between"];
const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const WHOLE = /^\d{1,15}$/;
const MICROSECONDS = /^[1-9]\d{15}$/;
const TEXT_LENGTH_MAX = 128;

/** The fields of one row, each read as what it has to be. What is something else is an error that names the place. */
export class RowFields {
  constructor(
    readonly path: string,
    readonly line: number,
    readonly fields: readonly string[],
    readonly columns: readonly string[],
  ) {}

  text(place: number): string {
    const value = this.fields[place];
    return value === "" || value.length > TEXT_LENGTH_MAX ? this.refuse(place, "a text") : value;
  }

  time(place: number): Micros {
    return parseZonedTime(this.fields[place])?.at ??
      this.refuse(place, 'a time with its zone such as "2026-05-11T05:15:00Z"');
  }

  /** Microseconds since 1970: what has fewer digits is in another unit. */
  microseconds(place: number): Micros {
    const value = this.fields[place];
    return MICROSECONDS.test(value)
      ? micros(Number(value))
      : this.refuse(place, "integer microseconds since 1970 (16 digits)");
  }

  number(place: number): number | null {
    const value = this.fields[place];
    if (value === "") return null;
    return NUMBER.test(value) ? Number(value) : this.refuse(place, "a decimal number or nothing");
  }

  whole(place: number): number {
    const value = this.fields[place];
    return WHOLE.test(value) ? Number(value) : this.refuse(place, "a whole number");
  }

  /** A price in dollars between the ends. */
  price(place: number): Price {
    const value = parsePrice(this.fields[place]);
    return value === null || value <= 0 || value >= 10_000
      ? this.refuse(place, "a price above 0 and below 1 in steps of 0.0001")
      : value;
  }

  count(place: number): Count {
    const value = parseCount(this.fields[place]);
    return value === null || value <= 0 ? this.refuse(place, "contracts above 0 in steps of 0.01") : value;
  }

  /** Whose side the taker of a trade was on: `yes` bought YES. */
  takerSide(place: number): Side {
    const value = this.fields[place];
    if (value === "yes") return "bid";
    return value === "no" ? "ask" : this.refuse(place, "yes or no");
  }

  result(place: number): "yes" | "no" | null {
    const value = this.fields[place];
    if (value === "yes" || value === "no") return value;
    return value === "" ? null : this.refuse(place, "yes, no or nothing");
  }

  strikeType(place: number): StrikeType {
    return STRIKE_TYPES.find((type) => type === this.fields[place]) ?? this.refuse(place, STRIKE_TYPES.join(", "));
  }

  /** False where nothing is said. */
  flag(place: number): boolean {
    const value = this.fields[place].toLowerCase();
    if (value === "true") return true;
    return value === "" || value === "false" ? false : this.refuse(place, "true, false or nothing");
  }

  refuse(place: number, wanted: string): never {
    throw new RecordingError(this.path, this.line, `${this.columns[place]} "${this.fields[place]}"`, wanted);
  }
}
