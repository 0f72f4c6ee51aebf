/**
 * Reads the one-second log returns that a bootstrap draws from: one number a line.
 * @module
 */

import { RETURNS_MAX } from "../models/monte_carlo_kernel.ts";
import { shortened } from "./flag_values.ts";

/** More than the most returns take up, however they are written. */
const BYTES_MAX = 1_000_000;
const NUMBER = /^-?(?:\d{1,20}(?:\.\d{1,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$/;

/** Lines without anything on them do not count. */
export function readReturns(file: string): { readonly returns: readonly number[] } | { readonly error: string } {
  let text: string;
  try {
    const { size } = Deno.statSync(file);
    if (size > BYTES_MAX) return { error: `${file} is too long: ${size} bytes, at most ${BYTES_MAX} are read` };
    text = Deno.readTextFileSync(file);
  } catch (error) {
    return { error: `Cannot read ${file}: ${error instanceof Error ? error.message : "it failed"}` };
  }
  return parseReturns(text, file);
}

/** @param place named in errors */
export function parseReturns(
  text: string,
  place: string,
): { readonly returns: readonly number[] } | { readonly error: string } {
  const returns: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const written = line.trim();
    if (written === "") continue;
    if (!NUMBER.test(written)) {
      return {
        error: `${place} line ${index + 1}: Found ${shortened(written)}, allowed: a log return such as -0.00012`,
      };
    }
    returns.push(Number(written));
    if (returns.length > RETURNS_MAX) {
      return { error: `${place} has more than ${RETURNS_MAX} returns: leave the newest` };
    }
  }
  return { returns };
}
