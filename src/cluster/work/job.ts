/**
 * A job of a sweep: trials that one thread runs side by side through one pass over the data.
 * @module
 */

import { z } from "zod";
import { type PassAsked, SIDE_BY_SIDE_MAX, type TrialAsked } from "../../backtest/search/trial.ts";
import { hashOfJson } from "../../backtest/search/trial_book.ts";
import { micros } from "../../core/units.ts";
import { packed, type Unpacked, unpacked } from "../packed.ts";

export interface Job {
  /** Names it among all that ever were. */
  readonly id: string;
  readonly pass: PassAsked;
}

/** Of periods there are so many at most, and of their markets some times that. */
const TICKERS_MAX = 1_000_000;
const BORDERS_MAX = 16;
const KEY_DIGITS = 32;

const at = z.int().transform(micros);

const JOB = z.strictObject({
  id: z.string().min(1).max(100),
  trials: z.array(z.strictObject({
    number: z.int().min(1),
    parameters: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
  })).min(1).max(SIDE_BY_SIDE_MAX),
  until: at.nullable(),
  tickers: z.array(z.string()).max(TICKERS_MAX).nullable(),
  borders: z.array(z.strictObject({
    at,
    periods: z.int().min(0),
    /** `null`: below every number, which JSON has no word for. */
    least: z.number().nullable().transform((least) => least ?? -Infinity),
  })).max(BORDERS_MAX),
});

export function encodeJob({ id, pass }: Job): Uint8Array {
  return packed({
    id,
    // A trial may know more of itself.
    trials: pass.trials.map(({ number, parameters }) => ({ number, parameters })),
    until: pass.until,
    tickers: pass.tickers,
    borders: pass.borders.map(({ at, periods, least }) => ({ at, periods, least: least === -Infinity ? null : least })),
  });
}

export function decodeJob(bytes: Uint8Array): Unpacked<Job> {
  const read = unpacked("Job", JOB, bytes);
  if (!read.ok) return read;
  const { id, ...pass } = read.value;
  return { ok: true, value: { id, pass } };
}

/** Names a trial within its sweep by all that its result depends on there: asked for twice, it is the same. */
export function trialKey({ parameters }: TrialAsked, { until, tickers, borders }: PassAsked): string {
  return hashOfJson({ parameters, until, tickers, borders }).slice(0, KEY_DIGITS);
}
