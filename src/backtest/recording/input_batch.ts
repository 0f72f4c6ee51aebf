/**
 * @module
 */

import type { Input } from "../../core/input.ts";

/** Inputs in order of time, each with the line of the file that it came from. */
export interface RecordedBatch {
  /** Base name of the recording's file that is being read. */
  readonly file: string;
  readonly inputs: readonly Input[];
  /** Line number of each input in `file`; 0 for index values, settlements and what the reader itself adds. */
  readonly lines: readonly number[];
}

/** A batch in the making. */
export class BatchBuilder {
  readonly inputs: Input[] = [];
  readonly lines: number[] = [];

  push(input: Input, line: number): void {
    this.inputs.push(input);
    this.lines.push(line);
  }

  /** Hands over what was gathered. */
  finish(file: string): RecordedBatch {
    return { file, inputs: this.inputs, lines: this.lines };
  }
}

/**
 * Merges what comes from no line of the file into a batch, both in order of time; of equal times `extra` comes first.
 *
 * @param from first input of the batch to take
 * @param horizon later inputs of the batch are left for the next call
 * @returns the merged part, and the first input of the batch that is left
 */
export function mergeByTime(
  extra: readonly Input[],
  batch: RecordedBatch,
  from: number,
  horizon: number,
): { readonly merged: RecordedBatch; readonly next: number } {
  const { inputs, lines } = batch;
  if (extra.length === 0 && from === 0 && horizon === Infinity) return { merged: batch, next: inputs.length };
  const builder = new BatchBuilder();
  let taken = 0;
  let next = from;
  for (; next < inputs.length && inputs[next].at <= horizon; next++) {
    const input = inputs[next];
    while (taken < extra.length && extra[taken].at <= input.at) builder.push(extra[taken++], 0);
    builder.push(input, lines[next]);
  }
  while (taken < extra.length) builder.push(extra[taken++], 0);
  return { merged: builder.finish(batch.file), next };
}
