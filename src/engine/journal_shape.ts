/**
 * Small building blocks to check a parsed JSON value against a shape, naming the field where it differs. Written by hand
 * because they run once per journal line, millions of times in a replay.
 * @module
 */

/** Where a value differs from its shape: `path` is like `.sequence.seq`, empty for the value itself. */
export interface ShapeFault {
  readonly path: string;
  readonly found: string;
  readonly wanted: string;
}

/** `null` where the value has the shape. */
export type Check = (value: unknown) => ShapeFault | null;

/** One check for each field of `T`, so that the compiler notices a field that was forgotten. */
export type FieldChecks<T> = { readonly [K in keyof T]-?: Check };

const SHOWN_MAX = 60;

/** A value as an error message shows it: its JSON, shortened. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
}

/** `Field .price: found "x", wanted an integer`. */
export function formatFault(fault: ShapeFault): string {
  const place = fault.path === "" ? "Value" : `Field ${fault.path}`;
  return `${place}: found ${fault.found}, wanted ${fault.wanted}`;
}

const differs = (value: unknown, wanted: string): ShapeFault => ({ path: "", found: show(value), wanted });

export const text: Check = (value) => typeof value === "string" ? null : differs(value, "a text");

/** A text that can be part of a key: not empty. */
export const identifier: Check = (value) =>
  typeof value === "string" && value !== "" ? null : differs(value, "a text that is not empty");

export const flag: Check = (value) => typeof value === "boolean" ? null : differs(value, "true or false");

/** JSON has no NaN and no infinity: they are written as null, and so are found here. */
export const finite: Check = (value) =>
  typeof value === "number" && Number.isFinite(value) ? null : differs(value, "a finite number");

export const integer: Check = (value) => Number.isSafeInteger(value) ? null : differs(value, "an integer within 2^53");

/** An integer from `low` to `high`, both included. */
export function integerBetween(low: number, high: number): Check {
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high
      ? null
      : differs(value, high === Infinity ? `an integer, ${low} or more` : `an integer from ${low} to ${high}`);
}

export function oneOf(...allowed: readonly string[]): Check {
  const set: ReadonlySet<unknown> = new Set(allowed);
  return (value) => set.has(value) ? null : differs(value, `one of ${allowed.map((one) => `"${one}"`).join(", ")}`);
}

export function nullable(check: Check): Check {
  return (value) => {
    if (value === null) return null;
    const fault = check(value);
    return fault === null ? null : { ...fault, wanted: `${fault.wanted}, or null` };
  };
}

/** A field that older versions did not write. */
export function optional(check: Check): Check {
  return (value) => value === undefined ? null : check(value);
}

export function either(first: Check, second: Check): Check {
  return (value) => {
    const fault = first(value);
    if (fault === null) return null;
    const other = second(value);
    return other === null ? null : { ...fault, wanted: `${fault.wanted}, or ${other.wanted}` };
  };
}

export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return differs(value, "a list");
    for (let k = 0; k < value.length; k++) {
      const fault = check(value[k]);
      if (fault !== null) return { ...fault, path: `[${k}]${fault.path}` };
    }
    return null;
  };
}

export function pairOf(first: Check, second: Check): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return differs(value, "a pair");
    const fault = first(value[0]);
    if (fault !== null) return { ...fault, path: `[0]${fault.path}` };
    const other = second(value[1]);
    return other === null ? null : { ...other, path: `[1]${other.path}` };
  };
}

/** True for a JSON object: not null, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of any names, all with values of one kind. */
export function recordOf(check: Check): Check {
  return (value) => {
    if (!isObject(value)) return differs(value, "an object");
    for (const [name, each] of Object.entries(value)) {
      const fault = check(each);
      if (fault !== null) return { ...fault, path: `.${name}${fault.path}` };
    }
    return null;
  };
}

/** An object with at least these fields. Others are left alone: a later version may write more than this one knows. */
export function objectOf<T>(checks: FieldChecks<T>): Check {
  const fields = Object.entries<Check>(checks);
  return (value) => {
    if (!isObject(value)) return differs(value, "an object");
    for (const [name, check] of fields) {
      const fault = check(value[name]);
      if (fault !== null) return { ...fault, path: `.${name}${fault.path}` };
    }
    return null;
  };
}
