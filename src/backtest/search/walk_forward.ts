/**
 * Walk-forward validation: parameters are chosen by what was known at a moment, and judged by what came after it.
 *
 * Time is cut into one block of periods more than there are folds. A fold's training is everything up to a border, the moment at
 * which the last market of its blocks was paid out; its test is the block behind. A market that had opened before the border
 * belongs to neither side (purge), nor does one that opens within the embargo after it: what is known of it when the choice is
 * made would leak into the judgement.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { micros } from "../../core/units.ts";
import type { Period } from "./survey.ts";

export interface Fold {
  /** Periods of the training, the first ones. */
  readonly train: number;
  readonly trainFrom: Micros;
  readonly border: Micros;
  /** Numbers of the periods of the test; empty where purge and embargo leave none. */
  readonly test: readonly number[];
  readonly testFrom: Micros;
  readonly testTo: Micros;
  /** Periods of the block behind the border that belong to neither side. */
  readonly purged: number;
}

/** So few periods of a training choose nothing. */
const TRAIN_PERIODS_MIN = 2;

/** The folds, none where there are too few periods for as many. @param embargo micros */
export function foldsOf(periods: readonly Period[], count: number, embargo: number): readonly Fold[] {
  const known = periods.flatMap(({ settled }, k) => settled === null ? [] : [k]);
  const last = known.length;
  // Only the first ones can be known whole, in order of their close: one that was never paid out ends them.
  const usable = known.findIndex((period, k) => period !== k);
  const size = usable < 0 ? last : usable;
  if (count < 1 || Math.floor(size / (count + 1)) < TRAIN_PERIODS_MIN) return [];
  return Array.from({ length: count }, (_, k): Fold => {
    const train = Math.floor(size * (k + 1) / (count + 1));
    const end = Math.floor(size * (k + 2) / (count + 1));
    const border = paidOutBy(periods.slice(0, train));
    const block = Array.from({ length: end - train }, (_, at) => train + at);
    const test = block.filter((at) => periods[at].open >= border + embargo);
    return {
      train,
      trainFrom: periods.slice(0, train).reduce((first, { open }) => open < first ? open : first, border),
      border,
      test,
      testFrom: micros(border + embargo),
      testTo: paidOutBy(block.map((at) => periods[at])),
      purged: block.length - test.length,
    };
  });
}

function paidOutBy(periods: readonly Period[]): Micros {
  return periods.reduce((last, { settled, close }) => {
    const at = settled ?? close;
    return at > last ? at : last;
  }, micros(0));
}
