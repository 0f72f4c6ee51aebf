/**
 * The kinds of parameter that strategies declare: each with its range, default, unit and text, and, where it is worth searching,
 * the part of the range in which `kbot sweep` looks.
 * @module
 */

import { z } from "zod";

/** Where a search looks, within the bounds. */
export interface SearchRange {
  readonly low: number;
  /** Above `low`. */
  readonly high: number;
  readonly scale: "linear" | "log";
}

/** Evenly between two numbers. */
export const evenly = (low: number, high: number): SearchRange => ({ low, high, scale: "linear" });

/** Evenly by ratio, for what counts as twice or half as much; both above 0. */
export const byRatio = (low: number, high: number): SearchRange => ({ low, high, scale: "log" });

const about = (unit: string, text: string, search?: SearchRange) => ({
  unit,
  text,
  ...(search === undefined ? {} : { search }),
});

/** Dollars per contract, 0 to 1. */
export const dollars = (value: number, text: string, search?: SearchRange) =>
  z.number().min(0).max(1).default(value).meta(about("dollars", text, search));

/** Seconds, 0 to `most`. */
export const seconds = (value: number, most: number, text: string, search?: SearchRange) =>
  z.number().min(0).max(most).default(value).meta(about("seconds", text, search));

/** Contracts, from one hundredth of one. */
export const contracts = (value: number, text: string, search?: SearchRange) =>
  z.number().min(0.01).max(1e6).default(value).meta(about("contracts", text, search));

/** A share, 0 to 1. */
export const fraction = (value: number, text: string, search?: SearchRange) =>
  z.number().min(0).max(1).default(value).meta(about("fraction", text, search));

/** A share above 0, up to 1. */
export const shareOfSome = (value: number, text: string, search?: SearchRange) =>
  z.number().gt(0).max(1).default(value).meta(about("fraction", text, search));

/** Basis points, 0 to 1,000. */
export const basisPoints = (value: number, text: string, search?: SearchRange) =>
  z.number().min(0).max(1_000).default(value).meta(about("basis points", text, search));

/** Standard deviation of the log return per square root of a second. */
export const volatility = (value: number, text: string) =>
  z.number().min(0).max(1).default(value).meta(about("per sqrt(s)", text));

/** A switch. */
export const flag = (value: boolean, text: string) => z.boolean().default(value).meta(about("", text));
