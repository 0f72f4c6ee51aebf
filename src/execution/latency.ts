/**
 * How long something is under way, in a simulation: always the same, or drawn from a distribution given by its quantiles. A draw
 * depends on the seed and on what it is for, and on nothing else: every run of it draws alike.
 * @module
 */

import { MICROS_PER_MILLISECOND } from "../core/units.ts";
import { hash32 } from "./queue_models.ts";

/** A share of all cases, and the microseconds that they take at most. */
export type LatencyQuantile = readonly [share: number, micros: number];

export type LatencyModel =
  | { readonly kind: "constant"; readonly micros: number }
  /** Both rise from one to the next; between them it is a straight line. */
  | { readonly kind: "quantiles"; readonly quantiles: readonly LatencyQuantile[]; readonly seed: number };

/** More than anybody gives by hand, as many as a measurement makes. */
const QUANTILES_MAX = 64;
const MILLISECONDS_MAX = 60_000;
const NAMED = /^(?:p(\d{1,2}(?:\.\d{1,3})?)|(min|max))=(\d{1,5}(?:\.\d{1,3})?)$/;
const CONSTANT = /^\d{1,5}(?:\.\d{1,3})?$/;

export const WANTED_LATENCY =
  `milliseconds from 0 to ${MILLISECONDS_MAX} such as 50, or quantiles in rising order such as p50=40,p90=90,p99=300,max=900`;

/**
 * Reads a latency as people write it; `null` where it is none.
 *
 * @example
 * ```ts
 * import { drawLatency, parseLatency } from "./latency.ts";
 * import assert from "node:assert/strict";
 * const model = parseLatency("p50=40,p90=90,max=300", 1);
 * assert.ok(model !== null);
 * assert.equal(drawLatency(model, "k00000001-1"), drawLatency(model, "k00000001-1"));
 * assert.equal(parseLatency("p90=40,p50=90", 1), null);
 * ```
 */
export function parseLatency(text: string, seed: number): LatencyModel | null {
  const trimmed = text.trim();
  if (CONSTANT.test(trimmed)) {
    const micros = Math.round(Number(trimmed) * MICROS_PER_MILLISECOND);
    return micros > MILLISECONDS_MAX * MICROS_PER_MILLISECOND ? null : { kind: "constant", micros };
  }
  const quantiles: LatencyQuantile[] = [];
  for (const part of trimmed.split(/[,\s]+/)) {
    const match = NAMED.exec(part);
    if (match === null) return null;
    const [, percent, end, milliseconds] = match;
    const share = end === "min" ? 0 : end === "max" ? 1 : Math.round(Number(percent) * 1_000) / 100_000;
    quantiles.push([share, Math.round(Number(milliseconds) * MICROS_PER_MILLISECOND)]);
  }
  return areQuantiles(quantiles) ? { kind: "quantiles", quantiles, seed } : null;
}

function areQuantiles(quantiles: readonly LatencyQuantile[]): boolean {
  return quantiles.length >= 2 && quantiles.length <= QUANTILES_MAX && quantiles.every(([share, micros], at) => {
    if (micros > MILLISECONDS_MAX * MICROS_PER_MILLISECOND) return false;
    return at === 0 || (share > quantiles[at - 1][0] && micros >= quantiles[at - 1][1]);
  });
}

/** Written so that it can be read again. */
export function formatLatency(model: LatencyModel): string {
  const milliseconds = (micros: number): string => String(micros / MICROS_PER_MILLISECOND);
  if (model.kind === "constant") return milliseconds(model.micros);
  return model.quantiles.map(([share, micros]) => {
    const name = share === 0 ? "min" : share === 1 ? "max" : `p${Number((share * 100).toFixed(3))}`;
    return `${name}=${milliseconds(micros)}`;
  }).join();
}

/** Microseconds. Below the lowest quantile it is that one's value, above the highest, too. */
export function drawLatency(model: LatencyModel, what: string): number {
  return model.kind === "constant" ? model.micros : quantileOf(model.quantiles, hash32(what, model.seed) / 2 ** 32);
}

/** The same for the n-th of a row of things. */
export function drawNthLatency(model: LatencyModel, n: number): number {
  return model.kind === "constant" ? model.micros : quantileOf(model.quantiles, mixed(n, model.seed) / 2 ** 32);
}

/** Every bit of the result depends on each of both. */
function mixed(n: number, seed: number): number {
  let hash = (n + Math.imul(seed, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function quantileOf(quantiles: readonly LatencyQuantile[], share: number): number {
  const above = quantiles.findIndex(([each]) => each >= share);
  if (above === 0) return quantiles[0][1];
  if (above < 0) return quantiles[quantiles.length - 1][1];
  const [low, fast] = quantiles[above - 1];
  const [high, slow] = quantiles[above];
  return Math.round(fast + (slow - fast) * (share - low) / (high - low));
}
