/**
 * Recordings of the exchange's frames: a folder of frame files with what is known about their markets, or one such file.
 * @module
 */

import { basename, join } from "node:path";
import type { Input } from "../../core/input.ts";
import { type BookCheckpoints, readCheckpoints } from "./checkpoints.ts";
import { Endings } from "./endings.ts";
import { findFiles, type FoundFiles, pathsOf } from "./found_files.ts";
import { FrameTape, type TapeCounts, type Wrapper } from "./frame_tape.ts";
import { BatchBuilder, mergeByTime, type RecordedBatch } from "./input_batch.ts";
import { lineBatches } from "./line_batches.ts";
import type { Opening, Recording, RecordingCounts } from "./recording.ts";
import { RecordingError, Unusable } from "./recording_error.ts";
import { Refusals } from "./refusals.ts";
import { readSettlements, type RecordedSettlement } from "./settlements.ts";
import { SpotTape } from "./spot_tape.ts";

const FRAMES_NAME = /\.ndjson(?:\.gz)?$/;
const CHECKPOINTS_NAME = "expected_book_checkpoints.csv";
const SETTLEMENTS_NAME = /^(?:settlements_.*|markets)\.csv$/;

export class FrameRecording implements Recording {
  readonly #files: readonly string[];
  readonly #tape: FrameTape;
  readonly #spot: SpotTape | null;
  #begun = false;

  constructor(
    readonly kind: Wrapper,
    files: readonly string[],
    readonly settlements: ReadonlyMap<string, RecordedSettlement>,
    readonly checkpoints: BookCheckpoints,
    spot: SpotTape | null,
    refusals: Refusals,
  ) {
    this.#files = files;
    this.#tape = new FrameTape(kind, settlements, refusals);
    this.#spot = spot;
  }

  /** Base names of the frame files in the order in which they are read. */
  get files(): readonly string[] {
    return this.#files.map((file) => basename(file));
  }

  /** What was read so far; what could not be read, prices too, is counted and told there. */
  get counts(): TapeCounts & RecordingCounts {
    return { ...this.#tape.counts, notes: [] };
  }

  /**
   * Every input. Index values and settlements stand where their time is; `at` never decreases. A recording is read
   * once: open it again to read it again. Lines that cannot be used are left out; of a file that breaks off, such as a
   * torn gzip, what came before is used.
   */
  async *batches(): AsyncGenerator<RecordedBatch> {
    if (this.#begun) throw new Error("A recording is read once: open it again");
    this.#begun = true;
    const endings = new Endings(this.settlements);
    try {
      let file = "";
      for (const path of this.#files) {
        file = basename(path);
        for await (const batch of this.#frames(path)) {
          endings.schedule(batch.inputs);
          yield* this.#merged(batch, endings, batch.inputs[batch.inputs.length - 1].at);
        }
      }
      const last = endings.last;
      if (last !== null) yield* this.#merged({ file, inputs: [], lines: [] }, endings, last);
    } finally {
      await this.#spot?.close();
    }
  }

  async *#frames(path: string): AsyncGenerator<RecordedBatch> {
    const file = basename(path);
    this.#tape.begin(file);
    try {
      for await (const { firstLine, lines } of lineBatches(path, "lenient")) {
        const out = new BatchBuilder();
        for (let at = 0; at < lines.length; at++) this.#tape.read(lines[at], firstLine + at, out);
        if (out.inputs.length > 0) yield out.finish(file);
      }
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#tape.breakOff(error.message);
    }
    const out = new BatchBuilder();
    this.#tape.end(out);
    if (out.inputs.length > 0) yield out.finish(file);
  }

  async *#merged(batch: RecordedBatch, endings: Endings, until: Input["at"]): AsyncGenerator<RecordedBatch> {
    let next = 0;
    let more = true;
    while (more) {
      const piece = await this.#spot?.until(until);
      const values = piece?.values ?? [];
      more = piece?.more ?? false;
      const horizon = more ? values[values.length - 1].at : Infinity;
      const due = endings.due(Math.min(horizon, until));
      const extra = due.length === 0 ? values : [...values, ...due].sort((a, b) => a.at - b.at);
      const part = mergeByTime(extra, batch, next, horizon);
      next = part.next;
      if (part.merged.inputs.length > 0) yield part.merged;
    }
  }
}

export const areFrames = ({ names }: FoundFiles): boolean => names.some((name) => FRAMES_NAME.test(name));

/** @throws RecordingError, Unusable where none of the files can be used, or what lies beside them cannot be read */
export async function openFrames({ found, spot, refusals }: Opening): Promise<FrameRecording> {
  const { folder } = found;
  const starts = await startsOf(pathsOf(found, FRAMES_NAME), refusals);
  if (starts.length === 0) throw new Unusable(refusals.problems[0]);
  const kind = starts[0].wrapper;
  const other = starts.find(({ wrapper }) => wrapper !== kind);
  if (other !== undefined) {
    const both = `${basename(starts[0].file)} and ${basename(other.file)}`;
    throw new Unusable(`Recording ${folder} mixes two kinds of lines: ${both}`);
  }
  starts.sort((a, b) => a.received - b.received);
  const { settlements, checkpoints } = await readSidecars(folder);
  return new FrameRecording(kind, starts.map(({ file }) => file), settlements, checkpoints, spot, refusals);
}

interface FileStart {
  readonly file: string;
  readonly wrapper: Wrapper;
  /** When the first line was received, milliseconds. */
  readonly received: number;
}

/** How each file begins; those that cannot be read at all are left out and told. */
async function startsOf(files: readonly string[], refusals: Refusals): Promise<FileStart[]> {
  const starts: FileStart[] = [];
  for (const file of files) {
    try {
      starts.push(await startOf(file));
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      refusals.add(error.message);
    }
  }
  return starts;
}

/** Looks for the first line that can be told, among those that one reading gives. */
async function startOf(file: string): Promise<FileStart> {
  for await (const { lines } of lineBatches(file, "lenient")) {
    for (const line of lines) {
      const capture = /^\{"recv_ns":(\d{10,20}),/.exec(line);
      if (capture !== null) return { file, wrapper: "capture", received: Number(capture[1]) / 1e6 };
      const tape = /^\{"recv_ms":(\d{10,16}),/.exec(line);
      if (tape !== null) return { file, wrapper: "tape", received: Number(tape[1]) };
    }
    throw new RecordingError(file, 1, lines[0], 'a line that starts with {"recv_ns": or {"recv_ms":');
  }
  throw new RecordingError(file, 1, "an empty file", "recorded frames");
}

async function readSidecars(
  folder: string,
): Promise<{ settlements: ReadonlyMap<string, RecordedSettlement>; checkpoints: BookCheckpoints }> {
  const settlements = new Map<string, RecordedSettlement>();
  let checkpoints: BookCheckpoints = new Map();
  for (const name of (await findFiles(folder)).names) {
    if (name === CHECKPOINTS_NAME) checkpoints = await readCheckpoints(join(folder, name));
    if (!SETTLEMENTS_NAME.test(name)) continue;
    for (const [ticker, settlement] of await readSettlements(join(folder, name))) settlements.set(ticker, settlement);
  }
  return { settlements, checkpoints };
}
