/**
 * The kinds of parameter that strategies declare: each with its range, default, unit and text.
 * @module
 */

import { z } from "zod";

/** Dollars per contract, 0 to 1. */
export const dollars = (value: number, text: string) =>
  z.number().min(0).max(1).default(value).meta({ unit: "dollars", text });

/** Seconds, 0 to `most`. */
export const seconds = (value: number, most: number, text: string) =>
  z.number().min(0).max(most).default(value).meta({ unit: "seconds", text });

/** Contracts, from one hundredth of one. */
export const contracts = (value: number, text: string) =>
  z.number().min(0.01).max(1e6).default(value).meta({ unit: "contracts", text });

/** A share, 0 to 1. */
export const fraction = (value: number, text: string) =>
  z.number().min(0).max(1).default(value).meta({ unit: "fraction", text });

/** A share above 0, up to 1. */
export const shareOfSome = (value: number, text: string) =>
  z.number().gt(0).max(1).default(value).meta({ unit: "fraction", text });

/** Basis points, 0 to 1,000. */
export const basisPoints = (value: number, text: string) =>
  z.number().min(0).max(1_000).default(value).meta({ unit: "basis points", text });

/** Standard deviation of the log return per square root of a second. */
export const volatility = (value: number, text: string) =>
  z.number().min(0).max(1).default(value).meta({ unit: "per sqrt(s)", text });

/** A switch. */
export const flag = (value: boolean, text: string) => z.boolean().default(value).meta({ unit: "", text });
