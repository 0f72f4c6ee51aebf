/**
 * One file of a recording as a stream of inputs, and several of them merged.
 * @module
 */

import { basename } from "node:path";
import { BatchBuilder, type RecordedBatch } from "./input_batch.ts";
import { RecordingError } from "./recording_error.ts";
import type { Refusals } from "./refusals.ts";

export interface RecordedFile {
  readonly name: string;
  /** None of its inputs is earlier, microseconds; it is opened when the others have come so far. */
  readonly start: number;
  /** In order of time. */
  batches(): AsyncGenerator<RecordedBatch>;
}

/**
 * Makes any stream fit to be merged: inputs that go back in time are left out and counted, and a file that breaks off ends there.
 */
async function* soundBatches(
  path: string,
  batches: AsyncGenerator<RecordedBatch>,
  refusals: Refusals,
): AsyncGenerator<RecordedBatch> {
  let newest = -Infinity;
  try {
    for await (const batch of batches) {
      const { inputs, lines } = batch;
      let sound: BatchBuilder | null = null;
      for (let at = 0; at < inputs.length; at++) {
        const input = inputs[at];
        if (input.at >= newest) {
          newest = input.at;
          sound?.push(input, lines[at]);
          continue;
        }
        if (sound === null) {
          sound = new BatchBuilder();
          for (let before = 0; before < at; before++) sound.push(inputs[before], lines[before]);
        }
        const back = `a time ${((newest - input.at) / 1e6).toFixed(6)} s before that of an earlier row`;
        refusals.add(new RecordingError(path, lines[at], back, "rows in order of time").message, "order");
      }
      const told = sound?.finish(batch.file) ?? batch;
      if (told.inputs.length > 0) yield told;
    }
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    refusals.add(error.message);
  }
}

/** A file that reads itself, made sound. */
export const recordedFile = (
  path: string,
  start: number,
  refusals: Refusals,
  open: () => AsyncGenerator<RecordedBatch>,
): RecordedFile => ({ name: basename(path), start, batches: () => soundBatches(path, open(), refusals) });

/** An open file and how far it was taken. */
class Cursor {
  batch: RecordedBatch | null = null;
  next = 0;
  readonly #batches: AsyncGenerator<RecordedBatch>;

  constructor(file: RecordedFile) {
    this.#batches = file.batches();
  }

  /** Time of its next input. */
  get head(): number {
    return this.batch === null ? Infinity : this.batch.inputs[this.next].at;
  }

  /** False at its end. */
  async load(): Promise<boolean> {
    const { value, done } = await this.#batches.next();
    this.batch = done === true ? null : value;
    this.next = 0;
    return this.batch !== null;
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}

/** Files that may be read at the same time: their overlap, not their number, counts. */
const OPEN_MAX = 256;

/** All inputs in order of time; of equal times the file that was opened first comes first. */
export async function* mergedFiles(files: readonly RecordedFile[]): AsyncGenerator<RecordedBatch> {
  const waiting = [...files].sort((a, b) => b.start - a.start);
  let open: Cursor[] = [];
  try {
    for (;;) {
      const head = open.reduce((least, cursor) => Math.min(least, cursor.head), Infinity);
      const file = waiting.at(-1);
      if (file !== undefined && file.start <= head) {
        waiting.pop();
        if (open.length >= OPEN_MAX) {
          throw new RecordingError(file.name, 0, `more than ${OPEN_MAX} files that overlap in time`, "fewer");
        }
        const cursor = new Cursor(file);
        if (await cursor.load()) open.push(cursor);
        continue;
      }
      if (open.length === 0) return;
      const merged = mergedPart(open, file?.start ?? Infinity);
      if (merged.inputs.length > 0) yield merged;
      for (const cursor of open) {
        if (cursor.batch !== null && cursor.next === cursor.batch.inputs.length) await cursor.load();
      }
      open = open.filter(({ batch }) => batch !== null);
    }
  } finally {
    for (const cursor of open) await cursor.close();
  }
}

/** What can be told until one of the files has to be read on, or another one opened. */
function mergedPart(open: readonly Cursor[], until: number): RecordedBatch {
  const [only] = open;
  const { batch } = only;
  if (open.length === 1 && batch !== null && only.next === 0 && batch.inputs[batch.inputs.length - 1].at < until) {
    only.next = batch.inputs.length;
    return batch;
  }
  const out = new BatchBuilder();
  let name = "";
  for (;;) {
    let first = only;
    for (const cursor of open) if (cursor.head < first.head) first = cursor;
    if (first.batch === null || first.head >= until) break;
    const { inputs, lines, file } = first.batch;
    name = file;
    out.push(inputs[first.next], lines[first.next]);
    first.next++;
    if (first.next === inputs.length) break;
  }
  return out.finish(name);
}
